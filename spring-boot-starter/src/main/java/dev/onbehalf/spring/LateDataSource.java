package dev.onbehalf.spring;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.AbstractDataSource;

/** Decides anew for each connection where it comes from. */
final class LateDataSource extends AbstractDataSource {
  /** Who is told, while it is only asked on this thread who is reached. */
  private static final ThreadLocal<@Nullable Consumer<LateDataSource>> ASKING = new ThreadLocal<>();

  private final Source source;

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
    return source.get().getConnection();
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException(
        "Whose connection it is follows from who is bound, not from a name and a password");
  }
}
