package dev.onbehalf.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Scheduler;
import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.identity.Lane.Bounds;
import dev.onbehalf.identity.Lane.Turn;
import dev.onbehalf.identity.ProvedIdentities.Proved;
import dev.onbehalf.identity.internal.FailurePlace;
import dev.onbehalf.identity.internal.RepeatedWarning;
import dev.onbehalf.identity.internal.TokenClaims;
import dev.onbehalf.pool.CredentialProvider;
import dev.onbehalf.pool.Observer;
import dev.onbehalf.pool.Secret;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Passwords to the database, for the service principal and for every proved person.
 *
 * <p>A credential is kept until two minutes before it ends, and callers who need the same one share
 * one exchange. A newer access token replaces the older one and touches nothing else: a credential
 * bought with the older token stays good, and so do open connections, for PostgreSQL looks at a
 * password only at login. But a credential carries the scopes that it was bought with, and does
 * nothing for a token with fewer until that was exchanged too. Whoever has no access token here
 * gets no password: there is no other identity to fall back to.
 *
 * <p>Only for proved people is anything exchanged. People's exchanges at login stand behind each
 * other, not in front of proofs, and not in front of the service principal's, which has a lane to
 * itself. Thread-safe.
 */
final class DatabaseCredentials implements CredentialProvider {
  private static final RepeatedWarning failed = RepeatedWarning.of(DatabaseCredentials.class);
  private static final Duration MARGIN = Duration.ofMinutes(2);
  private static final Duration TOKEN_MEMORY = Duration.ofHours(1);
  private static final long MAXIMUM_SIZE = 20_000;
  private static final int PEOPLE_AT_ONCE = 4;

  /*
   * SQLStates (PostgreSQL manual, appendix A). Class 28 is left to PostgreSQL's own refusals of a
   * role: whoever reads it makes a role, which would not help here.
   */
  private static final String UNABLE_TO_CONNECT = "08001";
  private static final String REFUSED = "08004";

  private final Platform platform;
  private final ServicePrincipalRole servicePrincipal;
  private final SignOuts signOuts;
  private final Observer observer;
  private final Cache<String, Known> accessTokens;
  private final SharedLookup<String, Lasting> credentials;
  private final Lane people;
  private final Lane application;
  private final AtomicLong number = new AtomicLong();

  /**
   * @param unused told of each user whose token is forgotten with all that was bought with it, for
   *     it was not used for an hour or there are too many: their connections would else outlive
   *     what is known of their scopes
   * @param scheduler of the looks for who that is: by itself, a cache waits for its use
   */
  DatabaseCredentials(
      Platform platform,
      ServicePrincipalRole servicePrincipal,
      SignOuts signOuts,
      Consumer<String> unused,
      Clock clock,
      Scheduler scheduler,
      ExecutorService threads,
      Duration timeout,
      Observer observer) {
    this.observer = observer;
    this.platform = platform;
    this.servicePrincipal = servicePrincipal;
    this.signOuts = signOuts;
    this.credentials = new SharedLookup<>(MAXIMUM_SIZE, clock, timeout, observer);
    this.accessTokens =
        Caffeine.newBuilder()
            .maximumSize(MAXIMUM_SIZE)
            .expireAfterAccess(TOKEN_MEMORY)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .executor(Runnable::run)
            .scheduler((executor, look, in, unit) -> scheduler.schedule(threads, look, in, unit))
            .<String, Known>evictionListener(
                (user, known, cause) -> {
                  credentials.forget(
                      Objects.requireNonNull(user)); // or a narrower token would log in with it
                  unused.accept(user);
                })
            .build();
    this.people = new Lane(Bounds.ofThreads(PEOPLE_AT_ONCE), threads);
    this.application = new Lane(Bounds.ofThreads(1), threads);
  }

  /** What remembering a token came to. */
  enum Remembered {
    /** It is the one that was known, or one that was known before it. */
    KNOWN,
    /** It is another one than before, and proved later. */
    NEWER,
    /** It is not kept: its user has signed out since the proof began. */
    SIGNED_OUT
  }

  /**
   * A user's token, of their latest request.
   *
   * @param bought the scopes of the tokens that credentials of theirs were bought with
   * @param newest the highest number of a proof that any token of theirs came with. Who alternates
   *     two good tokens brings no newer one: a refused login is not tried again for it
   */
  private record Known(Secret token, long newest, List<Set<String>> bought) {
    private static final int MOST = 8;

    /** Whether their connections may serve a token of {@code scopes}, as far as is known. */
    boolean serves(Set<String> scopes) {
      return bought.isEmpty() || bought.stream().anyMatch(scopes::containsAll);
    }

    Known having(Set<String> scopes) {
      if (bought.contains(scopes)) {
        return this;
      }
      return new Known(
          token, newest, Stream.concat(Stream.of(scopes), bought.stream()).limit(MOST).toList());
    }
  }

  /** Remembers the token that was proved to be a user's. */
  @SuppressWarnings("ReferenceEquality") // one object needs no comparison, and no copy of the token
  Remembered remember(Proved proved) {
    Secret token = proved.accessToken();
    Known known = accessTokens.getIfPresent(proved.user());
    if (known != null && token == known.token()) {
      return Remembered.KNOWN;
    }
    // Signing out is told before it drops the token: it is seen here, or what is put is dropped.
    Known kept =
        accessTokens
            .asMap()
            .compute(
                proved.user(),
                (user, older) ->
                    signOuts.since(proved.began(), user) ? older : next(older, proved));
    if (kept == null || token != kept.token()) {
      return Remembered.SIGNED_OUT;
    }
    if (known == null) {
      return Remembered.NEWER;
    }
    return proved.number() <= known.newest() || token.equals(known.token())
        ? Remembered.KNOWN
        : Remembered.NEWER;
  }

  private static Known next(@Nullable Known older, Proved proved) {
    return older == null
        ? new Known(proved.accessToken(), proved.number(), List.of())
        : new Known(
            proved.accessToken(), Math.max(older.newest(), proved.number()), older.bought());
  }

  /** Drops the token and the credential of {@code user}, who has signed out. */
  void forget(String user) {
    accessTokens.invalidate(user);
    credentials.forget(user);
  }

  /** Drops the token and the credential of everybody but the service principal. */
  void forgetAll() {
    accessTokens.invalidateAll();
    credentials.forgetAll(user -> !servicePrincipal.is(user));
  }

  /**
   * Exchanges a token that is proved to be a user's, if what they have was bought with scopes that
   * it lacks. A warm connection would else do for a token what the issuer refuses it (RFC 6749,
   * 3.3). Only who has something is asked for: else the login does the same.
   *
   * @throws IdentityException when it is not exchanged
   * @throws IssuerUnavailableException when it gives no verdict
   */
  void requireScopes(String user, Secret accessToken) {
    Known known = accessTokens.getIfPresent(user);
    if (known != null && !known.serves(TokenClaims.of(accessToken).scopes())) {
      bought(user, exchange(user, accessToken));
    }
  }

  private void bought(String user, Lasting credential) {
    Known known = accessTokens.getIfPresent(user);
    if (known != null && !known.bought().contains(credential.scopes())) {
      accessTokens
          .asMap()
          .computeIfPresent(user, (name, latest) -> latest.having(credential.scopes()));
    }
  }

  @Override
  public Secret credential(String user) throws SQLException {
    if (servicePrincipal.is(user)) {
      Secret password = servicePrincipal.password();
      return password != null
          ? password
          : lookUp(user, application, this::servicePrincipals).password();
    }
    long began = signOuts.now();
    Known known = accessTokens.getIfPresent(user);
    if (known == null) {
      throw noAccessToken(user);
    }
    Lasting credential = lookUp(user, people, () -> exchange(user, known.token()));
    if (signOuts.since(began, user)) {
      rejected(user, credential.password());
      throw noAccessToken(user);
    }
    bought(user, credential);
    return credential.password();
  }

  private static SQLException noAccessToken(String user) {
    IdentityException cause =
        new IdentityException(
            Reason.MISSING,
            "No access token of %s is at hand: they signed out, or it was not used for an hour. Sign in again."
                .formatted(user));
    return new SQLNonTransientConnectionException(cause.getMessage(), REFUSED, cause);
  }

  private Lasting lookUp(String user, Lane lane, Supplier<Lasting> exchange) throws SQLException {
    Turn turn = new Turn(user, 0, number.incrementAndGet());
    try {
      return credentials.get(user, lane, turn, exchange);
    } catch (IdentityException e) {
      throw new SQLNonTransientConnectionException(e.getMessage(), REFUSED, e);
    } catch (IssuerUnavailableException e) {
      throw e.reason().passes()
          ? new SQLTransientConnectionException(e.getMessage(), UNABLE_TO_CONNECT, e)
          : new SQLNonTransientConnectionException(e.getMessage(), UNABLE_TO_CONNECT, e);
    }
  }

  private Lasting exchange(String user, Secret accessToken) {
    Set<String> scopes = TokenClaims.of(accessToken).scopes();
    return observer.observe(
        "exchange", () -> obtain(() -> platform.personCredential(user, accessToken), scopes));
  }

  private Lasting servicePrincipals() {
    return observer.observe(
        "exchange", () -> obtain(platform::servicePrincipalCredential, TokenClaims.UNKNOWN_SCOPES));
  }

  /** What a provider can't cope with is no credential, and its words may repeat the token. */
  private static Lasting obtain(Supplier<DatabaseCredential> provider, Set<String> scopes) {
    try {
      return Lasting.of(provider.get(), scopes);
    } catch (IdentityException | IssuerUnavailableException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      failed.log(
          "No database credential is to be had: {} at {}",
          e.getClass().getName(),
          FailurePlace.of(e));
      throw new IssuerUnavailableException(
          IssuerUnavailableException.Reason.ANSWER_UNREADABLE,
          "There is no database credential to be had. Whoever runs the application has to look at its log.",
          null,
          null);
    }
  }

  @Override
  public void rejected(String user, Secret credential) {
    credentials.forget(user, kept -> kept.password().equals(credential));
  }

  /**
   * @param scopes of the token that it was bought with
   */
  private record Lasting(Secret password, Instant goodUntil, Set<String> scopes)
      implements SharedLookup.Expiring {
    static Lasting of(DatabaseCredential credential, Set<String> scopes) {
      Instant end = credential.expiresAt();
      return new Lasting(
          credential.password(), end.equals(Instant.MAX) ? end : end.minus(MARGIN), scopes);
    }
  }
}
