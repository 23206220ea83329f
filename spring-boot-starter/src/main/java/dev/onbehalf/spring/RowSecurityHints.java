package dev.onbehalf.spring;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns, once for each table, when a person's query names one that Row-Level Security does not
 * protect, or that it hides from everybody. For development: it costs one query a table, on the
 * service principal's own connection, so that the person's transaction is not touched. Thread-safe.
 */
final class RowSecurityHints {
  private static final Logger log = LoggerFactory.getLogger(RowSecurityHints.class);
  private static final int MOST_TABLES = 1_000;

  private static final String ROW_SECURITY =
      """
      SELECT n.nspname, c.relname, c.relrowsecurity,
        EXISTS (
          SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid OPERATOR(pg_catalog.=) c.oid)
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
      WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(?)
        AND c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'p']::pg_catalog."char"[])
        AND n.nspname OPERATOR(pg_catalog.<>)
          ALL (ARRAY['pg_catalog', 'information_schema', 'pg_toast']::pg_catalog.name[])
      """;

  private final DataSource servicePrincipal;
  private final Set<String> asked = ConcurrentHashMap.newKeySet();
  private final Set<String> warned = ConcurrentHashMap.newKeySet();

  RowSecurityHints(DataSource servicePrincipal) {
    this.servicePrincipal = servicePrincipal;
  }

  /** Takes a look at a person's statement. Never fails. */
  void look(String sql) {
    for (String table : TablesNamed.in(sql)) {
      if (asked.size() < MOST_TABLES && asked.add(table)) {
        ask(table);
      }
    }
  }

  private void ask(String table) {
    try (Connection connection = servicePrincipal.getConnection();
        PreparedStatement statement = connection.prepareStatement(ROW_SECURITY)) {
      statement.setString(1, table);
      try (ResultSet row = statement.executeQuery()) {
        if (row.next()) {
          tell(row.getString(1) + "." + row.getString(2), row.getBoolean(3), row.getBoolean(4));
        }
      }
    } catch (SQLException | RuntimeException e) {
      asked.remove(table);
      log.debug("Whether {} has Row-Level Security could not be asked", table, e);
    }
  }

  private void tell(String table, boolean security, boolean policies) {
    if ((security && policies) || !warned.add(table)) {
      return;
    }
    log.warn(
        security
            ? "A person's query names {}, which has Row-Level Security and no policy: people see"
                + " none of its rows. Write one: CREATE POLICY ... ON {} ... (Said once, while"
                + " developing.)"
            : "A person's query names {}, which has no Row-Level Security: whoever may read it sees"
                + " all of its rows. If that is not meant: ALTER TABLE {} ENABLE ROW LEVEL"
                + " SECURITY, and a policy. (Said once, while developing.)",
        table,
        table);
  }
}
