package dev.onbehalf.spring.actuate;

import dev.onbehalf.identity.IssuerUnavailableException;
import dev.onbehalf.identity.OnBehalfDatabase;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether what vouches for people, such as the workspace, answers and takes the service principal,
 * as of three seconds ago at most: {@link OnBehalfDatabase#checkPlatform}. Open connections need
 * none of it; new ones, and the proof of who asks, do. Thread-safe.
 */
public final class PlatformHealthIndicator implements HealthIndicator {
  private final OnBehalfDatabase database;

  public PlatformHealthIndicator(OnBehalfDatabase database) {
    this.database = database;
  }

  @Override
  public Health health() {
    try {
      database.checkPlatform();
      return Health.up().build();
    } catch (IssuerUnavailableException e) {
      return Health.down().withDetail("reason", reason(e, database)).build();
    } catch (RuntimeException e) { // whose words are nobody's business
      return Health.down().withDetail("reason", e.getClass().getSimpleName()).build();
    }
  }

  /** Without a name: of a host, an endpoint or the service principal. */
  static String reason(IssuerUnavailableException e, OnBehalfDatabase database) {
    String issuer = database.platform().healthName().orElse("issuer");
    return switch (e.reason()) {
      case UNREACHABLE -> "The %s does not answer".formatted(issuer);
      case FLEET_UNREACHABLE -> "The database, which says who has signed out, does not answer";
      case UNTRUSTED -> "The %s's certificate is not trusted".formatted(issuer);
      case NO_SUCH_ENDPOINT ->
          "The %s has no endpoint of the name in LAKEBASE_ENDPOINT".formatted(issuer);
      case SERVICE_PRINCIPAL_REFUSED -> "The %s refuses the service principal".formatted(issuer);
      case REQUEST_REFUSED -> "The %s refuses what it is asked for".formatted(issuer);
      case ANSWER_UNREADABLE -> "What answers is no %s".formatted(issuer);
    };
  }
}
