package dev.onbehalf.lakebaselocal;

import dev.onbehalf.lakebaselocal.internal.gateway.Gateway;
import dev.onbehalf.lakebaselocal.internal.gateway.ServerIdentity;
import dev.onbehalf.lakebaselocal.internal.net.Listener;
import dev.onbehalf.lakebaselocal.internal.postgres.Cluster;
import dev.onbehalf.lakebaselocal.internal.postgres.Compute;
import dev.onbehalf.lakebaselocal.internal.postgres.DatabaseSetup;
import dev.onbehalf.lakebaselocal.internal.postgres.Server;
import dev.onbehalf.lakebaselocal.internal.postgres.Watchdog;
import dev.onbehalf.lakebaselocal.internal.token.TokenAuthority;
import dev.onbehalf.lakebaselocal.internal.token.TokenKind;
import dev.onbehalf.lakebaselocal.internal.token.TokenScopes;
import dev.onbehalf.lakebaselocal.internal.workspace.ClientCredentials;
import dev.onbehalf.lakebaselocal.internal.workspace.Routes;
import dev.onbehalf.lakebaselocal.internal.workspace.Workspace;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Lakebase on a laptop, for development and tests: a PostgreSQL 17, a login gateway in front of
 * it that takes database credentials for passwords, and the workspace's HTTP endpoints. All listen
 * on loopback only.
 *
 * <pre>{@code
 * try (LakebaseLocal lakebase = LakebaseLocal.builder().user("alice@example.com").start()) {
 *   Map<String, String> environment = lakebase.environment();
 *   String accessToken = lakebase.accessToken("alice@example.com", Duration.ofHours(1));
 * }
 * }</pre>
 *
 * Each instance has a database, keys and ports of its own, and several run side by side. When it
 * has been closed, no process, port or folder is left; and when its JVM ends without closing it, by
 * whatever signal, a small process beside it cleans up at once. No shutdown hook is set, so that an
 * app which runs it can first end its own work. Thread-safe.
 */
public final class LakebaseLocal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LakebaseLocal.class);
  private static final String BRANCH = "projects/local/branches/main";
  private static final Duration SCRIPT_LIFETIME = Duration.ofMinutes(1);
  private static final String ENDPOINT = BRANCH + "/endpoints/primary";

  private final LocalSettings settings;
  private final Path folder;
  private final String servicePrincipal;
  private final String clientSecret;

  /** By which it logs in itself, as whom it wants, above all faults. */
  private final String ownPassword = Secrets.random();

  private final People people;

  private final Path rootCertificate;
  private final Workspace workspace;
  private final TokenAuthority tokens;
  private final Gateway gateway;
  private final OrderedFaults faults;

  /** What close() has to close, the latest first. */
  private final Deque<Closeable> parts = new ConcurrentLinkedDeque<>();

  private final AtomicBoolean closed = new AtomicBoolean();

  private LakebaseLocal(LocalSettings settings) throws IOException, InterruptedException {
    this.settings = settings;
    try {
      Home home = Home.of(settings);
      parts.push(home);
      folder = home.temporary();
      Kept kept = home.kept();
      servicePrincipal = kept.servicePrincipal();
      clientSecret = kept.clientSecret();

      Cluster cluster = home.cluster();
      parts.push(Watchdog.over(folder, cluster.folder()));
      Compute compute =
          new Compute(new Server(folder, cluster, settings.maxConnections(), setup(kept)));
      parts.push(compute);
      CompletableFuture<Void> started =
          CompletableFuture.runAsync(compute::start, LakebaseLocal::runInBackground);

      ServerIdentity identity = home.serverIdentity();
      rootCertificate = Files.writeString(home.rootCertificate(), identity.authorityPem());
      gateway =
          Listener.open(
              "logins", settings.ports().logins(), port -> Gateway.open(identity.tls(), port));
      parts.push(gateway); // closed before the database: who is cut can't hold it up
      workspace = Listener.open("the workspace", settings.ports().workspace(), Workspace::open);
      parts.push(workspace);
      tokens = new TokenAuthority(settings.clock(), workspace.url() + "/oidc");
      faults = new OrderedFaults(tokens, gateway, compute);
      people = new People(home, settings, this::superuser, person -> gateway.cut(person::equals));

      gateway.serve(loginPolicy(), compute);
      await(started);
      prepareDatabase(home.isOld());
      settings.scripts().forEach(this::run);
      workspace.serve(routes(), faults);
    } catch (IOException | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Begins to describe an instance. */
  public static Builder builder() {
    return new Builder();
  }

  private static void runInBackground(Runnable task) {
    Thread thread = new Thread(task, "lakebase-local-start");
    thread.setDaemon(true);
    thread.start();
  }

  private static void await(CompletableFuture<Void> started) throws IOException {
    try {
      started.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException unchecked) {
        throw new IOException(unchecked.getMessage(), unchecked);
      }
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private LoginPolicy loginPolicy() {
    Map<String, String> passwords = new HashMap<>(settings.passwordRoles());
    passwords.put(Server.SUPERUSER, ownPassword);
    Set<TokenKind> kinds =
        settings.takesAccessTokens()
            ? EnumSet.allOf(TokenKind.class)
            : EnumSet.of(TokenKind.DATABASE_CREDENTIAL);
    return new LoginPolicy(
        tokens, kinds, people.directory(), settings.logins(), passwords, ownPassword, faults);
  }

  private List<String> setup(Kept kept) {
    return DatabaseSetup.statements(
        kept.servicePrincipal(), kept.database(), kept.users(), settings.passwordRoles().keySet());
  }

  private void prepareDatabase(boolean old) {
    String group = settings.group();
    if (!old && group == null) {
      return;
    }
    try (Connection connection = superuser().getConnection()) {
      if (old) {
        DatabaseSetup.addMissing(
            connection, servicePrincipal, people.users(), settings.passwordRoles().keySet());
      }
      if (group != null) {
        DatabaseSetup.createGroup(connection, servicePrincipal, group);
        DatabaseSetup.grant(connection, group, people.users());
      }
    } catch (SQLException e) {
      throw new IllegalStateException("Setting up the roles failed: " + e.getMessage(), e);
    }
  }

  private void run(Script script) {
    DataSource database =
        switch (script.as()) {
          case ADMINISTRATOR -> superuser();
          case SERVICE_PRINCIPAL ->
              dataSource(servicePrincipal, databaseCredential(servicePrincipal, SCRIPT_LIFETIME));
        };
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(script.sql());
    } catch (SQLException e) {
      throw new IllegalStateException(
          "The SQL of %s failed: %s".formatted(script.source(), e.getMessage()), e);
    }
  }

  private Routes routes() {
    return new Routes(
        tokens,
        people.directory(),
        new ClientCredentials(servicePrincipal, clientSecret),
        (identity, type) ->
            DatabaseSetup.createRole(dataSource(servicePrincipal, ownPassword), identity, type),
        new Routes.Resources(ENDPOINT, BRANCH),
        settings.clock(),
        faults,
        new Routes.Desks(people, faults));
  }

  /**
   * What an app needs to find this Lakebase, as the platform names it: {@code PGHOST}, {@code
   * PGPORT}, {@code PGDATABASE}, {@code PGSSLMODE}, {@code PGSSLROOTCERT}, {@code
   * LAKEBASE_ENDPOINT}, {@code DATABRICKS_HOST}, {@code DATABRICKS_CLIENT_ID} and {@code
   * DATABRICKS_CLIENT_SECRET}, in this order. The mode is the platform's, and the clients of both
   * verify under it against the file that comes with it.
   */
  public Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("PGHOST", "localhost");
    environment.put("PGPORT", Integer.toString(gateway.port()));
    environment.put("PGDATABASE", settings.database());
    environment.put("PGSSLMODE", "require");
    environment.put("PGSSLROOTCERT", rootCertificate.toString());
    environment.put("LAKEBASE_ENDPOINT", ENDPOINT);
    environment.put("DATABRICKS_HOST", workspace.url());
    environment.put("DATABRICKS_CLIENT_ID", servicePrincipal);
    environment.put("DATABRICKS_CLIENT_SECRET", clientSecret);
    return environment;
  }

  /**
   * {@code jdbc:postgresql://...} with verified TLS, to which a user and a password must be added.
   */
  public String jdbcUrl() {
    return "jdbc:postgresql://localhost:%s/%s?sslmode=verify-full&sslrootcert=%s"
        .formatted(
            gateway.port(), encoded(settings.database()), encoded(rootCertificate.toString()));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** The service principal's client id, which is also the name of its role. */
  public String servicePrincipal() {
    return servicePrincipal;
  }

  /** The people who have had a role from the start, and those added since. */
  public List<String> users() {
    return people.users();
  }

  /**
   * Adds a person with a role of the same name, as {@link Builder#user} does before the start. A
   * role of that name that can log in already becomes theirs.
   *
   * @throws IllegalArgumentException if the name breaks its rule, or is somebody's
   * @throws IllegalStateException if the database does not create the role
   */
  public void addUser(String email) {
    people.addUser(email);
  }

  /**
   * Removes a person from the workspace, with or without role: their tokens and database
   * credentials are refused from now on, and their connections end. As on the platform their role
   * stays, with what it owns, and is theirs again if they are added again.
   *
   * @throws IllegalArgumentException if nobody is called so
   */
  public void removePerson(String email) {
    if (!people.remove(email)) {
      throw new IllegalArgumentException("Nobody here is called \"" + email + "\"");
    }
  }

  /** The people known to the workspace who were given no role. */
  public List<String> peopleWithoutRole() {
    return people.peopleWithoutRole();
  }

  /**
   * A new access token of a person, as the proxy forwards it, with the scopes that an app needs:
   * {@code iam.current-user:read} and {@code postgres}.
   *
   * @param user a user or a person without role, spelt as in the builder
   * @param lifetime zero or less makes a token that has expired already
   * @throws IllegalArgumentException if nobody is called so
   */
  public String accessToken(String user, Duration lifetime) {
    requirePerson(user);
    return tokens.accessTokenForPerson(user, lifetime, TokenScopes.OF_PEOPLE).value();
  }

  /**
   * As {@link #accessToken(String, Duration)}, with these scopes and no others: {@code
   * iam.current-user:read} to be asked for its owner, {@code postgres} to be exchanged for a
   * database credential.
   *
   * @throws IllegalArgumentException also if one is not spelt as a scope is (RFC 6749, 3.3)
   */
  public String accessToken(String user, Duration lifetime, String... scopes) {
    requirePerson(user);
    List<String> asked = List.of(scopes);
    if (!TokenScopes.areValid(asked)) {
      throw new IllegalArgumentException("Not all of " + asked + " are scopes (RFC 6749, 3.3)");
    }
    return tokens.accessTokenForPerson(user, lifetime, asked).value();
  }

  /**
   * A new database credential, without a call to the workspace.
   *
   * @param identity a user, a person without role, or the service principal
   * @param lifetime zero or less makes a credential that has expired already
   * @throws IllegalArgumentException if nobody is called so
   */
  public String databaseCredential(String identity, Duration lifetime) {
    if (!identity.equals(servicePrincipal)) {
      requirePerson(identity);
    }
    return tokens.databaseCredential(identity, lifetime).value();
  }

  private void requirePerson(String name) {
    if (!people.directory().hasPerson(name)) {
      throw new IllegalArgumentException(
          "Nobody here is called \"%s\": name them by user(...), addUser(...) or personWithoutRole(...)"
              .formatted(name));
    }
  }

  /**
   * The database as its superuser, for a test's own hands: no pool, and above all faults except a
   * database that is not running.
   */
  public DataSource superuser() {
    return dataSource(Server.SUPERUSER, ownPassword);
  }

  private DataSource dataSource(String user, String password) {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setServerNames(new String[] {"localhost"});
    dataSource.setPortNumbers(new int[] {gateway.port()});
    dataSource.setDatabaseName(settings.database());
    dataSource.setUser(user);
    dataSource.setPassword(password);
    dataSource.setSslMode("verify-full");
    dataSource.setSslRootCert(rootCertificate.toString());
    return dataSource;
  }

  /** A folder of the instance's own, which goes when it ends. */
  Path folder() {
    return folder;
  }

  /** Faults to order. */
  public Faults faults() {
    return faults;
  }

  /** What the workspace was asked for. */
  public Calls calls() {
    return new WorkspaceCalls(workspace.calls());
  }

  /**
   * Ends all connections, stops the database and removes its folder, but for {@linkplain
   * Builder#data data that are kept}. Further calls do nothing.
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    for (Closeable part = parts.poll(); part != null; part = parts.poll()) {
      closeQuietly(part);
    }
  }

  private static void closeQuietly(Closeable part) {
    try {
      part.close();
    } catch (IOException | RuntimeException e) {
      LOG.warn("Closing a part of lakebase-local failed: {}", e.getMessage());
    }
  }

  /** What an instance is started with. Not thread-safe; can be used for several starts. */
  public static final class Builder {
    private final List<String> users = new ArrayList<>();
    private final List<String> peopleWithoutRole = new ArrayList<>();
    private final Map<String, String> passwordRoles = new LinkedHashMap<>();
    private String database = "databricks_postgres";
    private int maxConnections = 100;
    private boolean takesAccessTokens;
    private BiPredicate<String, String> logins = (role, password) -> false;
    private Clock clock = Clock.systemUTC();
    private int port;
    private int workspacePort;
    private @Nullable Path data;
    private @Nullable String group;
    private final List<Script> scripts = new ArrayList<>();

    private Builder() {}

    /**
     * A person with a role of the same name; none by default.
     *
     * @param email at most 63 bytes of UTF-8, because PostgreSQL cuts longer names
     */
    public Builder user(String email) {
      users.add(email);
      return this;
    }

    /** A person who gets tokens, but has no role and so can't log in; none by default. */
    public Builder personWithoutRole(String email) {
      peopleWithoutRole.add(email);
      return this;
    }

    /**
     * A role that logs in with a password of its own, as native PostgreSQL roles do on Lakebase; it
     * may do what the service principal may. None by default.
     */
    public Builder passwordRole(String name, String password) {
      passwordRoles.put(name, password);
      return this;
    }

    /** The name of the database, which the service principal owns; {@code databricks_postgres}. */
    public Builder database(String name) {
      database = name;
      return this;
    }

    /**
     * PostgreSQL's {@code max_connections}, 4 to 10,000; 100 by default. Three of them are kept for
     * the superuser.
     */
    public Builder maxConnections(int maxConnections) {
      this.maxConnections = maxConnections;
      return this;
    }

    /** Tells when tokens are issued and expire; the system's clock by default. */
    public Builder clock(Clock clock) {
      this.clock = clock;
      return this;
    }

    /**
     * Whether an access token is a password as well, as for Cloud SQL with IAM or Microsoft Entra;
     * false by default: Lakebase takes database credentials only.
     */
    public Builder takesAccessTokens(boolean takes) {
      takesAccessTokens = takes;
      return this;
    }

    /**
     * Whose word counts besides: told a role and what came as its password, says whether it may log
     * in, as a server does that asks an issuer elsewhere. Not asked of roles with a password of
     * their own. Called by several threads at once; may block. By default nobody's.
     */
    public Builder logins(BiPredicate<String, String> check) {
      logins = check;
      return this;
    }

    /** The port of logins, {@code PGPORT}; zero, the default, is any that is free. */
    public Builder port(int port) {
      this.port = port;
      return this;
    }

    /** The port of the workspace; zero, the default, is any that is free. */
    public Builder workspacePort(int port) {
      workspacePort = port;
      return this;
    }

    /**
     * A folder in which data stay over restarts: roles, databases, tables, who the people are, the
     * service principal's id and secret, and the certificate. It is made if it is missing, becomes
     * its owner's alone, and is one instance's at a time. None by default: all goes at the end.
     */
    public Builder data(Path folder) {
      data = folder;
      return this;
    }

    /**
     * A group role of which every user is a member, those who are added later too; made by the
     * service principal if it is missing. None by default.
     */
    public Builder grant(String group) {
      this.group = group;
      return this;
    }

    /**
     * Statements that are run at each start, in one transaction, as the service principal; several
     * scripts run in the order in which they are named, after the users' roles are there.
     */
    public Builder sql(String statements) {
      return script("sql(...)", statements, Script.As.SERVICE_PRINCIPAL);
    }

    /** As {@link #sql}, as PostgreSQL's superuser. */
    public Builder administratorSql(String statements) {
      return script("administratorSql(...)", statements, Script.As.ADMINISTRATOR);
    }

    Builder script(String source, String statements, Script.As as) {
      scripts.add(new Script(source, statements, as));
      return this;
    }

    /**
     * Starts an instance, and returns when it takes logins and requests.
     *
     * @throws IllegalArgumentException if a setting breaks its rule
     * @throws IllegalStateException if PostgreSQL can't run on this machine or as this user, the
     *     folder of the data can't be used, or SQL that is to be run fails
     * @throws UncheckedIOException if starting fails otherwise
     */
    public LakebaseLocal start() {
      LocalSettings settings =
          new LocalSettings(
              users,
              peopleWithoutRole,
              passwordRoles,
              database,
              maxConnections,
              clock,
              takesAccessTokens,
              logins,
              new LocalSettings.Ports(port, workspacePort),
              data,
              group,
              scripts);
      try {
        return new LakebaseLocal(settings);
      } catch (IOException e) {
        throw new UncheckedIOException("Starting lakebase-local failed: " + e.getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Starting lakebase-local was interrupted", e);
      }
    }
  }
}
