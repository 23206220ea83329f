package dev.onbehalf.lakebase;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.onbehalf.lakebase.DatabricksWorkspace.Credential;
import dev.onbehalf.lakebase.IdentityException.Reason;
import dev.onbehalf.lakebase.Lane.Bounds;
import dev.onbehalf.lakebase.Lane.Turn;
import dev.onbehalf.lakebase.ProvedIdentities.Proved;
import dev.onbehalf.pool.CredentialProvider;
import dev.onbehalf.pool.Observer;
import dev.onbehalf.pool.Secret;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLTransientConnectionException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Passwords to the database, for the service principal and for every proved person.
 *
 * <p>A credential is kept until two minutes before it ends, and callers who need the same one share
 * one exchange. A newer access token replaces the older one and touches nothing else: a credential
 * bought with the older token stays good, and so do open connections, for PostgreSQL looks at a
 * password only at login. Whoever has no access token here gets no password: there is no other
 * identity to fall back to.
 *
 * <p>Only for proved people, and only at a login, is anything exchanged. People's exchanges stand
 * behind each other, not in front of proofs, and not in front of the service principal's, which has
 * a lane to itself. Thread-safe.
 */
final class DatabaseCredentials implements CredentialProvider {
  private static final Duration MARGIN = Duration.ofMinutes(2);
  private static final Duration TOKEN_MEMORY = Duration.ofHours(1);
  private static final long MAXIMUM_SIZE = 20_000;
  private static final int PEOPLE_AT_ONCE = 4;

  private final DatabricksWorkspace workspace;
  private final ServicePrincipalRole servicePrincipal;
  private final SignOuts signOuts;
  private final Observer observer;
  private final Cache<String, Known> accessTokens;
  private final SharedLookup<String, Lasting> credentials;
  private final Lane people;
  private final Lane application;
  private final AtomicLong number = new AtomicLong();

  DatabaseCredentials(
      DatabricksWorkspace workspace,
      ServicePrincipalRole servicePrincipal,
      SignOuts signOuts,
      Clock clock,
      ExecutorService threads,
      Duration timeout,
      Observer observer) {
    this.observer = observer;
    this.workspace = workspace;
    this.servicePrincipal = servicePrincipal;
    this.signOuts = signOuts;
    this.accessTokens =
        Caffeine.newBuilder()
            .maximumSize(MAXIMUM_SIZE)
            .expireAfterAccess(TOKEN_MEMORY)
            .executor(Runnable::run)
            .build();
    this.credentials = new SharedLookup<>(MAXIMUM_SIZE, clock, timeout, observer);
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
   * @param newest the highest number of a proof that any token of theirs came with. Who alternates
   *     two good tokens brings no newer one: a refused login is not tried again for it
   */
  private record Known(Secret token, long newest) {}

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
    long newest = older == null ? 0 : older.newest();
    return new Known(proved.accessToken(), Math.max(newest, proved.number()));
  }

  /** Drops the token and the credential of {@code user}, who has signed out. */
  void forget(String user) {
    accessTokens.invalidate(user);
    credentials.forget(user);
  }

  @Override
  public Secret credential(String user) throws SQLException {
    if (servicePrincipal.is(user)) {
      Secret password = servicePrincipal.password();
      return password != null
          ? password
          : lookUp(user, application, workspace::servicePrincipalCredential);
    }
    long began = signOuts.now();
    Known known = accessTokens.getIfPresent(user);
    if (known == null) {
      throw noAccessToken(user);
    }
    Secret credential = lookUp(user, people, () -> workspace.credentialFor(known.token()));
    if (signOuts.since(began, user)) {
      rejected(user, credential);
      throw noAccessToken(user);
    }
    return credential;
  }

  private static SQLException noAccessToken(String user) {
    IdentityException cause =
        new IdentityException(
            Reason.MISSING,
            "No access token of %s is at hand: they signed out, or it was not used for an hour. Sign in again."
                .formatted(user));
    return new SQLInvalidAuthorizationSpecException(cause.getMessage(), "28000", cause);
  }

  private Secret lookUp(String user, Lane lane, Supplier<Credential> exchange) throws SQLException {
    Turn turn = new Turn(user, 0, number.incrementAndGet());
    try {
      return credentials.get(user, lane, turn, () -> exchange(exchange)).password();
    } catch (IdentityException e) {
      throw new SQLInvalidAuthorizationSpecException(e.getMessage(), "28000", e);
    } catch (WorkspaceUnavailableException e) {
      throw new SQLTransientConnectionException(e.getMessage(), "08001", e);
    }
  }

  private Lasting exchange(Supplier<Credential> exchange) {
    return Lasting.of(observer.observe("exchange", exchange::get));
  }

  @Override
  public void rejected(String user, Secret credential) {
    credentials.forget(user, kept -> kept.password().equals(credential));
  }

  private record Lasting(Secret password, Instant goodUntil) implements SharedLookup.Expiring {
    static Lasting of(Credential credential) {
      return new Lasting(credential.password(), credential.expiresAt().minus(MARGIN));
    }
  }
}
