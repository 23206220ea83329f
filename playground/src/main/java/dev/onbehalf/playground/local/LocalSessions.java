package dev.onbehalf.playground.local;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Who has signed in, by the session cookie's value; each session has an access token of its own.
 */
final class LocalSessions {
  static final String COOKIE = "onbehalf-local-session";
  private static final Duration TOKEN_LIFETIME = Duration.ofHours(1);
  private static final Duration RENEW_AFTER = Duration.ofMinutes(50);

  private final LakebaseLocal lakebase;
  private final SecureRandom random = new SecureRandom();
  private final Cache<String, Session> sessions =
      Caffeine.newBuilder().maximumSize(1_000).expireAfterAccess(Duration.ofHours(12)).build();

  LocalSessions(LakebaseLocal lakebase) {
    this.lakebase = lakebase;
  }

  /** Signs {@code email} in; the answer is the cookie's value. */
  String signIn(String email) {
    byte[] id = new byte[16];
    random.nextBytes(id);
    String key = HexFormat.of().formatHex(id);
    sessions.put(key, newSession(email));
    return key;
  }

  void signOut(HttpServletRequest request) {
    cookie(request).ifPresent(sessions::invalidate);
  }

  /** The session that the request belongs to, with a token that is good for minutes yet. */
  Optional<Session> of(HttpServletRequest request) {
    return cookie(request)
        .map(
            key ->
                sessions
                    .asMap()
                    .computeIfPresent(
                        key,
                        (k, session) ->
                            session.renewAt().isAfter(Instant.now())
                                ? session
                                : newSession(session.email())));
  }

  private Session newSession(String email) {
    return new Session(
        email, lakebase.accessToken(email, TOKEN_LIFETIME), Instant.now().plus(RENEW_AFTER));
  }

  private static Optional<String> cookie(HttpServletRequest request) {
    Cookie[] cookies = request.getCookies();
    if (cookies != null) {
      for (Cookie cookie : cookies) {
        if (cookie.getName().equals(COOKIE)) {
          return Optional.of(cookie.getValue());
        }
      }
    }
    return Optional.empty();
  }

  /** A signed-in person and the token that the proxy would forward for them. */
  record Session(String email, String accessToken, Instant renewAt) {
    @Override
    public String toString() {
      return "Session[" + email + "]";
    }
  }
}
