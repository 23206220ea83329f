package dev.onbehalf.spring.actuate;

import dev.onbehalf.lakebase.IdentityException;
import dev.onbehalf.lakebase.Lakebase;
import dev.onbehalf.lakebase.WorkspaceUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether the workspace answers, and takes the service principal. Open connections need no
 * workspace; new ones, and the proof of a token that was not seen lately, do. Thread-safe.
 */
public final class WorkspaceHealthIndicator implements HealthIndicator {
  private static final Logger log = LoggerFactory.getLogger(WorkspaceHealthIndicator.class);

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
      return down("The workspace does not answer", e);
    } catch (IdentityException e) {
      return down("The workspace refuses the service principal", e);
    }
  }

  private static Health down(String reason, RuntimeException e) {
    log.warn("{}: {}", reason, e.getMessage());
    return Health.down().withDetail("reason", reason).build();
  }
}
