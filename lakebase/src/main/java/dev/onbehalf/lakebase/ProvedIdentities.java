package dev.onbehalf.lakebase;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.onbehalf.lakebase.IdentityException.Reason;
import dev.onbehalf.lakebase.IdentityVerifier.Proof;
import dev.onbehalf.lakebase.ProvedIdentities.Exchange.UnderWay;
import dev.onbehalf.pool.Observer;
import dev.onbehalf.pool.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door: turns a forwarded identity into the name of a PostgreSQL role, or refuses.
 *
 * <p>Proofs are kept under the token's SHA-256, until the token ends and five minutes at most; a
 * refusal is kept for five seconds, so that a flood of bad tokens is no flood of calls. Requests
 * that come with the same token at once share one proof. The address is compared at every request,
 * never cached: a good token opens nothing for another address. A proof that began before its user
 * signed out is made again.
 *
 * <p>Where the verifier needs the workspace, the token is exchanged for a database credential at
 * the same time. What comes of that is kept for the proved user, or not at all. Thread-safe.
 */
final class ProvedIdentities {
  static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Logger log = LoggerFactory.getLogger(ProvedIdentities.class);
  private static final Duration REFUSAL = Duration.ofSeconds(5);
  private static final long MAXIMUM_SIZE = 20_000;

  private final IdentityVerifier verifier;
  private final Clock clock;
  private final Exchange exchange;
  private final SignOuts signOuts;
  private final Observer observer;
  private final SharedLookup<String, Verdict> verdicts;
  private final AtomicLong numbers = new AtomicLong();

  /**
   * By the address of a request that was proved, in small letters: spelling one's own address in a
   * thousand ways takes one place. Nothing is proved by being here.
   */
  private final Cache<String, Hashed> hashes =
      Caffeine.newBuilder()
          .maximumSize(MAXIMUM_SIZE)
          .expireAfterAccess(LONGEST)
          .executor(Runnable::run)
          .build();

  /** Begins the exchange of a token, of which it is not known yet whose it is. */
  @FunctionalInterface
  interface Exchange {
    /** For verifiers that have nothing to wait for. */
    Exchange LATER = (address, accessToken) -> UnderWay.NOTHING;

    UnderWay begin(String address, Secret accessToken);

    /** An exchange that nobody can use until it is kept for somebody. Closing it drops it else. */
    interface UnderWay extends AutoCloseable {
      UnderWay NOTHING = user -> {};

      /**
       * Keeps what comes of it for the user whose the token is proved to be, unless another address
       * was said to be theirs.
       *
       * @throws IdentityException when the token may not be exchanged, where that has to be known
       */
      void keepFor(String user);

      @Override
      default void close() {}
    }
  }

  /**
   * What is proved.
   *
   * @param user the role, spelled as the proof spells it
   * @param accessToken the request's token; the same object each time, as a rule
   * @param began the moment, as {@link SignOuts} counts, at which the proof began
   * @param number which proof it is: later ones have higher numbers, a kept one has its own
   */
  record Proved(String user, Secret accessToken, long began, long number) {}

  ProvedIdentities(
      IdentityVerifier verifier,
      Exchange exchange,
      SignOuts signOuts,
      Clock clock,
      Executor executor,
      Duration timeout,
      Observer observer) {
    this.observer = observer;
    this.verifier = verifier;
    this.exchange = exchange;
    this.signOuts = signOuts;
    this.clock = clock;
    this.verdicts = new SharedLookup<>(MAXIMUM_SIZE, clock, executor, timeout);
  }

  /**
   * Whose {@code identity} is proved to be.
   *
   * @throws IdentityException when it is not proved
   * @throws WorkspaceUnavailableException when nobody could be asked
   */
  Proved prove(ForwardedIdentity identity) {
    Secret token = identity.accessToken();
    if (!verifier.cacheable()) {
      return proved(identity, token, judge(identity));
    }
    // The hash is most of a proved request's time, so the last one of each address is at hand.
    String address = inSmallAscii(identity.address());
    Hashed last = hashes.getIfPresent(address);
    if (last != null && last.token().equals(token)) {
      return proved(identity, last.token(), verdict(identity, last.sha256()));
    }
    Hashed hashed = new Hashed(token, sha256(token));
    Proved proved = proved(identity, token, verdict(identity, hashed.sha256()));
    hashes.put(address, hashed);
    return proved;
  }

  private Verdict verdict(ForwardedIdentity identity, String sha256) {
    while (true) {
      Verdict verdict = verdicts.get(sha256, () -> judge(identity));
      if (verdict.refusal() != null || !signOuts.since(verdict.began(), verdict.user())) {
        return verdict;
      }
      verdicts.forget(sha256, verdict::equals);
    }
  }

  private static Proved proved(ForwardedIdentity identity, Secret token, Verdict verdict) {
    Refusal refusal = verdict.refusal();
    if (refusal != null) {
      throw new IdentityException(refusal.reason(), refusal.message());
    }
    if (!equalIgnoringAsciiCase(verdict.user(), identity.address())) {
      throw new IdentityException(
          Reason.MISMATCH,
          "The access token does not belong to %s: the address and the token do not match."
              .formatted(identity.address()));
    }
    return new Proved(verdict.user(), token, verdict.began(), verdict.number());
  }

  /** Forgets the token of somebody who has signed out; their proofs are too old already. */
  void forget(String user) {
    hashes.invalidate(inSmallAscii(user));
  }

  /** How many proofs and refusals are kept. */
  long size() {
    return verdicts.size();
  }

  /** How many tokens are at hand. */
  long tokens() {
    hashes.cleanUp();
    return hashes.estimatedSize();
  }

  private Verdict judge(ForwardedIdentity identity) {
    Instant now = clock.instant();
    long began = signOuts.now();
    try (UnderWay exchanged = exchange.begin(identity.address(), identity.accessToken())) {
      Proof proof = observer.observe("proof", () -> verifier.verify(identity));
      ForwardedIdentity.checkAddress("The address that the token belongs to", proof.user());
      Instant longest = now.plus(LONGEST);
      exchanged.keepFor(proof.user());
      return new Verdict(
          proof.user(),
          null,
          proof.goodUntil().isBefore(longest) ? proof.goodUntil() : longest,
          began,
          numbers.incrementAndGet());
    } catch (IdentityException e) {
      log.debug("An access token is refused", e);
      return refused(now, began, e.reason(), String.valueOf(e.getMessage()));
    } catch (WorkspaceUnavailableException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      // What a verifier can't cope with is no proof. Its message may repeat the token.
      StackTraceElement[] stack = e.getStackTrace();
      log.warn(
          "The proof of an access token failed: {} at {}",
          e.getClass().getName(),
          stack.length == 0 ? "no place" : stack[0]);
      return refused(
          now, began, Reason.TOKEN_REFUSED, "The access token can't be verified. Sign in again.");
    }
  }

  private static Verdict refused(Instant now, long began, Reason reason, String message) {
    return new Verdict("", new Refusal(reason, message), now.plus(REFUSAL), began, 0);
  }

  /** Directories are careless with case, so ASCII letters may differ in it; nothing else may. */
  static boolean equalIgnoringAsciiCase(String one, String other) {
    if (one.length() != other.length()) {
      return false;
    }
    for (int i = 0; i < one.length(); i++) {
      if (lower(one.charAt(i)) != lower(other.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
  }

  /** The text itself, as a rule. */
  private static String inSmallAscii(String text) {
    int i = 0;
    while (i < text.length() && lower(text.charAt(i)) == text.charAt(i)) {
      i++;
    }
    if (i == text.length()) {
      return text;
    }
    StringBuilder small = new StringBuilder(text);
    for (; i < text.length(); i++) {
      small.setCharAt(i, lower(text.charAt(i)));
    }
    return small.toString();
  }

  private static String sha256(Secret token) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(token.reveal().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  private record Hashed(Secret token, String sha256) {}

  /** A refusal without its stack trace, so that a flood of them stays small. */
  private record Refusal(Reason reason, String message) {}

  private record Verdict(
      String user, @Nullable Refusal refusal, Instant goodUntil, long began, long number)
      implements SharedLookup.Expiring {}
}
