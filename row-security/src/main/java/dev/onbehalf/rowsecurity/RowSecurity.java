package dev.onbehalf.rowsecurity;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.CatalogReader;
import dev.onbehalf.rowsecurity.internal.catalog.ReadOnly;
import dev.onbehalf.rowsecurity.rules.Findings;
import dev.onbehalf.rowsecurity.rules.Plans;
import dev.onbehalf.rowsecurity.rules.Rules;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/**
 * Does Row-Level Security hold, for these people?
 *
 * <pre>{@code
 * Scope scope = Scope.of("group:order_users").inSchemas("shop");
 * Report report = RowSecurity.examine(dataSource, scope);
 * report.findings().forEach(finding -> log.warn("{}", finding.sentence()));
 * }</pre>
 *
 * Stateless and thread-safe.
 */
public final class RowSecurity {
  private RowSecurity() {}

  /**
   * Reads the catalogs in one read-only transaction, and nothing but the catalogs: no row of a
   * table, and no function but PostgreSQL's own; {@link Scope#measured()} says what it does
   * besides. Any role may ask; about large objects, statistics and subscriptions only what its
   * rights show is known, so best ask as an administrator.
   *
   * @throws SQLException what the server says, and if a question takes longer than {@link
   *     Scope#statementTimeout()} (57014)
   * @throws IllegalArgumentException if a schema or a role of the scope does not exist
   */
  public static Report examine(DataSource dataSource, Scope scope) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      Findings findings = new Findings();
      Catalog catalog;
      try (ReadOnly transaction = ReadOnly.begin(connection, scope.statementTimeout())) {
        catalog = CatalogReader.read(transaction, scope);
        Rules.examine(catalog, findings);
        if (scope.isMeasured()) {
          Plans.estimate(transaction, findings);
        }
      }
      if (scope.isMeasured()) {
        Plans.measure(connection, findings, scope.statementTimeout());
      }
      int tables = (int) catalog.reported().stream().filter(r -> r.kind() != 'S').count();
      List<Finding> sorted = findings.sorted();
      return new Report(catalog.serverVersion(), catalog.people().count(), tables, sorted);
    }
  }
}
