package dev.onbehalf.lakebaselocal.internal.workspace;

import dev.onbehalf.lakebaselocal.internal.token.IssuedToken;
import dev.onbehalf.lakebaselocal.internal.token.TokenAuthority;
import dev.onbehalf.lakebaselocal.internal.token.TokenScopes;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Exchanges an access token for a database credential of the same identity. It lives as long as the
 * request asks, by {@code ttl} or {@code expire_time}, and an hour at most and by default. (The
 * platform allows no less than five minutes; a test may want less.)
 */
final class CredentialsEndpoint implements Endpoint {
  static final String PATH = "/api/2.0/postgres/credentials";
  private static final Duration MAX_LIFETIME = Duration.ofHours(1);

  /** A protobuf duration in JSON: seconds with up to nine decimals, and an s. */
  private static final Pattern TTL = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)s");

  private final BearerAuthentication authentication;
  private final TokenAuthority tokens;
  private final Clock clock;
  private final String endpoint;

  CredentialsEndpoint(
      BearerAuthentication authentication, TokenAuthority tokens, Clock clock, String endpoint) {
    this.authentication = authentication;
    this.tokens = tokens;
    this.clock = clock;
    this.endpoint = endpoint;
  }

  @Override
  public Answer answer(Request request) throws WorkspaceException {
    Identity identity = authentication.identify(request, TokenScopes.POSTGRES);
    JsonObject body = request.json();
    String requested = body.string("endpoint");
    if (!requested.equals(endpoint)) {
      throw WorkspaceException.missing(
          "There is no endpoint \"" + requested + "\"; the one here is \"" + endpoint + "\".");
    }
    IssuedToken credential = tokens.databaseCredential(identity.name(), lifetime(body));
    return Answer.ok(
        Map.of("token", credential.value(), "expire_time", credential.expiresAt().toString()));
  }

  private Duration lifetime(JsonObject body) throws WorkspaceException {
    String ttl = body.optionalString("ttl");
    String expireTime = body.optionalString("expire_time");
    if (ttl != null && expireTime != null) {
      throw WorkspaceException.invalid("Only one of \"ttl\" and \"expire_time\" can be set.");
    }
    if (ttl != null) {
      return checked("ttl", parseTtl(ttl));
    }
    if (expireTime != null) {
      return checked("expire_time", Duration.between(clock.instant(), parseInstant(expireTime)));
    }
    return MAX_LIFETIME;
  }

  private static Duration parseTtl(String ttl) throws WorkspaceException {
    var match = TTL.matcher(ttl);
    if (!match.matches()) {
      throw WorkspaceException.invalid(
          "The field \"ttl\" must be a number of seconds and an s, such as \"3600s\".");
    }
    return Duration.ofNanos(new BigDecimal(match.group(1)).movePointRight(9).longValueExact());
  }

  private static Instant parseInstant(String instant) throws WorkspaceException {
    try {
      return Instant.parse(instant);
    } catch (DateTimeParseException e) {
      throw WorkspaceException.invalid(
          "The field \"expire_time\" must be an instant such as \"2027-01-31T12:00:00Z\".");
    }
  }

  private static Duration checked(String field, Duration lifetime) throws WorkspaceException {
    if (lifetime.isNegative() || lifetime.isZero() || lifetime.compareTo(MAX_LIFETIME) > 0) {
      throw WorkspaceException.invalid(
          "By the field \"" + field + "\" the credential would not live for 0 to 3600 seconds.");
    }
    return lifetime;
  }
}
