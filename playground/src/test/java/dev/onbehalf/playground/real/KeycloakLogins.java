package dev.onbehalf.playground.real;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.net.MalformedURLException;
import java.net.URI;
import java.text.ParseException;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * The login check of a database that takes Keycloak's tokens for its audience as passwords: that of
 * the person for the role that is spelt like their address, that of the application for its own.
 * PostgreSQL 17 has none such; this stands before it, and Keycloak's keys decide.
 */
final class KeycloakLogins implements BiPredicate<String, String> {
  private static final String OWN = "service-account-shop";

  private final DefaultJWTProcessor<SecurityContext> tokens = new DefaultJWTProcessor<>();
  private volatile String ownRole = "";

  KeycloakLogins(String issuer) {
    try {
      tokens.setJWSKeySelector(
          new JWSVerificationKeySelector<>(
              JWSAlgorithm.RS256,
              JWKSourceBuilder.<SecurityContext>create(
                      URI.create(issuer + "/protocol/openid-connect/certs").toURL())
                  .build()));
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
    DefaultJWTClaimsVerifier<SecurityContext> claims =
        new DefaultJWTClaimsVerifier<>(
            "shop-database",
            new JWTClaimsSet.Builder().issuer(issuer).claim("azp", "shop").build(),
            Set.of("exp", "preferred_username"));
    claims.setMaxClockSkew(0);
    tokens.setJWTClaimsSetVerifier(claims);
  }

  /** Names the role that the application logs in as. */
  void ownRole(String role) {
    ownRole = role;
  }

  @Override
  public boolean test(String role, String password) {
    try {
      JWTClaimsSet claims = tokens.process(password, null);
      return role.equals(ownRole)
          ? OWN.equals(claims.getStringClaim("preferred_username"))
          : role.equals(claims.getStringClaim("email"))
              && Boolean.TRUE.equals(claims.getBooleanClaim("email_verified"));
    } catch (ParseException | BadJOSEException | JOSEException e) {
      return false;
    }
  }
}
