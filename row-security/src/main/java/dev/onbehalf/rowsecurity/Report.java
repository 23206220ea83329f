package dev.onbehalf.rowsecurity;

import java.util.List;
import java.util.Optional;

/**
 * All findings, the most severe first; immutable.
 *
 * <pre>{@code
 * Report report = RowSecurity.examine(dataSource, scope);
 * if (report.worst().filter(Severity.ERROR::equals).isPresent()) {
 *   throw new IllegalStateException(report.findings().get(0).sentence());
 * }
 * }</pre>
 *
 * @param serverVersion {@code server_version_num}, such as 170004
 * @param people how many people were looked at
 * @param tables how many tables, views and the like
 */
public record Report(int serverVersion, int people, int tables, List<Finding> findings) {
  public Report {
    findings = List.copyOf(findings);
  }

  /** The severity of the first finding; empty if there is none. */
  public Optional<Severity> worst() {
    return findings.stream().map(Finding::severity).findFirst();
  }
}
