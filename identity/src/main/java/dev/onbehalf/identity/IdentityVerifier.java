package dev.onbehalf.identity;

import java.time.Instant;

/**
 * Finds out whose a forwarded token really is. Implementations may block; they are called from many
 * threads at once, and {@link OnBehalfDatabase} caches what they say.
 *
 * <pre>{@code
 * IdentityVerifier verifier = identity -> new Proof(ask(identity.accessToken()), goodUntil);
 * }</pre>
 */
@FunctionalInterface
public interface IdentityVerifier {
  /**
   * Says whose {@code identity}'s token is. The verifier need not compare that with the address:
   * {@link OnBehalfDatabase} does, for every verifier alike.
   *
   * @throws IdentityException when the token is refused
   * @throws IssuerUnavailableException when nobody could be asked
   */
  Proof verify(ForwardedIdentity identity);

  /** Whether a proof may be kept and used for other requests with the same token. */
  default boolean cacheable() {
    return true;
  }

  /**
   * Whose a token is, and until when that may be believed.
   *
   * @param user the address as the prover spells it: it becomes the PostgreSQL role
   * @param goodUntil when to ask again; {@link OnBehalfDatabase} asks after five minutes at the
   *     latest
   */
  record Proof(String user, Instant goodUntil) {}
}
