package dev.onbehalf.identity;

import com.nimbusds.jwt.proc.BadJWTException;
import dev.onbehalf.identity.internal.TokenClaims;
import java.util.Map;
import java.util.Set;

/**
 * What a token's claims can say against it, besides what every JWT library hears: that its address
 * is not verified, that it was made for another party, that it needs a proof of possession, or that
 * its times are none. Thread-safe.
 *
 * @param addressClaim the claim that holds the person's address
 * @param authorizedParties whom the token may have been issued to
 */
record JwtRules(String addressClaim, Set<String> authorizedParties) {
  private static final String EMAIL = "email";
  private static final String VERIFIED = "email_verified";

  /**
   * The address that the claims hold.
   *
   * @param claims as the token spells them, of a token that is genuine
   */
  String address(Map<String, Object> claims) throws BadJWTException {
    requireTimes(claims);
    requireBearer(claims);
    requireParty(claims);
    requireVerified(claims);
    if (!(claims.get(addressClaim) instanceof String address)) {
      throw new BadJWTException("The claim " + addressClaim + " is not text");
    }
    return address;
  }

  /** A library that counts in milliseconds takes the far future for the past, and lets it begin. */
  private static void requireTimes(Map<String, Object> claims) throws BadJWTException {
    for (String time : new String[] {"exp", "nbf", "iat"}) {
      if (claims.containsKey(time) && !TokenClaims.isTime(claims.get(time))) {
        throw new BadJWTException("The claim " + time + " is no time");
      }
    }
  }

  /**
   * A token that is bound to a key (RFC 7800) is not for whoever bears it: the proof is a client
   * certificate (RFC 8705, 3) or a DPoP header (RFC 9449, 7.1), and we see neither.
   */
  private static void requireBearer(Map<String, Object> claims) throws BadJWTException {
    if (claims.containsKey("cnf")) {
      throw new BadJWTException("The token is bound to a key, and comes without a proof of it");
    }
  }

  /** OpenID Connect Core 1.0, section 3.1.3.7. */
  private void requireParty(Map<String, Object> claims) throws BadJWTException {
    if (claims.containsKey("azp")
        && !(claims.get("azp") instanceof String party && authorizedParties.contains(party))) {
      throw new BadJWTException("The token was issued to another party (azp)");
    }
  }

  /**
   * OpenID Connect Core 1.0, section 5.1: who may type in any address has it unverified. Some
   * issuers say it as text. One that says nothing says nothing against it.
   */
  private void requireVerified(Map<String, Object> claims) throws BadJWTException {
    if (claims.containsKey(VERIFIED) && !isVerified(addressClaim, claims)) {
      throw new BadJWTException("The address is not verified (email_verified)");
    }
  }

  /** The same of claims that nobody signed: what they don't say counts against them. */
  void requireSaidVerified(Map<String, Object> claims) throws BadJWTException {
    if (!isVerified(addressClaim, claims)) {
      throw new BadJWTException("The address is not said to be verified (email_verified)");
    }
  }

  /** Whether {@code claim} is no address that somebody may have typed in, or is said verified. */
  static boolean isVerified(String claim, Map<String, Object> claims) {
    Object verified = claims.get(VERIFIED);
    return !claim.equals(EMAIL) || Boolean.TRUE.equals(verified) || "true".equals(verified);
  }
}
