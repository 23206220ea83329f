package dev.onbehalf.servlet;

import dev.onbehalf.identity.NobodyBoundException;
import dev.onbehalf.pool.UserPool;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The connections of the person whose request a thread works for. Thread-safe; on any other thread
 * there is nobody.
 */
final class CurrentPerson implements DataSource, Binding {
  private static final String REMEDY =
      "Run the query on the thread of a request that carries a person's identity; hand their"
          + " connections to others with the filter's personOf(request), before the request is over;"
          + " or run it as the application itself, with OnBehalfDatabase.servicePrincipal().";

  @SuppressWarnings("ThreadLocalUsage") // one a filter, and a filter a database: never many
  private final ThreadLocal<@Nullable UserPool> current = new ThreadLocal<>();

  @Override
  public Bound bind(@Nullable UserPool person) {
    UserPool former = current.get();
    Bound bound = () -> set(former); // first, for nothing may fail once somebody is bound
    set(person);
    return bound;
  }

  /** Leaves nothing behind for nobody: threads are used again. */
  private void set(@Nullable UserPool person) {
    if (person == null) {
      current.remove();
    } else {
      current.set(person);
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    UserPool person = current.get();
    if (person == null) {
      throw new NobodyBoundException(REMEDY);
    }
    return person.getConnection();
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException(
        "Whose connection it is follows from the request, not from a name and a password");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    throw new SQLFeatureNotSupportedException("Logs go to SLF4J");
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    throw new SQLFeatureNotSupportedException("Set the connection timeout in DatabaseSettings");
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("Logs go to SLF4J");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (!type.isInstance(this)) {
      throw new SQLException("This is no " + type.getName());
    }
    return type.cast(this);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
