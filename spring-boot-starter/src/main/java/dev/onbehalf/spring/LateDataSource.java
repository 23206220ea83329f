package dev.onbehalf.spring;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;

/**
 * Decides anew for each connection where it comes from: whose it is, when it is asked for; where
 * transactions that only read have a host of their own, which of the two, at its first statement,
 * for that is when it is known.
 */
final class LateDataSource extends AbstractDataSource {
  /** Who is told, while it is only asked on this thread who is reached. */
  private static final ThreadLocal<@Nullable Consumer<LateDataSource>> ASKING = new ThreadLocal<>();

  private final Source source;
  private final @Nullable Source reading;

  /** Where the next connection comes from. */
  @FunctionalInterface
  interface Source {
    DataSource get() throws SQLException;
  }

  /** Work that asks for a connection. */
  @FunctionalInterface
  interface Asking {
    void run() throws Exception;
  }

  LateDataSource(Source source) {
    this.source = source;
    this.reading = null;
  }

  /**
   * One with a place of its own for connections that are read-only when they are first used.
   *
   * @param reading for whoever {@code source} is for at the same moment
   */
  LateDataSource(Source source, Source reading) {
    this.source = source;
    this.reading = reading;
  }

  /**
   * Tells {@code reached} which of these {@code asking} reaches for its connections, through
   * whatever wraps them. They open none: who asks them meets an exception instead.
   *
   * @throws Exception what {@code asking} throws
   */
  static void reachedBy(Asking asking, Consumer<LateDataSource> reached) throws Exception {
    ASKING.set(reached);
    try {
      asking.run();
    } finally {
      ASKING.remove();
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    Consumer<LateDataSource> asking = ASKING.get();
    if (asking != null) {
      asking.accept(this);
      throw new SQLException("There is no connection: it was only asked who gives one", "08004");
    }
    DataSource ofWhoeverIsBound = source.get();
    return reading == null
        ? ofWhoeverIsBound.getConnection()
        : choosingLate(ofWhoeverIsBound, reading.get());
  }

  /** Nobody is looked for at the first statement: somebody else may be bound by then. */
  private static Connection choosingLate(DataSource writing, DataSource reading)
      throws SQLException {
    LazyConnectionDataSourceProxy late = new LazyConnectionDataSourceProxy();
    late.setTargetDataSource(writing);
    late.setReadOnlyDataSource(reading);
    late.setDefaultAutoCommit(true); // or a connection would be opened to ask
    late.setDefaultTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    return late.getConnection();
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException(
        "Whose connection it is follows from who is bound, not from a name and a password");
  }
}
