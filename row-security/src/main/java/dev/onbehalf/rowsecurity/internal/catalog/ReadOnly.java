package dev.onbehalf.rowsecurity.internal.catalog;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One REPEATABLE READ, READ ONLY transaction in which names mean PostgreSQL's own; rolled back at
 * the end. The connection's auto-commit is then what it was.
 */
public final class ReadOnly implements AutoCloseable {
  /** Makes of a row what is wanted. */
  public interface Mapper<T extends @Nullable Object> {
    T map(ResultSet row) throws SQLException;
  }

  /** Of what a row of {@code pg_namespace n} is. */
  static final String NOT_THE_SYSTEMS =
      " n.nspname !~ '^pg_' and n.nspname <> 'information_schema' ";

  private final Connection connection;
  private final boolean autoCommit;

  private ReadOnly(Connection connection) throws SQLException {
    this.connection = connection;
    this.autoCommit = connection.getAutoCommit();
    if (!autoCommit) {
      connection.rollback(); // or it would not be ours
    }
    connection.setAutoCommit(false);
  }

  /**
   * Begins it.
   *
   * @param statementTimeout for each statement; a lock is waited for five seconds
   */
  public static ReadOnly begin(Connection connection, Duration statementTimeout)
      throws SQLException {
    ReadOnly transaction = new ReadOnly(connection);
    try {
      transaction.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
      transaction.execute("SET LOCAL search_path = pg_catalog, pg_temp");
      transaction.execute("SET LOCAL statement_timeout = " + statementTimeout.toMillis());
      transaction.execute("SET LOCAL lock_timeout = '5s'");
      // what the plans of our own questions must not depend on
      transaction.execute("SET LOCAL jit = off");
      return transaction;
    } catch (SQLException e) {
      transaction.close();
      throw e;
    }
  }

  public void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false); // braces in names are no JDBC escapes
      statement.execute(sql);
    }
  }

  /** All rows. */
  public <T> List<T> rows(String sql, Mapper<T> mapper, Object... parameters) throws SQLException {
    List<T> all = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      statement.setFetchSize(5_000);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          all.add(mapper.map(rows));
        }
      }
    }
    return all;
  }

  static List<String> strings(@Nullable Array array) throws SQLException {
    if (array == null) {
      return List.of();
    }
    List<String> strings = new ArrayList<>();
    try (ResultSet rows = array.getResultSet()) {
      while (rows.next()) {
        String value = rows.getString(2);
        if (value != null) {
          strings.add(value);
        }
      }
    }
    return strings;
  }

  static <T> void add(Map<Long, Set<T>> sets, long key, @Nullable T value) {
    if (value != null) {
      sets.computeIfAbsent(key, unused -> new LinkedHashSet<>()).add(value);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.rollback();
    connection.setAutoCommit(autoCommit);
  }
}
