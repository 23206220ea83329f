package dev.onbehalf.identity;

import dev.onbehalf.identity.internal.SettingsReader;
import dev.onbehalf.pool.LeaseListener;
import dev.onbehalf.pool.Observer;
import dev.onbehalf.pool.Secret;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which database, and how many connections: everything {@link OnBehalfDatabase} has to know besides
 * its {@link Platform}, checked. PostgreSQL's own variables are read as libpq names them.
 *
 * <pre>{@code
 * DatabaseSettings settings = DatabaseSettings.fromEnvironment(System.getenv());
 * DatabaseSettings smaller =
 *     DatabaseSettings.builder().environment(System.getenv()).maxConnections(20).build();
 * }</pre>
 *
 * <table>
 * <caption>The variables</caption>
 * <tr><td>{@code PGHOST}, {@code PGDATABASE}</td><td>needed</td></tr>
 * <tr><td>{@code PGPORT}</td><td>5432</td></tr>
 * <tr><td>{@code PGSSLMODE}</td><td>for a host that is not loopback, unless {@code
 *     allowInsecureTls}, all but {@code disable}, which is refused, mean {@code verify-full}; on
 *     loopback {@code require} does when {@code PGSSLROOTCERT} is set</td></tr>
 * <tr><td>{@code PGSSLROOTCERT}</td><td>a PEM file; the JVM's trust store when unset or {@code
 *     system}</td></tr>
 * <tr><td>{@code PGOPTIONS}</td><td>what sessions begin with, as {@code -c work_mem=64MB}</td></tr>
 * <tr><td>{@code PGAPPNAME}</td><td>{@code onbehalf}</td></tr>
 * <tr><td>{@code PGUSER}</td><td>the service principal's role; unset, what the platform tells</td></tr>
 * <tr><td>{@code PGPASSWORD}</td><td>a native password for {@code PGUSER}</td></tr>
 * <tr><td>{@code PGHOST_READ_ONLY}</td><td>a replica, for transactions that only read</td></tr>
 * <tr><td>{@code PGPORT_READ_ONLY}</td><td>as {@code PGPORT}</td></tr>
 * </table>
 *
 * <p>Immutable and thread-safe; {@code toString} prints no secret.
 */
public final class DatabaseSettings {
  /** So many connections of the budget nobody but the service principal can take. */
  private static final int SERVICE_PRINCIPAL_RESERVE = 2;

  final String host;
  final int port;
  final String database;
  final ServerTls tls;
  final String applicationName;
  final StartupOptions startupOptions;
  final StartupOptions peoplesStartupOptions;
  final DriverProperties driverProperties;
  final @Nullable String servicePrincipalRole;
  final @Nullable Secret servicePrincipalPassword;
  final int maxConnections;
  final int fleetMaxConnections;
  final int maxConnectionsPerUser;
  final int maxWaitersPerUser;
  final int servicePrincipalMaxConnections;
  final int servicePrincipalReserve;
  final Duration connectionTimeout;
  final Duration idleTimeout;
  final Duration maxLifetime;
  final Duration leakDetectionThreshold;
  final Duration socketTimeout;
  final boolean prewarm;
  final boolean discardAllOnReturn;
  final @Nullable IdentityVerifier identityVerifier;
  final @Nullable RoleNames roleNames;
  final boolean allowRlsBypass;
  final Duration rlsCheckMaxAge;
  final Set<String> tableOwners;
  final Observer observer;
  final LeaseListener leaseListener;

  /** The same at the replica, with a budget of its own. */
  final @Nullable DatabaseSettings readOnlyHost;

  private DatabaseSettings(
      Builder builder, SettingsReader read, int connections, int fleetConnections) {
    host = read.host("PGHOST", "ep-quiet-sea-1234.database.eu-west-1.cloud.databricks.com");
    port = read.port("PGPORT", 5432);
    database = read.required("PGDATABASE", "databricks_postgres");
    tls = ServerTls.read(read, host, builder.allowInsecureTls);
    applicationName = read.optional("PGAPPNAME").orElse("onbehalf");
    startupOptions = StartupOptions.read(read);
    peoplesStartupOptions =
        startupOptions
            .with("statement_timeout", builder.statementTimeout)
            .with("lock_timeout", builder.lockTimeout)
            .with("idle_in_transaction_session_timeout", builder.idleInTransactionTimeout);
    driverProperties = DriverProperties.read(read, builder.driverProperties);
    servicePrincipalRole = read.role("PGUSER").orElse(null);
    servicePrincipalPassword = read.optional("PGPASSWORD").map(Secret::of).orElse(null);
    read.needs(
        "PGPASSWORD", "PGUSER", "a password needs the role that it is for, for example app_owner");
    fleetMaxConnections = fleetConnections;
    maxConnections = fleetMaxConnections == 0 ? connections : fleetMaxConnections;
    maxConnectionsPerUser = builder.maxConnectionsPerUser;
    maxWaitersPerUser = builder.maxWaitersPerUser;
    servicePrincipalMaxConnections =
        Math.min(builder.servicePrincipalMaxConnections, maxConnections);
    servicePrincipalReserve = reserve(servicePrincipalMaxConnections);
    connectionTimeout = builder.connectionTimeout;
    idleTimeout = builder.idleTimeout;
    maxLifetime = builder.maxLifetime;
    leakDetectionThreshold = builder.leakDetectionThreshold;
    socketTimeout = builder.socketTimeout;
    prewarm = builder.prewarm;
    discardAllOnReturn = builder.discardAllOnReturn;
    identityVerifier = builder.identityVerifier;
    roleNames = builder.roleNames;
    allowRlsBypass = builder.allowRlsBypass;
    rlsCheckMaxAge = builder.rlsCheckMaxAge;
    tableOwners = Set.copyOf(builder.tableOwners);
    observer = builder.observer;
    leaseListener = builder.leaseListener;
    read.atLeastOne("maxConnections", maxConnections);
    int least = // also where the limit itself is what leaves the service principal so few
        FleetShares.JOINING + fleetMinimum(reserve(builder.servicePrincipalMaxConnections));
    if (fleetMaxConnections != 0 && fleetMaxConnections < least) {
      read.problem(
          "fleetMaxConnections is %s, and must be at least %s", fleetMaxConnections, least);
    }
    read.atLeastOne("maxConnectionsPerUser", maxConnectionsPerUser);
    read.atLeastOne("maxWaitersPerUser", maxWaitersPerUser);
    read.atLeastOne("servicePrincipalMaxConnections", builder.servicePrincipalMaxConnections);
    read.positive("connectionTimeout", connectionTimeout);
    read.positive("idleTimeout", idleTimeout);
    read.positive("maxLifetime", maxLifetime);
    read.positiveOrZero("leakDetectionThreshold", leakDetectionThreshold);
    read.positiveOrZero("socketTimeout", socketTimeout);
    read.upToAnHour("rlsCheckMaxAge", rlsCheckMaxAge);
    read.sessionTimeout("statementTimeout", builder.statementTimeout);
    read.sessionTimeout("lockTimeout", builder.lockTimeout);
    read.sessionTimeout("idleInTransactionTimeout", builder.idleInTransactionTimeout);
    String replica = read.optionalHost("PGHOST_READ_ONLY", "ep-quiet-sea-1234-ro.example.com");
    int replicasPort = read.port("PGPORT_READ_ONLY", port);
    read.atLeastOne("readOnlyMaxConnections", builder.readOnlyMaxConnections);
    read.throwProblems();
    readOnlyHost =
        replica.isEmpty()
            ? null
            : new DatabaseSettings(
                builder,
                new SettingsReader(builder.variablesAt(replica, replicasPort)),
                builder.readOnlyMaxConnections,
                0); // a fleet shares what its limit is for
  }

  /**
   * Reads the settings from environment variables.
   *
   * @throws InvalidSettingsException naming every missing or wrong variable at once
   */
  public static DatabaseSettings fromEnvironment(Map<String, String> environment) {
    return builder().environment(environment).build();
  }

  /** With less of a fleet's connections nobody is served: the link, the reserve, one person. */
  int fleetMinimum() {
    return fleetMinimum(servicePrincipalReserve);
  }

  private static int fleetMinimum(int reserve) {
    return reserve + 2;
  }

  private static int reserve(int ofServicePrincipal) {
    return Math.max(0, Math.min(SERVICE_PRINCIPAL_RESERVE, ofServicePrincipal - 1));
  }

  /** Connections over all users that the process may hold; in a fleet, at most. */
  public int maxConnections() {
    return maxConnections;
  }

  /** Connections that one user may hold. */
  public int maxConnectionsPerUser() {
    return maxConnectionsPerUser;
  }

  /** Connections that the service principal may hold. */
  public int servicePrincipalMaxConnections() {
    return servicePrincipalMaxConnections;
  }

  /** How long a caller waits for a connection, or for an answer of the platform. */
  public Duration connectionTimeout() {
    return connectionTimeout;
  }

  /** How long an unused connection is kept. */
  public Duration idleTimeout() {
    return idleTimeout;
  }

  /**
   * Whether a JDBC URL leads to the database that these settings name, as whichever role. Compares
   * what is written, and asks nobody: another name of the same host is another host.
   */
  public boolean isReachedBy(String jdbcUrl) {
    return DatabaseUrl.leadsTo(this, jdbcUrl)
        || (readOnlyHost != null && readOnlyHost.isReachedBy(jdbcUrl));
  }

  /** A builder with nothing set and the defaults for the pool. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public String toString() {
    return "DatabaseSettings[%s:%s/%s, sslmode=%s, %s connections, %s a user]"
        .formatted(
            host, port, database, tls.mode().libpqName(), maxConnections, maxConnectionsPerUser);
  }

  /** Collects settings; the last value set wins. Not thread-safe. */
  public static final class Builder {
    private final Map<String, String> variables = new HashMap<>();
    private boolean allowInsecureTls;
    private int maxConnections = 50;
    private int fleetMaxConnections;
    private int readOnlyMaxConnections = 50;
    private int maxConnectionsPerUser = 3;
    private int maxWaitersPerUser = 50;
    private int servicePrincipalMaxConnections = 10;
    private Duration connectionTimeout = Duration.ofSeconds(10);
    private Duration idleTimeout = Duration.ofSeconds(30);
    private Duration maxLifetime = Duration.ofMinutes(30);
    private Duration leakDetectionThreshold = Duration.ZERO;
    private Duration socketTimeout = Duration.ZERO;
    private Duration statementTimeout = Duration.ZERO;
    private Duration lockTimeout = Duration.ZERO;
    private Duration idleInTransactionTimeout = Duration.ZERO;
    private final Map<String, String> driverProperties = new TreeMap<>();
    private boolean prewarm;
    private boolean discardAllOnReturn;
    private @Nullable IdentityVerifier identityVerifier;
    private @Nullable RoleNames roleNames;
    private boolean allowRlsBypass;
    private Duration rlsCheckMaxAge = Duration.ofSeconds(5);
    private Collection<String> tableOwners = List.of();
    private Observer observer = Observer.NOBODY;
    private LeaseListener leaseListener = LeaseListener.NOBODY;

    private Builder() {}

    /** Takes over the variables of this class's table; others are ignored. */
    public Builder environment(Map<String, String> environment) {
      variables.putAll(environment);
      return this;
    }

    /** Sets one of the variables of this class's table; null unsets it. */
    public Builder variable(String name, @Nullable String value) {
      if (value == null) {
        variables.remove(name);
      } else {
        variables.put(name, value);
      }
      return this;
    }

    /**
     * Takes {@code PGSSLMODE} at its word for a host that is not loopback: whoever sits between can
     * then read credentials.
     */
    public Builder allowInsecureTls(boolean allow) {
      allowInsecureTls = allow;
      return this;
    }

    /** The budget: connections over all users that this process may hold. Default 50. */
    public Builder maxConnections(int connections) {
      maxConnections = connections;
      return this;
    }

    /**
     * Has this process be one of several that share the database: a sign-out reaches all, and all
     * together hold no more connections than these, whatever {@link #maxConnections} says. The same
     * number for each. They meet in a schema {@code onbehalf_fleet}, which the service principal
     * makes and must own. At least 6 with the other settings' defaults; default 0: each for itself.
     */
    public Builder fleetMaxConnections(int connections) {
      fleetMaxConnections = connections;
      return this;
    }

    /**
     * The budget of connections to {@code PGHOST_READ_ONLY}, over all users, besides the other.
     * Default 50.
     */
    public Builder readOnlyMaxConnections(int connections) {
      readOnlyMaxConnections = connections;
      return this;
    }

    /** Connections that one user may hold. Default 3. */
    public Builder maxConnectionsPerUser(int connections) {
      maxConnectionsPerUser = connections;
      return this;
    }

    /**
     * Callers of one person that may wait for a connection at once; one more is refused without
     * waiting, so that no person can hold all of a web server's threads. Default 50.
     */
    public Builder maxWaitersPerUser(int callers) {
      maxWaitersPerUser = callers;
      return this;
    }

    /** Connections that the service principal may hold, within the budget. Default 10. */
    public Builder servicePrincipalMaxConnections(int connections) {
      servicePrincipalMaxConnections = connections;
      return this;
    }

    /** How long a caller waits for a connection, or for an answer of the platform. Default 10 s. */
    public Builder connectionTimeout(Duration timeout) {
      connectionTimeout = timeout;
      return this;
    }

    /** How long an unused connection is kept. Default 30 s. */
    public Builder idleTimeout(Duration timeout) {
      idleTimeout = timeout;
      return this;
    }

    /** How old a connection may become. Default 30 minutes. */
    public Builder maxLifetime(Duration age) {
      maxLifetime = age;
      return this;
    }

    /**
     * How long a connection may be in use before that is reported once, at WARN, with the user and
     * the stack that took it. Default zero: never.
     */
    public Builder leakDetectionThreshold(Duration threshold) {
      leakDetectionThreshold = threshold;
      return this;
    }

    /**
     * How long a caller's statement waits for the server's next answer; then its connection is
     * closed. Default zero: for ever, as how long a query may take is the application's business.
     */
    public Builder socketTimeout(Duration timeout) {
      socketTimeout = timeout;
      return this;
    }

    /**
     * How long a person's statement may run: the server ends it then, with SQLState 57014. Default
     * zero: what the server says. The service principal's statements, set-ups among them, have what
     * {@code PGOPTIONS} says; so have people's where this is zero. At most 24 days, as the next
     * two.
     */
    public Builder statementTimeout(Duration timeout) {
      statementTimeout = timeout;
      return this;
    }

    /**
     * How long a person's statement waits for a lock (55P03). Default zero: what the server says.
     */
    public Builder lockTimeout(Duration timeout) {
      lockTimeout = timeout;
      return this;
    }

    /**
     * How long a person's transaction may do nothing before the server ends its session (25P03).
     * Default zero: what the server says.
     */
    public Builder idleInTransactionTimeout(Duration timeout) {
      idleInTransactionTimeout = timeout;
      return this;
    }

    /**
     * Sets one of pgjdbc's own connection properties, such as {@code stringtype}; upper and lower
     * case are one. Refused is what would have somebody else log in, what weakens TLS, and what has
     * a setting here.
     */
    public Builder driverProperty(String name, String value) {
      driverProperties.put(name, value);
      return this;
    }

    /**
     * Whether a person who is proved gets a login begun at once, where a place is free, so that it
     * is on its way when they ask for a connection. Default false.
     */
    public Builder prewarm(boolean warm) {
      prewarm = warm;
      return this;
    }

    /**
     * Ends each use of a connection with {@code DISCARD ALL}, at the price of a round trip: what a
     * request's SQL left in the session ({@code SET}, {@code SET ROLE}, temporary tables) is gone
     * for that user's next request. Never another user's, with or without. Default false.
     */
    public Builder discardAllOnReturn(boolean discard) {
      discardAllOnReturn = discard;
      return this;
    }

    /** Who proves whose a token is. By default whoever the {@link Platform} names. */
    public Builder identityVerifier(IdentityVerifier verifier) {
      identityVerifier = verifier;
      return this;
    }

    /** What people's roles are called. By default as the proof spells their address. */
    public Builder roleNames(RoleNames names) {
      roleNames = names;
      return this;
    }

    /**
     * Lets people log in whom Row-Level Security does not hold back: superusers, roles with
     * BYPASSRLS or REPLICATION (before PostgreSQL 16 CREATEROLE, too), members of the tables'
     * owners, of {@code pg_read_all_data}, {@code pg_write_all_data} or a role for the server's
     * files and programs, whoever may become one of these, and sessions that begin as another role.
     * Default false: such a login ends in a {@link dev.onbehalf.pool.RlsBypassException}. The
     * service principal is never asked.
     */
    public Builder allowRlsBypass(boolean allow) {
      allowRlsBypass = allow;
      return this;
    }

    /**
     * How old may be what is known of the roles that Row-Level Security holds: what a role is given
     * is noticed at a login that begins so much later. Zero: asked at each login, for a round trip;
     * at most 1 hour; default 5 s.
     */
    public Builder rlsCheckMaxAge(Duration age) {
      rlsCheckMaxAge = age;
      return this;
    }

    /**
     * The roles that own the tables besides the service principal, of which nobody may be a member.
     * None by default.
     */
    public Builder tableOwners(Collection<String> roles) {
      tableOwners = roles;
      return this;
    }

    /**
     * Who measures or traces what takes time: {@code proof} and {@code exchange}, which are not
     * told of when their answer is at hand, and the pool's {@code acquire}, {@code credential} and
     * {@code login}. What fails is told as it failed: by an {@link IdentityException}, a {@link
     * IssuerUnavailableException} or an {@link java.sql.SQLException}. Default nobody.
     */
    public Builder observer(Observer value) {
      observer = value;
      return this;
    }

    /** The variables as they are for a replica, which has none of its own. */
    private Map<String, String> variablesAt(String host, int port) {
      Map<String, String> there = new HashMap<>(variables);
      there.put("PGHOST", host);
      there.put("PGPORT", Integer.toString(port));
      there.keySet().removeAll(Set.of("PGHOST_READ_ONLY", "PGPORT_READ_ONLY"));
      return there;
    }

    /** Who hears of each lease, and of which role it is. Default nobody. */
    public Builder leaseListener(LeaseListener value) {
      leaseListener = value;
      return this;
    }

    /**
     * Checks everything.
     *
     * @throws InvalidSettingsException naming every mistake at once
     */
    public DatabaseSettings build() {
      return new DatabaseSettings(
          this, new SettingsReader(variables), maxConnections, fleetMaxConnections);
    }
  }
}
