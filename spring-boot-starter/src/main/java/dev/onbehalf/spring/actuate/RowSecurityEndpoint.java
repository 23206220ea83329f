package dev.onbehalf.spring.actuate;

import dev.onbehalf.rowsecurity.Finding;
import dev.onbehalf.rowsecurity.Report;
import dev.onbehalf.spring.MaskedAddresses;
import dev.onbehalf.spring.RowSecurityReports;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * {@code /actuator/rowsecurity}: what Row-Level Security lets people do that it should not, as of
 * when the answer says. It says where the holes are, so it is for operators. Thread-safe.
 */
@Endpoint(id = "rowsecurity")
public final class RowSecurityEndpoint {
  private final RowSecurityReports reports;
  private final boolean maskAddresses;

  public RowSecurityEndpoint(RowSecurityReports reports, boolean maskAddresses) {
    this.reports = reports;
    this.maskAddresses = maskAddresses;
  }

  /**
   * What the endpoint answers.
   *
   * @param scope for whom
   * @param people how many they are
   * @param tables how many tables, views and the like were looked at
   */
  public record Answer(
      Instant examinedAt, List<String> scope, int people, int tables, List<Finding> findings) {}

  @ReadOperation
  public Answer report() throws SQLException {
    RowSecurityReports.Known known = reports.latest();
    Report report = known.report();
    return new Answer(
        known.examinedAt(),
        reports.scope().people(),
        report.people(),
        report.tables(),
        report.findings().stream().map(this::shown).toList());
  }

  private Finding shown(Finding it) {
    return new Finding(
        it.id(),
        it.severity(),
        shown(it.object()),
        shown(it.sentence()),
        shown(it.mend()),
        it.manual(),
        shown(it.plan()));
  }

  private String shown(String text) {
    return maskAddresses ? MaskedAddresses.in(text) : text;
  }
}
