package dev.onbehalf.spring.actuate;

import dev.onbehalf.lakebase.IdentityException;
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
      return down("The workspace does not answer");
    } catch (IdentityException e) {
      return down("The workspace refuses the service principal");
    }
  }

  private static Health down(String reason) {
    return Health.down().withDetail("reason", reason).build();
  }
}
