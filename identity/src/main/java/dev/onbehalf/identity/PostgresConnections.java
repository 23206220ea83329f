package dev.onbehalf.identity;

import dev.onbehalf.identity.internal.EndAwaitingSockets;
import dev.onbehalf.identity.internal.SharedTls;
import dev.onbehalf.pool.ConnectionFactory;
import dev.onbehalf.pool.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens physical connections with pgjdbc.
 *
 * <p>Connect and socket time-outs bound a login; pgjdbc's {@code loginTimeout} would start a thread
 * for each. Once logged in, a connection has no socket time-out: how long a query may take is the
 * application's business. A login sends what it has to and nothing more: the request for TLS, who
 * logs in, the password. Thread-safe.
 */
final class PostgresConnections implements ConnectionFactory {
  private static final Logger log = LoggerFactory.getLogger(PostgresConnections.class);

  /** PostgreSQL manual, appendix A: invalid authorization specification, invalid password. */
  private static final Set<String> REFUSED = Set.of("28000", "28P01");

  private final Driver driver = new Driver();
  private final Platform platform;
  private final String url;
  private final Properties base = new Properties();
  private final Predicate<String> isApplication;
  private final String applicationsOptions;
  private final String peoplesOptions;

  /**
   * @param isApplication whether a role is the application's own; asked of whoever logs in
   */
  PostgresConnections(
      DatabaseSettings settings, Platform platform, Predicate<String> isApplication) {
    this(settings, platform, isApplication, settings.applicationName, false);
  }

  /**
   * @param name in pg_stat_activity
   * @param awaitsEnds whether to close a connection takes until the server has ended it, too
   */
  PostgresConnections(
      DatabaseSettings settings,
      Platform platform,
      Predicate<String> isApplication,
      String name,
      boolean awaitsEnds) {
    this.platform = platform;
    this.isApplication = isApplication;
    applicationsOptions = settings.startupOptions.text();
    peoplesOptions = settings.peoplesStartupOptions.text();
    boolean bare = settings.host.contains(":") && !settings.host.startsWith("[");
    String host = bare ? "[" + settings.host + "]" : settings.host;
    url =
        "jdbc:postgresql://%s:%s/%s"
            .formatted(
                host, settings.port, URLEncoder.encode(settings.database, StandardCharsets.UTF_8));
    String seconds = Long.toString(Math.max(1, settings.connectionTimeout.toSeconds()));
    PGProperty.CONNECT_TIMEOUT.set(base, seconds);
    PGProperty.SOCKET_TIMEOUT.set(base, seconds);
    PGProperty.TCP_KEEP_ALIVE.set(base, true);
    if (awaitsEnds && driverFinds(EndAwaitingSockets.class)) {
      PGProperty.SOCKET_FACTORY.set(base, EndAwaitingSockets.class.getName());
    }
    settings.driverProperties.putInto(base);
    PGProperty.GSS_ENC_MODE.set(base, "disable");
    PGProperty.APPLICATION_NAME.set(base, name);
    // Row-Level Security came with 9.5. From 9.0 on, pgjdbc says the name in its first message, and
    // not after the login in a round trip of its own.
    PGProperty.ASSUME_MIN_SERVER_VERSION.set(base, "9.5");
    PGProperty.SSL_MODE.set(base, settings.tls.mode().libpqName());
    // Not direct TLS: servers before PostgreSQL 17 don't know it, and pgjdbc doesn't go back to
    // asking for it.
    Path roots = settings.tls.roots();
    boolean verifies = settings.tls.verifies();
    if (roots == null && verifies) {
      PGProperty.SSL_FACTORY.set(base, "org.postgresql.ssl.DefaultJavaSSLFactory");
    } else if (roots != null && verifies && driverFinds(SharedTls.class)) {
      PGProperty.SSL_FACTORY.set(base, SharedTls.class.getName());
      PGProperty.SSL_FACTORY_ARG.set(base, roots.toAbsolutePath().toString());
    } else if (roots != null) {
      PGProperty.SSL_ROOT_CERT.set(base, roots.toString());
    }
    sayHowTlsIsTaken(settings);
  }

  private static void sayHowTlsIsTaken(DatabaseSettings settings) {
    ServerTls tls = settings.tls;
    if (tls.isStricter()) {
      log.info(
          "PGSSLMODE={} is taken as {}: the certificate of {} must be for that name, from an"
              + " authority in {}",
          tls.asked().libpqName(),
          tls.mode().libpqName(),
          settings.host,
          tls.roots() == null ? "the JVM's trust store" : tls.roots());
    }
  }

  /** Not where the driver is the server's and we are the application's. */
  private static boolean driverFinds(Class<?> type) {
    try {
      return Class.forName(type.getName(), false, Driver.class.getClassLoader()) == type;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  @Override
  public Connection connect(String user, Secret credential) throws SQLException {
    Properties properties = new Properties();
    properties.putAll(base);
    PGProperty.USER.set(properties, user);
    PGProperty.PASSWORD.set(properties, credential.reveal());
    String options = isApplication.test(user) ? applicationsOptions : peoplesOptions;
    if (!options.isEmpty()) {
      PGProperty.OPTIONS.set(properties, options);
    }
    Connection connection = logIn(user, properties);
    if (connection == null) {
      throw new SQLException("pgjdbc does not accept the URL " + url, "08001");
    }
    connection.setNetworkTimeout(Runnable::run, 0);
    return connection;
  }

  @Override
  public Optional<String> reportedUser(Connection connection) throws SQLException {
    return Optional.ofNullable(
        connection.unwrap(PGConnection.class).getParameterStatus("session_authorization"));
  }

  private @Nullable Connection logIn(String user, Properties properties) throws SQLException {
    try {
      return driver.connect(url, properties);
    } catch (SQLException e) {
      boolean refused = REFUSED.contains(String.valueOf(e.getSQLState()));
      if (refused && !isApplication.test(user)) {
        throw new RoleRefusedException(user, platform, e);
      }
      throw e.getCause() instanceof SSLException untrusted ? tlsFailed(e, untrusted) : e;
    }
  }

  /** Who reads the driver's own sentence tries again, and it will never help. */
  private static SQLException tlsFailed(SQLException e, SSLException untrusted) {
    return new SQLNonTransientConnectionException(
        "TLS with the database failed: %s. If it is its certificate that is not trusted, PGSSLROOTCERT names the file with the CA's"
            .formatted(untrusted.getMessage()),
        e.getSQLState(),
        e);
  }
}
