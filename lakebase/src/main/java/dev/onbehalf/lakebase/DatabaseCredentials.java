package dev.onbehalf.lakebase;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.onbehalf.lakebase.DatabricksWorkspace.Credential;
import dev.onbehalf.pool.CredentialProvider;
import dev.onbehalf.pool.Observer;
import dev.onbehalf.pool.Secret;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLTransientConnectionException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Passwords to the database, for the service principal and for every proved person.
 *
 * <p>A credential is kept until two minutes before it ends, and callers who need the same one share
 * one exchange. A newer access token replaces the older one and touches nothing else: a credential
 * bought with the older token stays good, and so do open connections, for PostgreSQL looks at a
 * password only at login. Whoever has no access token here gets no password: there is no other
 * identity to fall back to. Thread-safe.
 */
final class DatabaseCredentials implements CredentialProvider {
  private static final Duration MARGIN = Duration.ofMinutes(2);
  private static final Duration TOKEN_MEMORY = Duration.ofHours(1);
  private static final long MAXIMUM_SIZE = 20_000;

  private final DatabricksWorkspace workspace;
  private final ServicePrincipalRole servicePrincipal;
  private final Executor executor;
  private final Observer observer;
  private final AtomicLong forgotten = new AtomicLong();
  private final Cache<String, Secret> accessTokens;
  private final SharedLookup<String, Lasting> credentials;

  DatabaseCredentials(
      DatabricksWorkspace workspace,
      ServicePrincipalRole servicePrincipal,
      Clock clock,
      Executor executor,
      Duration timeout,
      Observer observer) {
    this.observer = observer;
    this.workspace = workspace;
    this.servicePrincipal = servicePrincipal;
    this.executor = executor;
    this.accessTokens =
        Caffeine.newBuilder()
            .maximumSize(MAXIMUM_SIZE)
            .expireAfterAccess(TOKEN_MEMORY)
            .executor(Runnable::run)
            .build();
    this.credentials = new SharedLookup<>(MAXIMUM_SIZE, clock, executor, timeout);
  }

  /**
   * Remembers the newest token that was proved to be {@code user}'s.
   *
   * @return whether it is another one than before
   */
  boolean remember(String user, Secret accessToken) {
    if (accessToken.equals(accessTokens.getIfPresent(user))) {
      return false;
    }
    return !accessToken.equals(accessTokens.asMap().put(user, accessToken));
  }

  /**
   * How often somebody was forgotten. Who remembers something for a user whom they had proved
   * before looks at it again afterwards: if it has changed, that could have been this user, whom
   * {@link #forget} missed.
   */
  long forgotten() {
    return forgotten.get();
  }

  /** Forgets the token and the credential of {@code user}, who has signed out. */
  void forget(String user) {
    forgotten.incrementAndGet(); // first, so that whoever remembers after it sees it
    drop(user);
  }

  /** Drops the token and the credential of {@code user}. */
  void drop(String user) {
    accessTokens.invalidate(user);
    credentials.forget(user);
  }

  /**
   * Begins the exchange of a token while the workspace is still being asked whose it is, so that a
   * person's first request waits for one answer and not for two. Without effect if a credential of
   * {@code address} is at hand, or too much else waits for the workspace.
   *
   * @param address who the token is said to belong to
   * @return keeps the credential for the user whose the token is proved to be; until it is called,
   *     nobody can use it
   */
  Consumer<String> exchangeAhead(String address, Secret accessToken) {
    if (servicePrincipal.is(address) || credentials.has(address)) {
      return user -> {};
    }
    long before = forgotten.get();
    try {
      CompletableFuture<Lasting> exchanged =
          CompletableFuture.supplyAsync(
              () -> exchange(() -> workspace.credentialFor(accessToken)), executor);
      return user -> {
        credentials.offer(user, exchanged);
        if (forgotten.get() != before) {
          credentials.forget(user);
        }
      };
    } catch (WorkspaceUnavailableException full) {
      return user -> {};
    }
  }

  @Override
  public Secret credential(String user) throws SQLException {
    if (servicePrincipal.is(user)) {
      Secret password = servicePrincipal.password();
      return password != null ? password : lookUp(user, workspace::servicePrincipalCredential);
    }
    Secret accessToken = accessTokens.getIfPresent(user);
    if (accessToken == null) {
      throw new SQLInvalidAuthorizationSpecException(
          "No access token of %s is at hand. Ask for the connection within a request of theirs."
              .formatted(user),
          "28000");
    }
    return lookUp(user, () -> workspace.credentialFor(accessToken));
  }

  private Secret lookUp(String user, Supplier<Credential> exchange) throws SQLException {
    try {
      return credentials.get(user, () -> exchange(exchange)).password();
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
