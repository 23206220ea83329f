package dev.onbehalf.rowsecurity.explain;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A transaction of whoever asks, which always ends in a rollback. In it nothing of a search_path is
 * found but what PostgreSQL itself brings, so statements here name what is in pg_catalog without
 * its schema. Not thread-safe.
 */
final class Session implements AutoCloseable {
  static final String SAFE_PATH = "pg_catalog, pg_temp";

  /** A policy may wait or loop; its question then ends in 57014. */
  private static final String LIMITS =
      "SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '30s'";

  /** Settings that are other ones here than in a session that nobody asks about. */
  static final Set<String> CHANGED =
      Set.of(
          "search_path",
          "row_security",
          "lock_timeout",
          "statement_timeout",
          "transaction_isolation",
          "transaction_read_only");

  /** One row of an answer to what is wanted of it. */
  @FunctionalInterface
  interface Mapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  private final Connection connection;
  private final boolean autoCommit;
  private final boolean readOnly;

  private Session(Connection connection, boolean readOnly) throws SQLException {
    this.connection = connection;
    this.readOnly = readOnly;
    this.autoCommit = connection.getAutoCommit();
  }

  /**
   * @param connection with no transaction open; it stays open when the session is closed
   */
  static Session open(Connection connection, boolean readOnly) throws SQLException {
    Session session = new Session(connection, readOnly);
    connection.setAutoCommit(false);
    session.execute(
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, %s; SET LOCAL search_path = %s; %s; %s"
            .formatted(
                readOnly ? "READ ONLY" : "READ WRITE",
                SAFE_PATH,
                "SET LOCAL row_security = on",
                LIMITS));
    return session;
  }

  boolean isReadOnly() {
    return readOnly;
  }

  /** Parameters are sent without a type: the server takes what the place wants. */
  <T extends @Nullable Object> List<T> list(
      String sql, Mapper<T> mapper, @Nullable Object... parameters) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        Object parameter = parameters[i];
        if (parameter instanceof Long number) {
          statement.setLong(i + 1, number);
        } else {
          statement.setObject(i + 1, parameter, Types.OTHER);
        }
      }
      try (ResultSet rows = statement.executeQuery()) {
        return all(rows, mapper);
      }
    }
  }

  /** Runs statements without parameters, in one go, and gives back the first answer with rows. */
  <T extends @Nullable Object> List<T> script(String sql, Mapper<T> mapper) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false); // braces in names and texts are no JDBC escapes
      boolean rows = statement.execute(sql);
      while (!rows && statement.getUpdateCount() != -1) {
        rows = statement.getMoreResults();
      }
      if (!rows) {
        return List.of();
      }
      try (ResultSet result = statement.getResultSet()) {
        return all(result, mapper);
      }
    }
  }

  void execute(String sql) throws SQLException {
    script(sql, row -> row);
  }

  private static <T extends @Nullable Object> List<T> all(ResultSet rows, Mapper<T> mapper)
      throws SQLException {
    List<T> all = new ArrayList<>();
    while (rows.next()) {
      all.add(mapper.map(rows));
    }
    return all;
  }

  @Override
  public void close() throws SQLException {
    try {
      connection.rollback();
    } finally {
      connection.setAutoCommit(autoCommit);
    }
  }
}
