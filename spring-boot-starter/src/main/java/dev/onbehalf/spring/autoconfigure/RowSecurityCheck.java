package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.rowsecurity.Finding;
import dev.onbehalf.rowsecurity.Report;
import dev.onbehalf.rowsecurity.Severity;
import dev.onbehalf.spring.MaskedAddresses;
import dev.onbehalf.spring.RowSecurityException;
import dev.onbehalf.spring.RowSecurityReports;
import dev.onbehalf.spring.autoconfigure.OnBehalfProperties.RowSecurity.Check;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.core.Ordered;

/**
 * Looks, once the application has started, whether Row-Level Security holds, and says so in one
 * summary. To warn, it looks in a thread of its own, off the start's way; to fail, the start waits.
 */
final class RowSecurityCheck implements ApplicationRunner, Ordered {
  private static final Logger log = LoggerFactory.getLogger(RowSecurityCheck.class);
  private static final int MOST = 10;

  private final @Nullable RowSecurityReports reports;
  private final Check check;

  /**
   * @param reports null where nobody is known for whom it should hold
   */
  RowSecurityCheck(@Nullable RowSecurityReports reports, Check check) {
    this.reports = reports;
    this.check = check;
  }

  /** After the application's own runners, which may make tables. */
  @Override
  public int getOrder() {
    return LOWEST_PRECEDENCE;
  }

  @Override
  public void run(ApplicationArguments arguments) throws SQLException {
    if (reports == null || check == Check.OFF) {
      return;
    }
    if (check == Check.FAIL) {
      requireNoErrors(reports);
      return;
    }
    Thread thread = new Thread(null, () -> warn(reports), "onbehalf-row-security", 0, false);
    thread.setDaemon(true);
    thread.start();
  }

  private static void requireNoErrors(RowSecurityReports reports) throws SQLException {
    List<Finding> errors = of(Severity.ERROR, reports.examine().report());
    if (!errors.isEmpty()) {
      throw new RowSecurityException(errors);
    }
  }

  private static void warn(RowSecurityReports reports) {
    try {
      tell(reports.examine().report(), String.join(", ", reports.scope().people()));
    } catch (SQLException | RuntimeException | StackOverflowError e) {
      log.warn("Whether Row-Level Security holds could not be asked: {}", e.toString());
    }
  }

  private static void tell(Report report, String whom) {
    List<Finding> errors = of(Severity.ERROR, report);
    List<Finding> warnings = of(Severity.WARNING, report);
    if (errors.isEmpty() && warnings.isEmpty()) {
      log.info("Row-Level Security holds for {}, in {} tables and views", whom, report.tables());
      return;
    }
    StringBuilder lines = new StringBuilder();
    report.findings().stream()
        .filter(it -> it.severity() != Severity.NOTE)
        .limit(MOST)
        .forEach(
            it ->
                lines.append(
                    "%n  %s %s, %s: %s"
                        .formatted(
                            it.severity(),
                            it.id(),
                            MaskedAddresses.in(it.object()),
                            MaskedAddresses.in(it.sentence()))));
    log.warn(
        "Row-Level Security for {}, in {} tables and views: {} errors, {} warnings;"
            + " /actuator/rowsecurity, once exposed, has all, and what mends them{}",
        whom,
        report.tables(),
        errors.size(),
        warnings.size(),
        lines);
  }

  private static List<Finding> of(Severity severity, Report report) {
    return report.findings().stream().filter(it -> it.severity() == severity).toList();
  }
}
