package dev.onbehalf.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.identity.IdentityVerifier.Proof;
import dev.onbehalf.identity.internal.FailurePlace;
import dev.onbehalf.identity.internal.RepeatedWarning;
import dev.onbehalf.identity.internal.TokenClaims;
import dev.onbehalf.pool.Observer;
import dev.onbehalf.pool.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door: turns a forwarded identity into the name of a PostgreSQL role, or refuses.
 *
 * <p>Proofs are kept under the token's SHA-256, until the token ends and five minutes at most; a
 * refusal is kept for five seconds, so that a flood of bad tokens is no flood of calls, and in a
 * place of its own, so that it drives out no proof. Requests that come with the same token at once
 * share one look-up; who stands behind whom, {@link SignInLanes} says. The address is compared at
 * every request, never cached: a good token opens nothing for another address. A proof that began
 * before its user signed out is made again. Thread-safe.
 */
final class ProvedIdentities {
  static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Logger log = LoggerFactory.getLogger(ProvedIdentities.class);
  private static final RepeatedWarning crowd = RepeatedWarning.of(ProvedIdentities.class);
  private static final Duration REFUSAL = Duration.ofSeconds(5);
  private static final long MAXIMUM_SIZE = 20_000;

  /** By how much the clocks of the token's issuer and of this machine may differ. */
  private static final Duration SKEW = Duration.ofSeconds(60);

  private final RepeatedWarning failed = RepeatedWarning.of(ProvedIdentities.class);
  private final IdentityVerifier verifier;
  private final Clock clock;
  private final SignOuts signOuts;
  private final Observer observer;
  private final BiConsumer<String, Secret> requirement;
  private final PeoplesRoles roles;

  /** How long is tried: somebody else's sign-outs may look like one's own ({@link SignOuts}). */
  private final Duration timeout;

  private final SignInLanes lanes;
  private final SharedLookup<String, Verdict> proofs;
  private final Cache<String, Refusal> refusals;
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

  /**
   * What is proved.
   *
   * @param user the role
   * @param address whose the token is, as the proof spells it
   * @param accessToken the request's token; the same object each time, as a rule
   * @param began the moment, as {@link SignOuts} counts, at which the proof began
   * @param number which proof it is: later ones have higher numbers, a kept one has its own
   */
  record Proved(String user, String address, Secret accessToken, long began, long number) {}

  /**
   * @param requirement what a user's token must do besides being theirs, to be taken for proved:
   *     throws as {@link #prove} does
   */
  ProvedIdentities(
      IdentityVerifier verifier,
      PeoplesRoles roles,
      BiConsumer<String, Secret> requirement,
      SignOuts signOuts,
      Clock clock,
      SignInLanes lanes,
      Duration timeout,
      Observer observer) {
    this.observer = observer;
    this.verifier = verifier;
    this.roles = roles;
    this.requirement = requirement;
    this.signOuts = signOuts;
    this.clock = clock;
    this.timeout = timeout;
    this.lanes = lanes;
    this.proofs = new SharedLookup<>(MAXIMUM_SIZE, clock, timeout, observer);
    this.refusals =
        Caffeine.newBuilder()
            .maximumSize(MAXIMUM_SIZE)
            .expireAfterWrite(REFUSAL)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .executor(Runnable::run)
            .build();
  }

  /**
   * Whose {@code identity} is proved to be.
   *
   * @throws IdentityException when it is not proved
   * @throws IssuerUnavailableException when nobody could be asked
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
      return proved(identity, last.token(), verdict(identity, address, last.sha256()));
    }
    Hashed hashed = new Hashed(token, sha256(token));
    Proved proved = proved(identity, token, verdict(identity, address, hashed.sha256()));
    hashes.put(address, hashed);
    return proved;
  }

  private Verdict verdict(ForwardedIdentity identity, String address, String sha256) {
    long begun = System.nanoTime();
    do {
      Verdict kept = proofs.kept(sha256);
      Verdict verdict = kept != null ? kept : lookUp(identity, address, sha256);
      if (!signOuts.since(verdict.began(), verdict.role())) {
        return verdict;
      }
      proofs.forget(sha256, verdict::equals);
    } while (System.nanoTime() - begun < timeout.toNanos());
    throw new IdentityException(
        Reason.BUSY, "You are being signed out again and again. Try again in a few seconds.");
  }

  private Verdict lookUp(ForwardedIdentity identity, String address, String sha256) {
    Refusal refusal = refusals.getIfPresent(sha256);
    if (refusal != null) {
      throw new IdentityException(refusal.reason(), refusal.message());
    }
    if (hasEnded(identity.accessToken())) {
      throw new IdentityException(
          Reason.TOKEN_REFUSED, "The access token has expired. Sign in again.");
    }
    SignInLanes.Place place = lanes.place(address, sha256);
    try {
      return proofs.get(
          sha256, place.lane(), place.turn(), () -> judgeAndRemember(identity, address, sha256));
    } catch (IdentityException e) {
      if (e.reason() == Reason.BUSY) {
        lanes.sentAway(sha256);
        crowd.log("Sign-ins are sent away, because too many wait for their proof");
      }
      throw e;
    }
  }

  /** By its own word, which is believed only to its harm: to ask about it would be for nothing. */
  private boolean hasEnded(Secret token) {
    Instant skewed = clock.instant().minus(SKEW);
    return TokenClaims.of(token).end().filter(skewed::isAfter).isPresent();
  }

  private Verdict judgeAndRemember(ForwardedIdentity identity, String address, String sha256) {
    try {
      Verdict verdict = judge(identity);
      lanes.proved(inSmallAscii(verdict.address()), sha256);
      return verdict;
    } catch (IdentityException e) {
      if (e.reason() != Reason.BUSY) { // which is no verdict
        log.debug("An access token is refused", e);
        refusals.put(sha256, new Refusal(e.reason(), String.valueOf(e.getMessage())));
        lanes.refused(address, sha256);
      }
      throw e;
    }
  }

  private Verdict judge(ForwardedIdentity identity) {
    Instant longest = clock.instant().plus(LONGEST);
    long began = signOuts.now();
    Proof proof = observer.observe("proof", () -> verify(identity));
    String role = roles.of(proof);
    requirement.accept(role, identity.accessToken());
    return new Verdict(
        proof.user(),
        role,
        proof.goodUntil().isBefore(longest) ? proof.goodUntil() : longest,
        began,
        numbers.incrementAndGet());
  }

  /** What a verifier can't cope with is no proof. */
  private Proof verify(ForwardedIdentity identity) {
    try {
      Proof proof = verifier.verify(identity);
      ForwardedIdentity.checkAddress("The address that the token belongs to", proof.user());
      return proof;
    } catch (IdentityException | IssuerUnavailableException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) { // whose message may repeat the token
      failed.log(
          "The proof of an access token failed: {} at {}",
          e.getClass().getName(),
          FailurePlace.of(e));
      throw new IdentityException(
          Reason.TOKEN_REFUSED, "The access token can't be verified. Sign in again.");
    }
  }

  private static Proved proved(ForwardedIdentity identity, Secret token, Verdict verdict) {
    if (!equalIgnoringAsciiCase(verdict.address(), identity.address())) {
      throw new IdentityException(
          Reason.MISMATCH,
          "The access token does not belong to %s: the address and the token do not match."
              .formatted(identity.address()));
    }
    return new Proved(verdict.role(), verdict.address(), token, verdict.began(), verdict.number());
  }

  /** Forgets the token of somebody who has signed out; their proofs are too old already. */
  void forget(String user) {
    hashes.invalidate(inSmallAscii(roles.addressOf(user)));
  }

  /** Forgets the tokens of everybody, as above. */
  void forgetAll() {
    hashes.invalidateAll();
  }

  /** How many proofs and refusals are kept. */
  long size() {
    refusals.cleanUp();
    return proofs.size() + refusals.estimatedSize();
  }

  /** How many tokens are at hand. */
  long tokens() {
    hashes.cleanUp();
    return hashes.estimatedSize();
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
  static String inSmallAscii(String text) {
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

  /**
   * @param address whose the token is, as the proof spells it
   */
  private record Verdict(String address, String role, Instant goodUntil, long began, long number)
      implements SharedLookup.Expiring {}
}
