package dev.onbehalf.spring;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.identity.IssuerUnavailableException;
import dev.onbehalf.identity.NobodyBoundException;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.pool.UserPool;
import dev.onbehalf.servlet.OnBehalfFilter;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Says as whom a piece of work runs, where no request says it: jobs, tests, and the few queries
 * that the application runs as itself.
 *
 * <pre>{@code
 * onBehalf.asUser(identity, () -> reports.send());                     // as the person, proved
 * long all = onBehalf.asServicePrincipal(() -> orders.count());        // as the application itself
 * Optional<String> user = onBehalf.currentUser();                      // "alice@example.com"
 * }</pre>
 *
 * <p>The work runs on the calling thread, and whoever was bound before is bound again afterwards,
 * whatever happens. Who is bound can't change within a transaction, whose connection is the
 * former's already, and a person's work never becomes another person's. For each database there is
 * one of these: whoever is bound by another's is nobody here, and where each has its filter in
 * front of a request, each is for its own person. Thread-safe.
 */
public final class OnBehalf {
  private static final Logger log = LoggerFactory.getLogger(OnBehalf.class);

  private static final String REMEDY =
      "Run the query for a person: within a request that carries their identity, or in"
          + " OnBehalf.asUser(identity, ...). Or run it as the application itself: in"
          + " OnBehalf.asServicePrincipal(...), or with the bean servicePrincipalDataSource.";

  private final OnBehalfDatabase database;
  private final Consumer<Acting> check;
  private final PersonScope scope;
  private final Destinations destinations;
  private final DataSource dataSource;
  private final DataSource servicePrincipal = new LateDataSource(this::servicePrincipal);
  private final DataSource servicePrincipalOnReadOnlyHost =
      new LateDataSource(this::servicePrincipalOnReadOnlyHost);

  /** Work that gives something. */
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    T run() throws E;
  }

  /** Work that gives nothing. */
  @FunctionalInterface
  public interface Task<E extends Exception> {
    void run() throws E;
  }

  public OnBehalf(OnBehalfDatabase database) {
    this(database, acting -> {}, user -> () -> {});
  }

  private OnBehalf(OnBehalfDatabase database, Consumer<Acting> check, PersonScope scope) {
    this.database = database;
    this.check = check;
    this.scope = scope;
    dataSource =
        database.hasReadOnlyHost()
            ? new LateDataSource(this::current, this::currentReadOnly)
            : new LateDataSource(this::current);
    destinations = new Destinations(this, database.settings());
  }

  /**
   * One for tests: {@link #dataSource()} throws an {@link IllegalStateException} in a callback of a
   * {@link java.util.concurrent.CompletableFuture} that another's request may be running ({@code
   * thenApply}). Each connection then costs a walk over the stack.
   */
  public static OnBehalf checkingCallbacks(OnBehalfDatabase database) {
    CallbackCheck.switchOn();
    return new OnBehalf(database, CallbackCheck::check, user -> () -> {});
  }

  /** One that begins {@code scope} around a person's work; its {@link #dataSource()} is its own. */
  public OnBehalf within(PersonScope scope) {
    return new OnBehalf(database, check, scope);
  }

  /**
   * Runs {@code work} with the rights of the person that {@code identity} names, after the proof
   * that the token is theirs.
   *
   * @throws IdentityException when the token is refused or belongs to somebody else
   * @throws IssuerUnavailableException when the issuer could not be asked
   * @throws IllegalStateException when another person is bound, or a transaction is open that is
   *     not this person's
   * @throws E what {@code work} throws
   */
  public <T, E extends Exception> T asUser(ForwardedIdentity identity, Work<T, E> work) throws E {
    return as(database.asUser(identity), work);
  }

  /** As {@link #asUser(ForwardedIdentity, Work)}. */
  public <E extends Exception> void asUser(ForwardedIdentity identity, Task<E> task) throws E {
    asUser(identity, giving(task));
  }

  /**
   * Runs {@code work} as the application itself. It owns the tables, so Row-Level Security does not
   * hold it back.
   *
   * <p>Its rights hold on this thread until {@code work} returns, and do not travel: what {@code
   * work} hands to another thread runs there as the person who is bound, or as nobody, and calls
   * this itself if it needs to.
   *
   * <pre>{@code
   * executor.execute(() -> onBehalf.asServicePrincipal(() -> cleanUp.run()));
   * }</pre>
   *
   * <p>A connection, stream or cursor that {@code work} gives away stays the service principal's.
   *
   * @throws IllegalStateException when a transaction is open that is not the service principal's
   * @throws E what {@code work} throws
   */
  public <T, E extends Exception> T asServicePrincipal(Work<T, E> work) throws E {
    return as(Acting.current().asServicePrincipal(database), work);
  }

  /** As {@link #asServicePrincipal(Work)}. */
  public <E extends Exception> void asServicePrincipal(Task<E> task) throws E {
    asServicePrincipal(giving(task));
  }

  /**
   * The person whose rights this thread's queries have: their role. Empty where nobody is bound,
   * and within {@link #asServicePrincipal}.
   */
  public Optional<String> currentUser() {
    Acting acting = Acting.current().at(database);
    return acting.servicePrincipal()
        ? Optional.empty()
        : Optional.ofNullable(acting.person()).map(UserPool::user);
  }

  /**
   * Leads to the connections of whoever is bound when one is asked for. Its {@code getConnection()}
   * throws a {@link NobodyBoundException} where nobody is, and otherwise what {@link
   * OnBehalfDatabase#asUser} says.
   *
   * <p>Where there is a read-only host, a connection that is read-only at its first statement is
   * one to that, of the same person; it is opened then, and not before.
   */
  public DataSource dataSource() {
    return dataSource;
  }

  /**
   * The application's own connections, whoever is bound. Asks for the role's name when it is first
   * used, not before.
   */
  public DataSource servicePrincipalDataSource() {
    return servicePrincipal;
  }

  /** The same on the host for transactions that only read; on the only one without such a host. */
  public DataSource servicePrincipalReadOnlyDataSource() {
    return servicePrincipalOnReadOnlyHost;
  }

  /** A filter that binds the person behind each request, to be built. */
  public OnBehalfFilter.Builder filter() {
    return OnBehalfFilter.of(database)
        .binding(
            person -> {
              Acting former = Acting.current();
              Acting next = former.with(person, database);
              if (!next.bindsAsMuchAs(former)
                  && TransactionSynchronizationManager.isActualTransactionActive()) {
                log.warn(
                    "A request of {} came in a transaction of {}, and runs outside it: what it does"
                        + " is committed, whatever becomes of that",
                    next,
                    former);
              }
              next.interrupt();
              return former::resume;
            });
  }

  /**
   * As whom the work ran that failed so: the role; empty for the service principal, and where
   * nobody is bound.
   */
  public Optional<String> ranAs(Throwable failure) {
    return RanAs.of(failure).map(RanAs::user).orElseGet(this::currentUser);
  }

  OnBehalfDatabase database() {
    return database;
  }

  Destinations destinations() {
    return destinations;
  }

  /** Runs {@code work} as a person who was proved before. */
  <T, E extends Exception> T as(UserPool person, Work<T, E> work) throws E {
    Acting former = Acting.current();
    UserPool bound = former.personAt(database);
    if (bound != null && !bound.user().equals(person.user())) {
      throw new IllegalStateException(
          "This is the work of %s, and can't become that of %s. End it first, or hand the other"
                  .formatted(bound.user(), person.user())
              + " person's work to a thread where nobody is bound.");
    }
    boolean known = former.at(database).isPerson();
    return as(known ? former.with(person, database) : Acting.as(person, database), work);
  }

  private <T, E extends Exception> T as(Acting next, Work<T, E> work) throws E {
    Acting former = Acting.current();
    next.begin();
    try (PersonScope.Scope personal = scopeOf(next)) {
      return work.run();
    } catch (Throwable e) {
      if (!next.keeps(former)) {
        RanAs.mark(e, next);
      }
      throw e;
    } finally {
      try {
        former.resume();
      } finally {
        next.end();
      }
    }
  }

  /** The service principal is no person: what else the thread goes by stays. */
  private PersonScope.Scope scopeOf(Acting acting) {
    UserPool person = acting.person();
    return person == null || acting.servicePrincipal() ? () -> {} : scope.begin(person.user());
  }

  private DataSource current() throws SQLException {
    return ofWhoeverIsBound(this::servicePrincipal, person -> person);
  }

  private DataSource currentReadOnly() throws SQLException {
    return ofWhoeverIsBound(this::servicePrincipalOnReadOnlyHost, database::onReadOnlyHost);
  }

  private DataSource ofWhoeverIsBound(
      LateDataSource.Source application, Function<UserPool, DataSource> own) throws SQLException {
    Acting acting = Acting.current().at(database);
    if (acting.servicePrincipal()) {
      check.accept(acting);
      return application.get();
    }
    if (acting.person() == null) {
      throw new NobodyBoundException(REMEDY);
    }
    check.accept(acting);
    return own.apply(acting.person());
  }

  /**
   * Callers of a {@link DataSource} are ready for an {@link SQLException}, and for nothing else.
   */
  private DataSource servicePrincipal() throws SQLException {
    return asApplication(database::servicePrincipal);
  }

  private DataSource servicePrincipalOnReadOnlyHost() throws SQLException {
    return asApplication(database::servicePrincipalOnReadOnlyHost);
  }

  private static DataSource asApplication(Supplier<DataSource> source) throws SQLException {
    try {
      return source.get();
    } catch (IssuerUnavailableException e) {
      throw new SQLTransientConnectionException(e.getMessage(), "08001", e);
    }
  }

  private static <E extends Exception> Work<Boolean, E> giving(Task<E> task) {
    return () -> {
      task.run();
      return true;
    };
  }
}
