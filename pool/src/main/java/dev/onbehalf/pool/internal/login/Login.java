package dev.onbehalf.pool.internal.login;

import dev.onbehalf.pool.ConnectionFactory;
import dev.onbehalf.pool.CredentialProvider;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.jdbc.DriverCalls;
import dev.onbehalf.pool.internal.jdbc.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens a physical connection: asks for the credential, connects, and looks at whose session it
 * became and whether Row-Level Security holds it. A refused password is dropped at its provider,
 * and tried once more with a fresh one.
 */
public final class Login {
  private final ConnectionFactory factory;
  private final CredentialProvider provider;
  private final Supplier<Set<String>> tableOwners;
  private final SessionCheck session;

  /** Who knows whether somebody still wants the login. */
  public interface Watcher {
    /**
     * Asked before anything is done in the user's name.
     *
     * @throws SQLException if nobody wants it any more
     */
    void requireWanted() throws SQLException;

    /**
     * Told of a connection before anything is asked on it, so that somebody else can abort it if
     * there is no answer; whether or not the login then succeeds.
     *
     * @throws SQLException if nobody wants it any more
     */
    void connected(Connection connection) throws SQLException;
  }

  /**
   * @param tableOwners of whom nobody may be a member whom Row-Level Security has to hold
   * @param rlsCheckMaxAge how old may be what is known of whom it holds
   */
  public Login(
      ConnectionFactory factory,
      CredentialProvider provider,
      Supplier<Set<String>> tableOwners,
      Duration rlsCheckMaxAge) {
    this.factory = factory;
    this.provider = provider;
    this.tableOwners = tableOwners;
    this.session = new SessionCheck(factory, System::nanoTime, rlsCheckMaxAge);
  }

  public Login(
      ConnectionFactory factory, CredentialProvider provider, Supplier<Set<String>> tableOwners) {
    this(factory, provider, tableOwners, Settings.DEFAULTS.rlsCheckMaxAge());
  }

  public Login(ConnectionFactory factory, CredentialProvider provider) {
    this(factory, provider, Set::of);
  }

  /**
   * Opens a connection of {@code user}, whom Row-Level Security has to hold if it is asked for.
   *
   * @param watcher asked in between
   */
  public Connection open(
      String user, Secret credential, boolean requireRowSecurity, Watcher watcher)
      throws SQLException {
    Connection connection = connectWithFresh(user, credential, watcher);
    try {
      watcher.connected(connection);
      if (requireRowSecurity) {
        session.requireHeldUser(user, connection, tableOwners.get());
      } else {
        session.requireUser(user, connection);
      }
      return connection;
    } catch (SQLException | RuntimeException | Error e) {
      DriverCalls.close(connection);
      throw e;
    }
  }

  private Connection connectWithFresh(String user, Secret credential, Watcher watcher)
      throws SQLException {
    try {
      watcher.requireWanted();
      return connect(user, credential);
    } catch (SQLException e) {
      if (!SqlStates.INVALID_PASSWORD.equals(e.getSQLState())) {
        throw e;
      }
      watcher.requireWanted();
      return connectOnceMore(user, credential, watcher, e);
    }
  }

  private Connection connectOnceMore(
      String user, Secret refused, Watcher watcher, SQLException refusal) throws SQLException {
    try {
      provider.rejected(user, refused);
    } catch (RuntimeException e) {
      refusal.addSuppressed(e);
    }
    Secret fresh;
    try {
      fresh = credential(user);
    } catch (SQLException e) {
      e.addSuppressed(refusal);
      throw e;
    }
    if (fresh.equals(refused)) {
      throw refusal;
    }
    watcher.requireWanted();
    return connect(user, fresh);
  }

  /**
   * What the user logs in with, from the provider.
   *
   * @throws SQLException if it has none, or fails
   */
  public Secret credential(String user) throws SQLException {
    @Nullable Secret credential;
    try {
      credential = provider.credential(user);
    } catch (RuntimeException e) {
      throw new SQLException(
          "The credential provider failed for \"" + user + "\"", SqlStates.UNABLE_TO_CONNECT, e);
    }
    if (credential == null) {
      throw new SQLException(
          "The credential provider has no credential for \"" + user + "\" (it returned null)",
          SqlStates.CONNECTION_REJECTED); // class 28 would say that the server refused the user
    }
    return credential;
  }

  private Connection connect(String user, Secret credential) throws SQLException {
    @Nullable Connection connection;
    try {
      connection = factory.connect(user, credential);
    } catch (RuntimeException e) {
      throw new SQLException(
          "The connection factory failed for \"" + user + "\"", SqlStates.UNABLE_TO_CONNECT, e);
    }
    if (connection == null) {
      throw new SQLException(
          "The connection factory returned null for \"" + user + "\"", SqlStates.UNABLE_TO_CONNECT);
    }
    return connection;
  }
}
