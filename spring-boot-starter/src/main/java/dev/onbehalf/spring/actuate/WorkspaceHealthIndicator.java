package dev.onbehalf.spring.actuate;

import dev.onbehalf.lakebase.Lakebase;
import dev.onbehalf.lakebase.WorkspaceUnavailableException;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether the workspace answers, and takes the service principal, as of three seconds ago at most:
 * {@link Lakebase#askWorkspace}. Open connections need no workspace; new ones, and the proof of a
 * token that was not seen lately, do. Thread-safe.
 */
public final class WorkspaceHealthIndicator implements HealthIndicator {
  private final Lakebase lakebase;

  public WorkspaceHealthIndicator(Lakebase lakebase) {
    this.lakebase = lakebase;
  }

  @Override
  public Health health() {
    try {
      lakebase.askWorkspace();
      return Health.up().build();
    } catch (WorkspaceUnavailableException e) {
      return Health.down().withDetail("reason", reason(e)).build();
    }
  }

  /** Without a name: of a host, an endpoint or the service principal. */
  static String reason(WorkspaceUnavailableException e) {
    return switch (e.reason()) {
      case UNREACHABLE -> "The workspace does not answer";
      case UNTRUSTED -> "The workspace's certificate is not trusted";
      case NO_SUCH_ENDPOINT -> "The workspace has no endpoint of the name in LAKEBASE_ENDPOINT";
      case SERVICE_PRINCIPAL_REFUSED -> "The workspace refuses the service principal";
      case REQUEST_REFUSED -> "The workspace refuses what it is asked for";
      case ANSWER_UNREADABLE -> "What answers at DATABRICKS_HOST is no workspace";
    };
  }
}
