package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.ReadOnly;
import dev.onbehalf.rowsecurity.rules.Findings.Draft;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * How the server reads a table for a person, before a mend and after it.
 *
 * <p>Planning can call functions of the policy, and what they do they do in our session, where they
 * could take back the role that we took on. So plans are made only where every function that a
 * policy of the table calls is of a superuser's, or of who we are ourselves.
 */
public final class Plans {
  private static final String HARMLESS =
      """
      with recursive read (oid) as (
        select ?::oid
        union
        select d.refobjid from read join pg_policy p on p.polrelid = read.oid
        join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid
        where d.refclassid = 'pg_class'::regclass)
      select not exists (
        select from read join pg_policy p on p.polrelid = read.oid
        join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid
        left join pg_operator o on d.refclassid = 'pg_operator'::regclass and o.oid = d.refobjid
        join pg_proc f on f.oid = o.oprcode
          or (d.refclassid = 'pg_proc'::regclass and f.oid = d.refobjid)
        join pg_roles r on r.oid = f.proowner
        where not r.rolsuper and r.rolname <> session_user)""";

  private Plans() {}

  /** As the planner thinks, in the read-only transaction: nothing is run. */
  public static void estimate(ReadOnly transaction, Findings findings) throws SQLException {
    for (Draft draft : findings.drafts()) {
      if (draft.table == null || draft.person == null) {
        continue;
      }
      if (!transaction.rows(HARMLESS, row -> row.getBoolean(1), draft.table.oid()).contains(true)) {
        draft.plan = "No plan: making one could run a function of the policy with our rights.";
        continue;
      }
      transaction.execute("SAVEPOINT plan");
      try {
        transaction.execute("SET LOCAL ROLE " + draft.person.role().quoted());
        draft.plan =
            "Before: "
                + String.join(
                    "\n        ",
                    transaction.rows("EXPLAIN " + query(draft), row -> row.getString(1)));
      } catch (SQLException e) {
        draft.plan =
            "No plan: who examines may not do it as %s (%s)."
                .formatted(draft.person.role().name(), e.getSQLState());
      }
      transaction.execute("ROLLBACK TO SAVEPOINT plan");
    }
  }

  private static String query(Draft draft) {
    String table = draft.table == null ? "" : draft.table.quoted();
    return "SELECT * FROM " + table + (draft.where.isEmpty() ? "" : " WHERE " + draft.where);
  }

  /** Runs each query before and after its mend, in transactions that are rolled back. */
  public static void measure(Connection connection, Findings findings, Duration timeout)
      throws SQLException {
    boolean autoCommit = connection.getAutoCommit();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      for (Draft draft : findings.drafts()) {
        if (draft.plan.startsWith("Before")) {
          draft.plan = measure(statement, draft, timeout);
          connection.rollback();
        }
      }
    } finally {
      connection.rollback();
      connection.setAutoCommit(autoCommit);
    }
  }

  private static String measure(Statement statement, Draft draft, Duration timeout) {
    try {
      statement.execute("SET LOCAL search_path = pg_catalog, pg_temp");
      statement.execute("SET LOCAL statement_timeout = " + timeout.toMillis());
      statement.execute("SET LOCAL lock_timeout = '5s'");
      String before = explain(statement, draft);
      statement.execute(draft.finding.mend());
      return "Before: %s\nAfter:  %s".formatted(before, explain(statement, draft));
    } catch (SQLException e) {
      return draft.plan + "\nNot measured: " + e.getMessage();
    }
  }

  private static String explain(Statement statement, Draft draft) throws SQLException {
    String role = draft.person == null ? "none" : draft.person.role().name();
    StringBuilder plan = new StringBuilder();
    statement.execute("SET LOCAL ROLE " + Names.quoted(role));
    try (ResultSet rows = statement.executeQuery("EXPLAIN (ANALYZE, TIMING OFF) " + query(draft))) {
      while (rows.next()) {
        plan.append(plan.isEmpty() ? "" : "\n        ").append(rows.getString(1));
      }
    }
    statement.execute("RESET ROLE");
    return plan.toString();
  }
}
