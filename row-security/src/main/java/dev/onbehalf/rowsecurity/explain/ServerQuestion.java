package dev.onbehalf.rowsecurity.explain;

import dev.onbehalf.rowsecurity.explain.ServerAnswer.Asked;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Asks the server itself, by running the statement and rolling it back. */
final class ServerQuestion {
  private static final String LIMITS =
      "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '10s'";

  /** What these change in the person's own session. */
  static final Set<String> CHANGED = Set.of("lock_timeout", "statement_timeout");

  private ServerQuestion() {}

  /** On a connection of the person's own, in a transaction that is rolled back. */
  static ServerAnswer own(Connection connection, String statement) throws SQLException {
    boolean autoCommit = connection.getAutoCommit();
    connection.setAutoCommit(false);
    try (Statement sent = connection.createStatement()) {
      sent.setEscapeProcessing(false);
      sent.execute(LIMITS);
      return answer(Asked.OWN_CONNECTION, () -> rows(sent, statement));
    } finally {
      connection.rollback();
      connection.setAutoCommit(autoCommit);
    }
  }

  private static int rows(Statement sent, String statement) throws SQLException {
    if (!sent.execute(statement)) {
      return sent.getUpdateCount();
    }
    int rows = 0;
    for (var result = sent.getResultSet(); result.next(); ) {
      rows++;
    }
    return rows;
  }

  /** As the person on the asker's connection; only a query, which changes nothing. */
  static ServerAnswer bySetRole(AsPerson person, String query) throws SQLException {
    return answer(Asked.SET_ROLE, () -> person.query(query, row -> true).size());
  }

  @FunctionalInterface
  private interface Run {
    int rows() throws SQLException;
  }

  private static ServerAnswer answer(Asked asked, Run run) {
    try {
      int rows = run.rows();
      return new ServerAnswer(
          asked, rows > 0 ? Verdict.ALLOWED : Verdict.HIDDEN, rows == 1 ? "1 row" : rows + " rows");
    } catch (SQLException e) {
      return new ServerAnswer(
          asked,
          verdict(e.getSQLState()),
          "%s (%s)".formatted(Outcome.sentence(e), e.getSQLState()));
    }
  }

  /** A constraint is asked after the policies: who fails there was let through here. */
  private static Verdict verdict(@Nullable String state) {
    if ("42501".equals(state)) {
      return Verdict.REFUSED;
    }
    return state != null && state.startsWith("23") ? Verdict.ALLOWED : Verdict.FAILS;
  }
}
