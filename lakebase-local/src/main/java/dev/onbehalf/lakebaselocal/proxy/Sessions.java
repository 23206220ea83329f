package dev.onbehalf.lakebaselocal.proxy;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Who has signed in, by a secret that only their browser has. Each session has an access token of
 * its own, renewed before it ends. Thread-safe: one lock guards all.
 */
final class Sessions {
  static final Duration IDLE = Duration.ofHours(12);

  private static final int MAX = 1_000;
  private static final Duration TOKEN_LIFETIME = Duration.ofHours(1);
  private static final Duration RENEW_AFTER = Duration.ofMinutes(50);

  private record Session(SignedIn who, Instant renewAt, Instant endsAt) {}

  private final BiFunction<String, Duration, String> tokens;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  /** The longest unused first. */
  private final Map<String, Session> sessions =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Session> eldest) {
          return size() > MAX;
        }
      };

  /**
   * @param tokens a new access token of a person, for a time; throws IllegalArgumentException if
   *     there is no such person
   */
  Sessions(BiFunction<String, Duration, String> tokens, Clock clock) {
    this.tokens = tokens;
    this.clock = clock;
  }

  /** Begins a session; its secret is new, whatever the browser had. */
  synchronized String begin(String email) {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    String secret = HexFormat.of().formatHex(bytes);
    sessions.put(secret, session(email));
    return secret;
  }

  synchronized void end(String secret) {
    sessions.remove(secret);
  }

  synchronized Optional<SignedIn> find(String secret) {
    Session session = sessions.get(secret);
    if (session == null) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    try {
      if (now.isBefore(session.endsAt())) {
        Session renewed =
            now.isBefore(session.renewAt())
                ? new Session(session.who(), session.renewAt(), now.plus(IDLE))
                : session(session.who().email());
        sessions.put(secret, renewed);
        return Optional.of(renewed.who());
      }
    } catch (IllegalArgumentException e) {
      // the person was removed
    }
    sessions.remove(secret);
    return Optional.empty();
  }

  private Session session(String email) {
    Instant now = clock.instant();
    String token = tokens.apply(email, TOKEN_LIFETIME);
    return new Session(new SignedIn(email, token), now.plus(RENEW_AFTER), now.plus(IDLE));
  }
}
