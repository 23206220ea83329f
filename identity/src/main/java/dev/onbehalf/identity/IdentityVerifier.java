package dev.onbehalf.identity;

import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

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
   * @param user the address as the prover spells it: it becomes the PostgreSQL role, unless {@link
   *     RoleNames} say otherwise
   * @param goodUntil when to ask again; {@link OnBehalfDatabase} asks after five minutes at the
   *     latest
   * @param claims what the prover says of the person besides, by the names of OpenID Connect Core
   *     1.0, 5.1; {@code sub} tells two people apart. Empty where it says nothing
   */
  record Proof(String user, Instant goodUntil, Map<String, Object> claims) {
    public Proof {
      claims = Collections.unmodifiableMap(new HashMap<>(claims));
    }

    /** A proof that says nothing besides. */
    public Proof(String user, Instant goodUntil) {
      this(user, goodUntil, Map.of());
    }

    /** Without the claims, which are the person's own affair. */
    @Override
    public String toString() {
      return "Proof[user=%s, goodUntil=%s]".formatted(user, goodUntil);
    }
  }
}
