package dev.onbehalf.identity.internal;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import dev.onbehalf.pool.Secret;
import java.text.ParseException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a token says of itself. Nothing of it is proved here, and opaque or encrypted tokens say
 * nothing; none is refused, whatever its bytes are.
 */
public final class TokenClaims {
  /** A token that does not say; no scope is spelt so (RFC 6749, 3.3). */
  public static final Set<String> UNKNOWN_SCOPES = Set.of("");

  /** What fits into a {@link java.util.Date}, with room to add to it: the year 9999. */
  private static final long LATEST = 253_402_300_799L;

  private final Map<String, Object> claims;

  private TokenClaims(Map<String, Object> claims) {
    this.claims = claims;
  }

  public static TokenClaims of(Secret token) {
    return of(token.reveal());
  }

  public static TokenClaims of(String token) {
    try {
      // The parser meets more than it expects: a header that is the JSON value null, for one.
      Map<String, Object> claims =
          JWTParser.parse(token) instanceof SignedJWT signed
              ? JSONObjectUtils.parse(signed.getPayload().toString())
              : null;
      return new TokenClaims(claims == null ? Map.of() : claims);
    } catch (ParseException | RuntimeException | StackOverflowError opaqueToken) {
      return new TokenClaims(Map.of());
    }
  }

  /** Who issued it. */
  public Optional<String> issuer() {
    return claims.get("iss") instanceof String issuer ? Optional.of(issuer) : Optional.empty();
  }

  /** When it ends. */
  public Optional<Instant> end() {
    return claims.get("exp") instanceof Number exp && isTime(exp)
        ? Optional.of(Instant.ofEpochSecond(exp.longValue()))
        : Optional.empty();
  }

  /** Whether it is seconds since 1970 of a time that can come; Nimbus lets others overflow. */
  public static boolean isTime(@Nullable Object claim) {
    return claim instanceof Number time && time.doubleValue() >= 0 && time.doubleValue() <= LATEST;
  }

  /**
   * What it may be used for: {@code scope}, with spaces between (RFC 9068, 2.2.3.1), or as other
   * issuers have it {@code scp}, or a list.
   */
  public Set<String> scopes() {
    Object scope = claims.containsKey("scope") ? claims.get("scope") : claims.get("scp");
    Stream<?> items =
        scope instanceof List<?> list
            ? list.stream()
            : scope instanceof String text ? Stream.of(text.split(" ")) : Stream.of(List.of());
    Set<Object> scopes = items.collect(Collectors.toSet());
    return scopes.stream().allMatch(String.class::isInstance)
        ? scopes.stream()
            .map(String.class::cast)
            .filter(item -> !item.isEmpty())
            .collect(Collectors.toUnmodifiableSet())
        : UNKNOWN_SCOPES;
  }
}
