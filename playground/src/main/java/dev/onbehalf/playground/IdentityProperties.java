package dev.onbehalf.playground;

import dev.onbehalf.lakebase.IdentityVerifier;
import dev.onbehalf.lakebase.JwtIdentityVerifier;
import dev.onbehalf.lakebase.TrustedProxyVerifier;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code onbehalf.identity.*}: who proves whose a token is.
 *
 * @param verifier {@code workspace}, {@code jwt} or {@code trusted-proxy}
 * @param jwt what {@code jwt} verifies with
 * @param trustedProxies the addresses that {@code trusted-proxy} believes, as CIDRs
 */
record IdentityProperties(
    @DefaultValue("workspace") Verifier verifier,
    @Nullable Jwt jwt,
    @DefaultValue List<String> trustedProxies) {

  enum Verifier {
    WORKSPACE,
    JWT,
    TRUSTED_PROXY
  }

  record Jwt(
      String issuer,
      URI jwksUri,
      Set<String> audiences,
      @DefaultValue("email") String addressClaim) {}

  /** The verifier; empty for the workspace, which is {@code Lakebase}'s own. */
  Optional<IdentityVerifier> chosen() {
    return switch (verifier) {
      case WORKSPACE -> Optional.empty();
      case JWT -> Optional.of(jwtVerifier());
      case TRUSTED_PROXY -> Optional.of(new TrustedProxyVerifier(trustedProxies));
    };
  }

  private IdentityVerifier jwtVerifier() {
    if (jwt == null) {
      throw new IllegalArgumentException(
          "onbehalf.identity.verifier is jwt: set onbehalf.identity.jwt.issuer, .jwks-uri and"
              + " .audiences too");
    }
    return new JwtIdentityVerifier(
        jwt.issuer(), jwt.jwksUri(), jwt.audiences(), jwt.addressClaim());
  }
}
