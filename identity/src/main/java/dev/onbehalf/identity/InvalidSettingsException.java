package dev.onbehalf.identity;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** The settings have mistakes; the message lists all of them, each with an example. */
public final class InvalidSettingsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // List.copyOf is serializable
  private final List<String> problems;

  /** Says {@code problems}, one sentence each. */
  public InvalidSettingsException(List<String> problems) {
    super(
        "The database is not configured: "
            + problems.size()
            + (problems.size() == 1 ? " problem." : " problems.")
            + "\n  - "
            + String.join("\n  - ", problems));
    this.problems = List.copyOf(problems);
  }

  /**
   * Builds two kinds of settings, and what is made of both.
   *
   * @throws InvalidSettingsException naming the mistakes of both at once
   */
  public static <A, B, T> T together(
      Supplier<A> one, Supplier<B> other, BiFunction<A, B, T> making) {
    List<String> problems = new ArrayList<>();
    Optional<A> first = built(one, problems);
    Optional<B> second = built(other, problems);
    if (first.isEmpty() || second.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
    return making.apply(first.get(), second.get());
  }

  private static <T> Optional<T> built(Supplier<T> settings, List<String> problems) {
    try {
      return Optional.of(settings.get());
    } catch (InvalidSettingsException e) {
      problems.addAll(e.problems());
      return Optional.empty();
    }
  }

  /** One sentence for each mistake. */
  public List<String> problems() {
    return problems;
  }
}
