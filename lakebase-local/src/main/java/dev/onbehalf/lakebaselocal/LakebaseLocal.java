package dev.onbehalf.lakebaselocal;

import dev.onbehalf.lakebaselocal.internal.gateway.Gateway;
import dev.onbehalf.lakebaselocal.internal.gateway.ServerIdentity;
import dev.onbehalf.lakebaselocal.internal.postgres.Compute;
import dev.onbehalf.lakebaselocal.internal.postgres.DatabaseSetup;
import dev.onbehalf.lakebaselocal.internal.postgres.PrivateFolder;
import dev.onbehalf.lakebaselocal.internal.postgres.Server;
import dev.onbehalf.lakebaselocal.internal.postgres.Watchdog;
import dev.onbehalf.lakebaselocal.internal.token.TokenAuthority;
import dev.onbehalf.lakebaselocal.internal.token.TokenScopes;
import dev.onbehalf.lakebaselocal.internal.workspace.ClientCredentials;
import dev.onbehalf.lakebaselocal.internal.workspace.Directory;
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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
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
  private static final String ENDPOINT = BRANCH + "/endpoints/primary";

  private final LocalSettings settings;
  private final String servicePrincipal = UUID.randomUUID().toString();
  private final String clientSecret = Secrets.random();
  private final String superuserPassword = Secrets.random();

  private final List<String> users;
  private final Directory directory;

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
    users = new CopyOnWriteArrayList<>(settings.users());
    List<String> people = new ArrayList<>(settings.users());
    people.addAll(settings.peopleWithoutRole());
    directory = new Directory(people, servicePrincipal);
    try {
      Path folder = PrivateFolder.create();
      parts.push(Watchdog.over(folder));
      Compute compute = new Compute(new Server(folder, settings.maxConnections(), setup()));
      parts.push(compute);
      CompletableFuture<Void> started =
          CompletableFuture.runAsync(compute::start, LakebaseLocal::runInBackground);

      ServerIdentity identity = ServerIdentity.create();
      rootCertificate = Files.writeString(folder.resolve("ca.pem"), identity.authorityPem());
      gateway = Gateway.open(identity.tls());
      parts.push(gateway); // closed before the database: who is cut can't hold it up
      workspace = Workspace.open();
      parts.push(workspace);
      tokens = new TokenAuthority(settings.clock(), workspace.url() + "/oidc");
      faults = new OrderedFaults(tokens, gateway, compute);

      gateway.serve(loginPolicy(), compute);
      await(started);
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
    passwords.put(Server.SUPERUSER, superuserPassword);
    return new LoginPolicy(tokens, passwords, Server.SUPERUSER, faults);
  }

  private List<String> setup() {
    return DatabaseSetup.statements(
        servicePrincipal, settings.database(), settings.users(), settings.passwordRoles().keySet());
  }

  private Routes routes() {
    return new Routes(
        tokens,
        directory,
        new ClientCredentials(servicePrincipal, clientSecret),
        (identity, type) -> DatabaseSetup.createRole(superuser(), servicePrincipal, identity, type),
        new Routes.Resources(ENDPOINT, BRANCH),
        settings.clock(),
        faults);
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
    return List.copyOf(users);
  }

  /**
   * Adds a person with a role of the same name, as {@link Builder#user} does before the start.
   *
   * @throws IllegalArgumentException if the name breaks its rule, or is somebody's
   * @throws IllegalStateException if the database does not create the role
   */
  public void addUser(String email) {
    LocalSettings.requireRole(email);
    if (settings.passwordRoles().containsKey(email) || !directory.add(email)) {
      throw new IllegalArgumentException("The name \"" + email + "\" is used already");
    }
    try (Connection connection = superuser().getConnection();
        Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false); // braces in names are no JDBC escapes
      statement.execute(DatabaseSetup.userStatement(email));
    } catch (SQLException e) {
      directory.remove(email);
      throw new IllegalStateException(
          "The role \"%s\" was not created: %s".formatted(email, e.getMessage()), e);
    }
    users.add(email);
  }

  /** The people known to the workspace who had no role at the start. */
  public List<String> peopleWithoutRole() {
    return settings.peopleWithoutRole();
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
    if (!directory.hasPerson(name)) {
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
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setServerNames(new String[] {"localhost"});
    dataSource.setPortNumbers(new int[] {gateway.port()});
    dataSource.setDatabaseName(settings.database());
    dataSource.setUser(Server.SUPERUSER);
    dataSource.setPassword(superuserPassword);
    dataSource.setSslMode("verify-full");
    dataSource.setSslRootCert(rootCertificate.toString());
    return dataSource;
  }

  /** Faults to order. */
  public Faults faults() {
    return faults;
  }

  /** What the workspace was asked for. */
  public Calls calls() {
    return new WorkspaceCalls(workspace.calls());
  }

  /** Ends all connections, stops the database and removes its folder. Further calls do nothing. */
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
    private Clock clock = Clock.systemUTC();

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
     * Starts an instance, and returns when it takes logins and requests.
     *
     * @throws IllegalArgumentException if a setting breaks its rule
     * @throws IllegalStateException if PostgreSQL can't run on this machine, or as this user
     * @throws UncheckedIOException if starting fails otherwise
     */
    public LakebaseLocal start() {
      LocalSettings settings =
          new LocalSettings(
              users, peopleWithoutRole, passwordRoles, database, maxConnections, clock);
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
