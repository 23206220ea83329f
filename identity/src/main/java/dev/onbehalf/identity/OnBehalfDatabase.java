package dev.onbehalf.identity;

import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.identity.Lane.Bounds;
import dev.onbehalf.identity.Lane.Turn;
import dev.onbehalf.identity.ProvedIdentities.Proved;
import dev.onbehalf.identity.internal.Checkup;
import dev.onbehalf.pool.Observer;
import dev.onbehalf.pool.PoolSnapshot;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.PoolStatisticsSource;
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
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private static final Logger log = LoggerFactory.getLogger(OnBehalfDatabase.class);
  private static final Duration THREADS_LAST = Duration.ofSeconds(30);

  private final DatabaseSettings settings;
  private final Platform platform;
  private final Checkup<Optional<RuntimeException>> platformHealth;
  private final ServicePrincipalRole servicePrincipalRole;
  private final SignOuts signOuts = new SignOuts();
  private final ProvedIdentities identities;
  private final DatabaseCredentials credentials;
  private final boolean prewarm;
  private final UserPoolManager pools;
  private final UserPoolOverrides servicePrincipalOverrides;
  private final ExecutorService lookups;

  private OnBehalfDatabase(DatabaseSettings settings, Platform platform, Clock clock) {
    Duration timeout = settings.connectionTimeout;
    this.settings = settings;
    this.platform = platform;
    lookups = lookups();
    Observer observer = settings.observer;
    servicePrincipalRole =
        new ServicePrincipalRole(
            settings, platform, askedOnce(platform::askServicePrincipalName, clock));
    credentials =
        new DatabaseCredentials(
            platform, servicePrincipalRole, signOuts, clock, lookups, timeout, observer);
    IdentityVerifier own = settings.identityVerifier;
    identities =
        new ProvedIdentities(
            own == null ? platform.identityVerifier() : own,
            new PeoplesRoles(settings.roleNames, this::sharedByTwo),
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
    servicePrincipalOverrides =
        new UserPoolOverrides(
            settings.servicePrincipalMaxConnections, settings.servicePrincipalReserve, true);
    prewarm = settings.prewarm;
    pools =
        UserPoolManager.builder(
                new PostgresConnections(settings, platform, servicePrincipalRole::is), credentials)
            .maxConnections(settings.maxConnections)
            .maxConnectionsPerUser(settings.maxConnectionsPerUser)
            .maxWaitersPerUser(settings.maxWaitersPerUser)
            .connectionTimeout(settings.connectionTimeout)
            .idleTimeout(settings.idleTimeout)
            .maxLifetime(settings.maxLifetime)
            .leakDetectionThreshold(settings.leakDetectionThreshold)
            .socketTimeout(settings.socketTimeout)
            .discardAllOnReturn(settings.discardAllOnReturn)
            .allowRlsBypass(settings.allowRlsBypass)
            .rlsCheckMaxAge(settings.rlsCheckMaxAge)
            .tableOwners(servicePrincipalRole::owners)
            .observer(observer)
            .leaseListener(settings.leaseListener)
            .build();
  }

  /** The database that {@code settings} name, with what {@code platform} says of people. */
  public static OnBehalfDatabase of(DatabaseSettings settings, Platform platform) {
    return of(settings, platform, Clock.systemUTC());
  }

  static OnBehalfDatabase of(DatabaseSettings settings, Platform platform, Clock clock) {
    return new OnBehalfDatabase(settings, platform, clock);
  }

  /**
   * Connections of the application itself. It owns the tables, so Row-Level Security does not hold
   * it back: ask for it by name, and only where no person's rights are meant.
   *
   * @throws IssuerUnavailableException when the role's name must be asked for, and can't be
   */
  public DataSource servicePrincipal() {
    return pools.getPool(servicePrincipalRole.name(), servicePrincipalOverrides);
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
      switch (credentials.remember(proved)) {
        case KNOWN -> {
          return pool(user);
        }
        case NEWER -> {
          pools.credentialRenewed(user);
          return pool(user);
        }
        case SIGNED_OUT -> {} // meanwhile: prove it anew
      }
    }
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
   * @param user the role, as {@code asUser(identity).user()} spells it
   * @throws IllegalArgumentException for a name of the application's own, which nobody can sign out
   */
  public void revoke(String user) {
    if (servicePrincipalRole.isReserved(user)) {
      throw new IllegalArgumentException(
          "%s is a name of the application's own; only people sign out".formatted(user));
    }
    shut(user);
  }

  /** The application's own names are nobody's anyway, and its connections stay. */
  private void sharedByTwo(String user) {
    if (!servicePrincipalRole.isReserved(user)) {
      shut(user);
    }
  }

  private void shut(String user) {
    signOuts.add(user); // first, so that whatever is under way knows
    identities.forget(user);
    credentials.forget(user);
    pools.closePool(user);
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
      log.warn("The service principal's credentials are not taken", e);
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
      throw e.getCause() instanceof IssuerUnavailableException cause
          ? cause
          : new IssuerUnavailableException(String.valueOf(e.getMessage()), e);
    }
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
    pools.close();
    lookups.shutdownNow();
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

  /** As many as the lanes let there be, and none while nothing is looked up. */
  private static ExecutorService lookups() {
    AtomicInteger number = new AtomicInteger();
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        THREADS_LAST.toSeconds(),
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          String name = "onbehalf-platform-" + number.incrementAndGet();
          // Made for one caller and used for all: it inherits nothing that is bound to a thread.
          Thread thread = new Thread(null, task, name, 0, false);
          thread.setContextClassLoader(loader);
          thread.setDaemon(true);
          return thread;
        });
  }
}
