package dev.onbehalf.pool;

import dev.onbehalf.pool.internal.Hooks;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.lending.Engine;
import dev.onbehalf.pool.internal.lending.Pools;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Connections keyed by user, under one budget.
 *
 * <pre>{@code
 * try (var manager = UserPoolManager.builder(factory, provider).maxConnections(50).build();
 *     Connection connection = manager.getPool("alice@example.com").getConnection()) { ... }
 * }</pre>
 *
 * <p>A connection serves only the user that it logged in as, from its login to its end. All users
 * together never hold more than {@code maxConnections}; when those are all open and a user needs a
 * login, an idle connection of another user is closed for it, and when none is idle, callers wait
 * and users take turns. A user without a connection and without a waiting caller is forgotten.
 *
 * <p>A connection that comes back is set back to what it was at login. Undone are an open
 * transaction, statements and cursors left open, and what was set through JDBC: auto-commit,
 * read-only, isolation, schema, holdability, network time-out, type map, client info. So are a
 * {@code LISTEN} and a cursor {@code WITH HOLD} whose statement begins with that word. Where the
 * driver's own objects were asked for ({@code unwrap}), so is each {@code LISTEN} and cursor, and
 * what pgjdbc lets be set (autosave, prepare threshold, fetch size); another thread does it, and a
 * connection whose COPY was left open is closed. Anything but an {@code SQLException} out of the
 * driver ends the connection.
 *
 * <p>What else a session's own SQL changed ({@code SET}, {@code SET ROLE}, temporary tables,
 * advisory locks), and pgjdbc's {@code addDataType}, stays on the connection and is met again by
 * the same user, never by another; {@link Builder#discardAllOnReturn} discards all of it that the
 * server keeps.
 *
 * <p>Thread-safe, on platform and on virtual threads. It runs one housekeeper thread, and as many
 * as there are logins, checks and closings under way, which go after ten idle seconds; all are
 * daemons, and end with {@link #close()}.
 */
public final class UserPoolManager implements AutoCloseable, PoolStatisticsSource {
  private final Engine engine;
  private final Pools pools;

  private UserPoolManager(Engine engine) {
    this.engine = engine;
    this.pools = engine.pools();
  }

  /** Starts to build a manager; every setting has a default. */
  public static Builder builder(ConnectionFactory factory, CredentialProvider provider) {
    return new Builder(factory, provider);
  }

  /**
   * The pool of a user; made if there is none. No connection is opened yet.
   *
   * @param user the PostgreSQL role, exactly as the database spells it
   * @throws IllegalArgumentException if no role can have that name: empty, over 63 bytes of UTF-8,
   *     or with a NUL character in it
   * @throws IllegalStateException if the manager is closed
   */
  public UserPool getPool(String user) {
    return pools.get(user);
  }

  /**
   * The pool of a user, with settings of its own, which replace those of an earlier call and hold
   * until {@link #closePool}. Such a user is not forgotten.
   *
   * @throws IllegalArgumentException as {@link #getPool(String)}, and if all reserves together
   *     exceed the budget
   * @throws IllegalStateException if the manager is closed
   */
  public UserPool getPool(String user, UserPoolOverrides overrides) {
    return pools.get(user, Objects.requireNonNull(overrides, "overrides"));
  }

  /** Whether the user is known: has connections or waiting callers, or was asked for lately. */
  public boolean hasPool(String user) {
    return pools.has(user);
  }

  /**
   * Closes a user's pool: idle connections close now, those in use when they are given back, logins
   * under way are ended, and waiting callers fail. Does nothing for an unknown user. A later use of
   * the pool starts afresh.
   */
  public void closePool(String user) {
    pools.close(user);
  }

  /**
   * Has new connections take the place of a user's: idle ones close now, those in use when they are
   * given back. Nobody fails, and the user's overrides stay. Does nothing for an unknown user.
   */
  public void evict(String user) {
    pools.evict(user);
  }

  /** {@link #evict Evicts} the connections of all users, as after a failover. */
  public void evictAll() {
    pools.evictAll();
  }

  /**
   * Gives nobody a connection until {@link #resume}: callers wait, for their time-out at the
   * longest. What is in use may come back. For maintenance of the database; has no effect when
   * suspended already.
   */
  public void suspend() {
    engine.suspend();
  }

  /** Ends {@link #suspend}; does nothing else. */
  public void resume() {
    engine.resume();
  }

  /**
   * Moves the budget: from now on all users together hold no more than {@code maxConnections}. More
   * that are open are given back, those least worth keeping first: idle ones now, those in use when
   * their callers close them. {@link PoolStatistics#total} tells how many are left. With fewer than
   * all reserves and one more, users without a reserve may get none; with zero nobody does, and
   * callers wait.
   *
   * @param maxConnections from 0 to what the manager was built with
   * @throws IllegalArgumentException for another number
   */
  public void resize(int maxConnections) {
    engine.resize(maxConnections);
  }

  /**
   * Says that the provider has a newer credential for the user, so that a refused login is tried
   * again at the next call and not only when its back-off has passed.
   */
  public void credentialRenewed(String user) {
    pools.credentialRenewed(user);
  }

  /** How many users are known. */
  public int size() {
    return pools.size();
  }

  @Override
  public PoolStatistics statistics() {
    return engine.statistics().ofAll();
  }

  @Override
  public List<UserPoolStatistics> statisticsByUser() {
    return engine.statistics().ofEach();
  }

  @Override
  public PoolSnapshot snapshot() {
    return engine.snapshot();
  }

  /**
   * Closes all pools: waiting callers fail, nobody gets a connection any more, idle connections
   * close, those in use have {@code closeGracePeriod} to come back. Whatever is not closed then, a
   * connection in use, a login, a cleaning that hangs, is aborted; that takes a second at most.
   * Returns when all that is done, to a second caller too; an interrupt cuts the grace period
   * short.
   */
  @Override
  public void close() {
    engine.close();
  }

  /** Settings of a {@link UserPoolManager}. Not thread-safe. */
  public static final class Builder {
    private final ConnectionFactory factory;
    private final CredentialProvider provider;
    private final Settings.Draft settings = new Settings.Draft();
    private Supplier<Set<String>> tableOwners = Set::of;
    private SessionInitializer sessionInitializer = SessionInitializer.NONE;
    private Predicate<SQLException> fatalErrors = error -> false;
    private Observer observer = Observer.NOBODY;
    private LeaseGuard leaseGuard = LeaseGuard.NONE;
    private LeaseListener leaseListener = LeaseListener.NOBODY;

    private Builder(ConnectionFactory factory, CredentialProvider provider) {
      this.factory = Objects.requireNonNull(factory, "factory");
      this.provider = Objects.requireNonNull(provider, "provider");
    }

    /**
     * The budget: physical connections over all users. At least 1; default 50. Leave PostgreSQL's
     * {@code max_connections} some more: the server counts a closed connection until its backend
     * has ended, a millisecond later as a rule.
     */
    public Builder maxConnections(int value) {
      settings.maxConnections = value;
      return this;
    }

    /** The most that one user may hold. At least 1; default 3; the budget holds besides. */
    public Builder maxConnectionsPerUser(int value) {
      settings.maxConnectionsPerUser = value;
      return this;
    }

    /**
     * How many callers of one user may wait for a connection at once; one more gets a {@link
     * ConnectionTimeoutException} without waiting. Where callers hold a web server's threads, this
     * keeps one person from holding all of them. At least 1; default no limit; users with {@link
     * UserPoolOverrides}, such as the application's own, have none.
     */
    public Builder maxWaitersPerUser(int value) {
      settings.maxWaitersPerUser = value;
      return this;
    }

    /**
     * How many logins may run at once, at the most: the pool takes fewer where more would only make
     * each other slower, and doesn't count one that hangs. One counts from the moment a connection
     * of somebody else is closed for it. No user has more than a quarter of them, or of what is
     * taken at present, but always one. At least 1; default 8.
     */
    public Builder maxLoginsInFlight(int value) {
      settings.maxLoginsInFlight = value;
      return this;
    }

    /** How long a caller waits for a connection. At least 1 ms; default 10 s. */
    public Builder connectionTimeout(Duration value) {
      settings.connectionTimeout = value;
      return this;
    }

    /**
     * How long the server has to answer when a connection that was idle for over half a second is
     * checked before its next use, and how long cleaning or closing one may take: a connection over
     * it is aborted, up to a fifth later. A login has as long as that or {@code connectionTimeout},
     * whichever is longer. At least 1 ms; default 5 s.
     */
    public Builder validationTimeout(Duration value) {
      settings.validationTimeout = value;
      return this;
    }

    /**
     * After how long without use a connection closes. Zero: never; default 30 s. About a quarter of
     * {@code connectionTimeout} while the server is full, for others wait for it then; a user's
     * reserve is spared.
     */
    public Builder idleTimeout(Duration value) {
      settings.idleTimeout = value;
      return this;
    }

    /**
     * At which age a connection is closed, less up to 2.5 % so that connections opened together
     * don't close together. One in use closes when it comes back. Zero: never; default 30 min.
     */
    public Builder maxLifetime(Duration value) {
      settings.maxLifetime = value;
      return this;
    }

    /**
     * How often an idle connection is checked, which also keeps routers between here and the server
     * from forgetting it. Zero: never; default 2 min; without effect when {@code idleTimeout} is
     * shorter.
     */
    public Builder keepaliveTime(Duration value) {
      settings.keepaliveTime = value;
      return this;
    }

    /**
     * A connection that is not given back for so long is logged once, with the stack that took it.
     * Zero: off, the default; when on, each acquisition records a stack trace.
     */
    public Builder leakDetectionThreshold(Duration value) {
      settings.leakDetectionThreshold = value;
      return this;
    }

    /** How long {@link #close()} waits for connections in use. Zero: not at all; default 5 s. */
    public Builder closeGracePeriod(Duration value) {
      settings.closeGracePeriod = value;
      return this;
    }

    /**
     * Whether each connection given back runs {@code DISCARD ALL}, which undoes everything that its
     * session changed, at the price of a round trip and of the server's prepared statements.
     * Default false.
     */
    public Builder discardAllOnReturn(boolean value) {
      settings.discardAllOnReturn = value;
      return this;
    }

    /**
     * Whether roles may log in that Row-Level Security does not hold back: superusers, roles with
     * BYPASSRLS or REPLICATION (before PostgreSQL 16 CREATEROLE as well), members of such a role,
     * of {@code pg_read_all_data} and its like or of {@link #tableOwners}, and roles whose sessions
     * begin as another role. Default false: such a login ends in a {@link RlsBypassException}. What
     * a role is given later is noticed at a login that begins {@link #rlsCheckMaxAge} later.
     */
    public Builder allowRlsBypass(boolean value) {
      settings.allowRlsBypass = value;
      return this;
    }

    /**
     * How old may be what is known of the roles that Row-Level Security holds. Within that time a
     * login asks the server nothing about its role; it is asked at once where the role is new, or
     * was not held, so that nobody is refused by what has been mended. Zero: asked at each login;
     * at most 1 hour; default 5 s. Connections that are open are not asked again.
     */
    public Builder rlsCheckMaxAge(Duration value) {
      settings.rlsCheckMaxAge = value;
      return this;
    }

    /**
     * The roles that own the tables: who is a member of one, through any chain, is not held back by
     * Row-Level Security. Asked for at each login, so it must not block; names that are no roles
     * count for nothing. Default none.
     */
    public Builder tableOwners(Supplier<Set<String>> value) {
      tableOwners = Objects.requireNonNull(value, "tableOwners");
      return this;
    }

    /**
     * How long the driver waits for the server's next answer in a caller's own statements ({@link
     * java.sql.Connection#setNetworkTimeout}); a connection on which that passes is closed. Calls
     * of the pool's own end in any case. Zero: for ever, the default.
     */
    public Builder socketTimeout(Duration value) {
      settings.socketTimeout = value;
      return this;
    }

    /** What is done once on each new connection. Default nothing. */
    public Builder sessionInitializer(SessionInitializer value) {
      sessionInitializer = Objects.requireNonNull(value, "sessionInitializer");
      return this;
    }

    /**
     * Which errors end their connection, beside those that do in every PostgreSQL (class 08, 57P01
     * and so on): after a failover to a new primary, say, 25006 means that this one is none any
     * more. Asked on the caller's thread for each error; must not block. Default none.
     */
    public Builder fatalErrors(Predicate<SQLException> value) {
      fatalErrors = Objects.requireNonNull(value, "fatalErrors");
      return this;
    }

    /** Who measures or traces what takes time. Default nobody. */
    public Builder observer(Observer value) {
      observer = Objects.requireNonNull(value, "observer");
      return this;
    }

    /** Who is asked before each lease whether it may be. Default nobody, at no cost. */
    public Builder leaseGuard(LeaseGuard value) {
      leaseGuard = Objects.requireNonNull(value, "leaseGuard");
      return this;
    }

    /** Who hears of each lease, and whose it is. Default nobody. */
    public Builder leaseListener(LeaseListener value) {
      leaseListener = Objects.requireNonNull(value, "leaseListener");
      return this;
    }

    /**
     * Checks the settings and starts the manager.
     *
     * @throws IllegalArgumentException naming the setting and the value that is out of bounds
     */
    public UserPoolManager build() {
      return new UserPoolManager(
          Engine.start(
              settings.checked(),
              factory,
              provider,
              tableOwners,
              new Hooks(observer, sessionInitializer, fatalErrors, leaseGuard, leaseListener)));
    }
  }
}
