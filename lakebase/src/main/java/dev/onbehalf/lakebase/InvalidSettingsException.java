package dev.onbehalf.lakebase;

import java.util.List;

/** The settings have mistakes; the message lists all of them, each with an example. */
public final class InvalidSettingsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // List.copyOf is serializable
  private final List<String> problems;

  /** Says {@code problems}, one sentence each. */
  public InvalidSettingsException(List<String> problems) {
    super(
        "Lakebase is not configured: "
            + problems.size()
            + (problems.size() == 1 ? " problem." : " problems.")
            + "\n  - "
            + String.join("\n  - ", problems));
    this.problems = List.copyOf(problems);
  }

  /** One sentence for each mistake. */
  public List<String> problems() {
    return problems;
  }
}
