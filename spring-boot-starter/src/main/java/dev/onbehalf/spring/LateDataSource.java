package dev.onbehalf.spring;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.AbstractDataSource;

/** Decides anew for each connection where it comes from. */
final class LateDataSource extends AbstractDataSource {
  private final Source source;

  /** Where the next connection comes from. */
  @FunctionalInterface
  interface Source {
    DataSource get() throws SQLException;
  }

  LateDataSource(Source source) {
    this.source = source;
  }

  @Override
  public Connection getConnection() throws SQLException {
    return source.get().getConnection();
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException(
        "Whose connection it is follows from who is bound, not from a name and a password");
  }
}
