package dev.onbehalf.identity;

import com.github.benmanes.caffeine.cache.Scheduler;
import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.identity.Lane.Bounds;
import dev.onbehalf.identity.Lane.Turn;
import dev.onbehalf.identity.ProvedIdentities.Proved;
import dev.onbehalf.identity.internal.Checkup;
import dev.onbehalf.identity.internal.RepeatedWarning;
import dev.onbehalf.pool.ConnectionFactory;
import dev.onbehalf.pool.LeaseGuard;
import dev.onbehalf.pool.Observer;
import dev.onbehalf.pool.PoolSnapshot;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.PoolStatisticsSource;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPool;
import dev.onbehalf.pool.UserPoolManager;
import dev.onbehalf.pool.UserPoolOverrides;
import dev.onbehalf.pool.UserPoolStatistics;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One PostgreSQL database: as the service principal, and on behalf of the person behind a request.
 *
 * <pre>{@code
 * try (OnBehalfDatabase database = OnBehalfDatabase.of(settings, platform)) {
 *   DataSource alice = database.asUser(forwardedIdentity); // current_user is alice@example.com
 *   DataSource everything = database.servicePrincipal();   // the application itself
 * }
 * }</pre>
 *
 * <p>All connections, the service principal's included, count against one budget. Nothing here
 * falls back from a person to the service principal. Thread-safe; building one opens no connection
 * and makes no call. Make one for each database and close it at the end.
 */
public final class OnBehalfDatabase implements AutoCloseable, PoolStatisticsSource {
  private final RepeatedWarning notTaken = RepeatedWarning.of(OnBehalfDatabase.class);
  private final DatabaseSettings settings;
  private final Platform platform;
  private final Checkup<Optional<RuntimeException>> platformHealth;
  private final ServicePrincipalRole servicePrincipalRole;
  private final SignOuts signOuts = new SignOuts();
  private final ProvedIdentities identities;
  private final DatabaseCredentials credentials;
  private final boolean prewarm;
  private final UserPoolManager pools;

  /** Those of the read-only host; the others' where there is none. */
  private final UserPoolManager readers;

  /** Held here, for meters keep nothing alive; null where there is no such host. */
  private final @Nullable Statistics readOnly;

  private final @Nullable Fleet fleet;
  private final ExecutorService lookups;
  private final ScheduledExecutorService timer = LookupThreads.timer();
  private volatile boolean suspended;

  private OnBehalfDatabase(
      DatabaseSettings settings,
      Platform platform,
      Clock clock,
      Function<ScheduledExecutorService, Scheduler> scheduler) {
    Duration timeout = settings.connectionTimeout;
    this.settings = settings;
    this.platform = platform;
    lookups = LookupThreads.make();
    Observer observer = settings.observer;
    servicePrincipalRole =
        new ServicePrincipalRole(
            settings, platform, askedOnce(platform::askServicePrincipalName, clock));
    credentials =
        new DatabaseCredentials(
            platform,
            servicePrincipalRole,
            signOuts,
            this::evict,
            clock,
            scheduler.apply(timer),
            lookups,
            timeout,
            observer);
    IdentityVerifier own = settings.identityVerifier;
    identities =
        new ProvedIdentities(
            own == null ? platform.identityVerifier() : own,
            new PeoplesRoles(settings.roleNames, this::shutPerson),
            own == null || own.cacheable() ? credentials::requireScopes : (user, token) -> {},
            signOuts,
            clock,
            new SignInLanes(clock, lookups),
            timeout,
            observer);
    platformHealth =
        new Checkup<>(
            this::lookAtPlatform,
            () ->
                Optional.of(
                    new IssuerUnavailableException(
                        "What vouches for people did not answer in time.", null)),
            clock,
            timeout);
    prewarm = settings.prewarm;
    LeaseGuard guard;
    if (settings.fleetMaxConnections == 0) {
      fleet = null;
      guard = LeaseGuard.NONE;
      pools = pools(settings, connections(settings), guard);
    } else {
      FleetId id = FleetId.random();
      String name = id.in(settings.applicationName);
      PostgresConnections links = connections(settings, name, false); // nobody awaits a dead one
      Fleet made = fleet(() -> link(id, links));
      FleetGuard current = new FleetGuard(made, servicePrincipalRole, timeout);
      fleet = made;
      guard = current;
      pools = pools(settings, current.logins(connections(settings, name, true)), guard);
    }
    DatabaseSettings replica = settings.readOnlyHost;
    readers = replica == null ? pools : pools(replica, connections(replica), guard);
    readOnly = replica == null ? null : new Statistics(readers);
    if (fleet != null) {
      fleet.start();
    }
  }

  private PostgresConnections connections(DatabaseSettings where) {
    return new PostgresConnections(where, platform, servicePrincipalRole::is);
  }

  private PostgresConnections connections(DatabaseSettings where, String name, boolean awaitsEnds) {
    return new PostgresConnections(where, platform, servicePrincipalRole::is, name, awaitsEnds);
  }

  private UserPoolManager pools(
      DatabaseSettings where, ConnectionFactory connections, LeaseGuard guard) {
    return UserPoolManager.builder(connections, credentials)
        .maxConnections(where.maxConnections)
        .maxConnectionsPerUser(where.maxConnectionsPerUser)
        .maxWaitersPerUser(where.maxWaitersPerUser)
        .connectionTimeout(where.connectionTimeout)
        .idleTimeout(where.idleTimeout)
        .maxLifetime(where.maxLifetime)
        .leakDetectionThreshold(where.leakDetectionThreshold)
        .socketTimeout(where.socketTimeout)
        .discardAllOnReturn(where.discardAllOnReturn)
        .allowRlsBypass(where.allowRlsBypass)
        .rlsCheckMaxAge(where.rlsCheckMaxAge)
        .tableOwners(servicePrincipalRole::owners)
        .observer(where.observer)
        .leaseListener(where.leaseListener)
        .leaseGuard(guard)
        .build();
  }

  private Fleet fleet(Fleet.Links links) {
    return new Fleet(
        links,
        new Fleet.Instance() {
          @Override
          public void signedOut(String role) {
            shutPerson(role);
          }

          @Override
          public void allSignedOut() {
            shutAll();
          }

          @Override
          public void apart() {
            people().forEach(OnBehalfDatabase.this::evict);
          }

          @Override
          public void resize(int connections) {
            pools.resize(connections);
          }

          @Override
          public int held() {
            return pools.statistics().total();
          }
        },
        settings.fleetMaxConnections,
        settings.fleetMinimum(),
        settings.connectionTimeout);
  }

  private FleetLink link(FleetId id, PostgresConnections connections) throws SQLException {
    String role = servicePrincipalRole.name();
    Secret credential = credentials.credential(role);
    try {
      return new FleetLink(
          connections.connect(role, credential), id.text(), settings.connectionTimeout);
    } catch (SQLException e) {
      if (String.valueOf(e.getSQLState()).startsWith("28")) {
        credentials.rejected(role, credential);
      }
      throw e;
    }
  }

  /** Where this instance stands in its fleet; empty where each is for itself. */
  public Optional<FleetStatus> fleetStatus() {
    return fleet == null ? Optional.empty() : Optional.of(fleet.status());
  }

  /** The database that {@code settings} name, with what {@code platform} says of people. */
  public static OnBehalfDatabase of(DatabaseSettings settings, Platform platform) {
    return new OnBehalfDatabase(
        settings, platform, Clock.systemUTC(), Scheduler::forScheduledExecutorService);
  }

  static OnBehalfDatabase of(
      DatabaseSettings settings, Platform platform, Clock clock, Scheduler scheduler) {
    return new OnBehalfDatabase(settings, platform, clock, timer -> scheduler);
  }

  /**
   * Connections of the application itself. It owns the tables, so Row-Level Security does not hold
   * it back: ask for it by name, and only where no person's rights are meant.
   *
   * @throws IssuerUnavailableException when the role's name must be asked for, and can't be
   */
  public DataSource servicePrincipal() {
    return servicePrincipal(pools, settings);
  }

  private UserPool servicePrincipal(UserPoolManager from, DatabaseSettings where) {
    return from.getPool(
        servicePrincipalRole.name(),
        new UserPoolOverrides(
            where.servicePrincipalMaxConnections, where.servicePrincipalReserve, true));
  }

  /**
   * Whether transactions that only read have a host of their own: {@code PGHOST_READ_ONLY}, whose
   * connections count against a budget of their own.
   */
  public boolean hasReadOnlyHost() {
    return settings.readOnlyHost != null;
  }

  /**
   * The same person's connections to the read-only host, within its budget; to the only one where
   * there is no other. A sign-out closes them as well. What was written a moment ago may not be
   * there yet, and whatever writes fails (SQLState 25006).
   *
   * @param person who was proved: what {@link #asUser} gave
   */
  public UserPool onReadOnlyHost(UserPool person) {
    return readers == pools ? person : readers.getPool(person.user());
  }

  /** The application's own there. */
  public DataSource servicePrincipalOnReadOnlyHost() {
    DatabaseSettings replica = settings.readOnlyHost;
    return servicePrincipal(readers, replica == null ? settings : replica);
  }

  /** What the pools of the read-only host hold and do; empty where there is none. */
  public Optional<PoolStatisticsSource> readOnlyHost() {
    return Optional.ofNullable(readOnly);
  }

  /** Nobody comes to a pool by these. */
  private record Statistics(UserPoolManager pools) implements PoolStatisticsSource {
    @Override
    public PoolStatistics statistics() {
      return pools.statistics();
    }

    @Override
    public List<UserPoolStatistics> statisticsByUser() {
      return pools.statisticsByUser();
    }

    @Override
    public PoolSnapshot snapshot() {
      return pools.snapshot();
    }
  }

  /** The role that {@link #servicePrincipal()} logs in as. */
  public String servicePrincipalRole() {
    return servicePrincipalRole.name();
  }

  /**
   * Connections of the person behind a request, after the proof that the token is theirs. The proof
   * costs one call to whoever vouches for people, at most every five minutes for each token. The
   * first connection costs another one, after the proof: a token that is refused has cost one call.
   *
   * <p>{@code getConnection()} throws an {@link java.sql.SQLException}: 28000 or 28P01 when
   * PostgreSQL has no such role or refuses it, with a {@link RoleRefusedException} as its cause;
   * 28000 as a {@link dev.onbehalf.pool.RlsBypassException} when Row-Level Security would not hold
   * it; 08001 when the database is unreachable or nobody gives a verdict, then with a {@link
   * IssuerUnavailableException} as its cause; 08004 with an {@link IdentityException} as its cause
   * when the exchange was refused.
   *
   * <p>A token with fewer scopes than those that opened the person's connections is exchanged once
   * before it gets one of these, at its proof: what it may not do, they don't do for it.
   *
   * @return the person's pool; {@code user()} is the role: the address as the proof spells it, or
   *     what {@link RoleNames} make of it
   * @throws IdentityException when the token is refused, lacks a scope or belongs to somebody else,
   *     for the application's own names, and, with {@link Reason#BUSY}, when too many others wait
   *     for their proof
   * @throws IssuerUnavailableException when nobody could be asked
   */
  public UserPool asUser(ForwardedIdentity identity) {
    while (true) {
      Proved proved = identities.prove(identity);
      String user = proved.user();
      requireNotReserved(user);
      if (!user.equals(proved.address())) {
        requireNotReserved(proved.address());
      }
      if (fleet != null && !isStillSignedIn(proved, fleet)) {
        continue;
      }
      switch (credentials.remember(proved)) {
        case KNOWN -> {
          return pool(user);
        }
        case NEWER -> {
          all().forEach(it -> it.credentialRenewed(user));
          return pool(user);
        }
        case SIGNED_OUT -> {} // meanwhile: prove it anew
      }
    }
  }

  /**
   * A proof that is kept may be of somebody who has signed out elsewhere. Whoever has none is
   * refused before: strangers wake no database, and hold no request's thread while it is away.
   */
  private boolean isStillSignedIn(Proved proved, Fleet fleet) {
    try {
      fleet.awaitCurrent(System.nanoTime() + settings.connectionTimeout.toNanos());
    } catch (SQLException e) {
      throw unavailable(e);
    }
    return !signOuts.since(proved.began(), proved.user());
  }

  private void requireNotReserved(String name) {
    if (servicePrincipalRole.isReserved(name)) {
      throw new IdentityException(
          Reason.RESERVED,
          "%s is a name of the application's own, and no request may act as it.".formatted(name));
    }
  }

  private UserPool pool(String user) {
    UserPool pool = pools.getPool(user);
    if (prewarm) {
      pool.prewarm();
    }
    return pool;
  }

  /**
   * Forgets all about a person who signed out: proofs and credentials at once, and idle connections
   * close; those in use close when they are given back. A token that is still good can be proved
   * anew: ending that is the identity provider's business.
   *
   * <p>In a fleet, returns when that is so in every instance, half a second later: a connection
   * that is in use there closes when it is given back, an instance that can't know lends none.
   *
   * @param user the role, as {@code asUser(identity).user()} spells it
   * @throws IllegalArgumentException for a name of the application's own, which nobody can sign out
   * @throws SignOutNotToldException if other instances may not know of it; here it is done
   */
  public void revoke(String user) {
    if (servicePrincipalRole.isReserved(user)) {
      throw new IllegalArgumentException(
          "%s is a name of the application's own; only people sign out".formatted(user));
    }
    shut(user);
    if (fleet != null) {
      fleet.tell(user);
    }
  }

  /** The application's own names are nobody's anyway, and its connections stay. */
  private void shutPerson(String user) {
    if (!servicePrincipalRole.isReserved(user)) {
      shut(user);
    }
  }

  private void evict(String user) {
    all().forEach(it -> it.evict(user));
  }

  private void shut(String user) {
    signOuts.add(user); // first, so that whatever is under way knows
    identities.forget(user);
    credentials.forget(user);
    all().forEach(it -> it.closePool(user));
  }

  private void shutAll() {
    signOuts.addAll();
    identities.forgetAll();
    credentials.forgetAll();
    people().forEach(user -> all().forEach(it -> it.closePool(user)));
  }

  private List<String> people() {
    return all()
        .flatMap(it -> it.statisticsByUser().stream())
        .map(UserPoolStatistics::user)
        .filter(user -> !servicePrincipalRole.is(user))
        .distinct()
        .toList();
  }

  private Stream<UserPoolManager> all() {
    return Stream.of(pools, readers).distinct();
  }

  /**
   * Gives nobody a connection until {@link #resume}, the application itself included: callers wait,
   * for their time-out at the longest. What is in use may come back. For maintenance of the
   * database; this process only, in a fleet too. Has no effect when suspended already.
   */
  public void suspend() {
    suspended = true;
    all().forEach(UserPoolManager::suspend);
  }

  /** Ends {@link #suspend}; does nothing else. */
  public void resume() {
    all().forEach(UserPoolManager::resume);
    suspended = false;
  }

  /** Whether nobody is given a connection, from {@link #suspend} to {@link #resume}. */
  public boolean isSuspended() {
    return suspended;
  }

  /**
   * Has new connections take the place of all, as after a failover: idle ones close now, those in
   * use when they are given back. Nobody fails, and nobody is signed out. This process only.
   */
  public void evictAll() {
    all().forEach(UserPoolManager::evictAll);
  }

  /** How many proofs and refusals are kept, which is bounded. */
  long proofs() {
    return identities.size();
  }

  /** What the pools hold and do at this moment. */
  @Override
  public PoolStatistics statistics() {
    return pools.statistics();
  }

  /**
   * What each known user holds and waits for at this moment. The service principal is among them,
   * under the name of {@link #servicePrincipalRole()}, once its connections were asked for.
   */
  @Override
  public List<UserPoolStatistics> statisticsByUser() {
    return pools.statisticsByUser();
  }

  /** Who holds what and who waits for what at this moment, the service principal included. */
  @Override
  public PoolSnapshot snapshot() {
    return pools.snapshot();
  }

  /** What this was built with. */
  public DatabaseSettings settings() {
    return settings;
  }

  /** What this was built with. */
  public Platform platform() {
    return platform;
  }

  /**
   * Whether what vouches for people answers, and takes the application. Costs one call in three
   * seconds at most, however often and by however many it is asked: what is known is not older, be
   * it good or bad. Waits for nothing but that call, and within the connection timeout.
   *
   * @throws IssuerUnavailableException when it does not answer in time, or refuses the service
   *     principal: its reason tells
   */
  public void checkPlatform() {
    Optional<RuntimeException> failure = platformHealth.latest();
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  private Optional<RuntimeException> lookAtPlatform() {
    try {
      platform.check();
      return Optional.empty();
    } catch (IdentityException e) {
      notTaken.log("The service principal's credentials are not taken", e);
      return Optional.of(e);
    } catch (RuntimeException e) { // logged where it was met
      return Optional.of(e);
    }
  }

  /**
   * Gets the service principal's database credential, which its first login would get, so that a
   * wrong endpoint, client or secret is found out before anybody needs a connection. Costs one
   * call, and none where there is a native password or the credential is at hand.
   *
   * @throws IssuerUnavailableException when there is none to be had; its reason tells why
   */
  public void checkServicePrincipal() {
    try {
      credentials.credential(servicePrincipalRole.name());
    } catch (SQLException e) {
      throw unavailable(e);
    }
  }

  private static IssuerUnavailableException unavailable(SQLException e) {
    return e.getCause() instanceof IssuerUnavailableException cause
        ? cause
        : new IssuerUnavailableException(String.valueOf(e.getMessage()), e);
  }

  /**
   * Warns, in the log, when {@code PGHOST} is not where the platform says that the database is. May
   * cost a call; where nobody knows better, or the platform is not asked for credentials, nothing
   * is said.
   */
  public void checkHost() {
    boolean isAsked =
        servicePrincipalRole.password() == null || !platform.servicePrincipalNames().isEmpty();
    if (isAsked) {
      platform.checkHost(settings.host);
    }
  }

  /** Closes every connection, after a grace period for those in use. */
  @Override
  public void close() {
    all().forEach(UserPoolManager::close);
    if (fleet != null) {
      fleet.close();
    }
    timer.shutdownNow();
    lookups.shutdownNow();
    SilentHttp.letGo();
  }

  /** Shares a question among all who ask while it is under way, and keeps the answer. */
  private Supplier<String> askedOnce(Supplier<String> question, Clock clock) {
    SharedLookup<String, Known> answers =
        new SharedLookup<>(1, clock, settings.connectionTimeout, settings.observer);
    Lane lane = new Lane(Bounds.ofThreads(1), lookups);
    return () -> answers.get("", lane, new Turn("", 0, 0), () -> new Known(question.get())).what();
  }

  private record Known(String what) implements SharedLookup.Expiring {
    @Override
    public Instant goodUntil() {
      return Instant.MAX;
    }
  }
}
