package dev.onbehalf.spring;

import dev.onbehalf.rowsecurity.Finding;
import java.util.List;

/** Row-Level Security has holes, and the application was told not to start with them. */
public final class RowSecurityException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final transient List<Finding> findings;

  public RowSecurityException(List<Finding> findings) {
    super(
        "Row-Level Security does not hold: "
            + String.join(" ", findings.stream().map(Finding::sentence).toList()));
    this.findings = List.copyOf(findings);
  }

  /** The errors. */
  public List<Finding> findings() {
    return findings;
  }
}
