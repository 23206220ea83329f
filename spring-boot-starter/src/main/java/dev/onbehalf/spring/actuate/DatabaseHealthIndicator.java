package dev.onbehalf.spring.actuate;

import dev.onbehalf.identity.FleetStatus;
import dev.onbehalf.identity.IssuerUnavailableException;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.internal.Checkup;
import dev.onbehalf.identity.internal.RepeatedWarning;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.PoolStatisticsSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * Whether the service principal has a connection that the database answers, as of three seconds ago
 * at most: who asks more often, or with many others, costs no further look. The details say why
 * not, without a name: of a host, a role or a person. The log has more. Thread-safe.
 */
public final class DatabaseHealthIndicator implements HealthIndicator {
  private static final int ANSWER_SECONDS = 5;

  /** For what is degraded at the most: who asks about all waits for each part. */
  private static final Duration SHORT_PATIENCE = Duration.ofSeconds(1);

  /** How long one waits for a look: that for a connection, as a rule, and for its answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** Counts for nothing where several are put together, and is answered with 200. */
  private static final Status DEGRADED = new Status("DEGRADED");

  private final RepeatedWarning none = RepeatedWarning.of(DatabaseHealthIndicator.class);
  private final DataSource servicePrincipal;
  private final PoolStatisticsSource pools;
  private final OnBehalfDatabase database;
  private final Checkup<Health> checkup;

  private DatabaseHealthIndicator(
      DataSource servicePrincipal, PoolStatisticsSource pools, OnBehalfDatabase database) {
    this.servicePrincipal = servicePrincipal;
    this.pools = pools;
    this.database = database;
    this.checkup =
        new Checkup<>(
            this::look, this::noAnswer, Clock.systemUTC(), isPrimary() ? PATIENCE : SHORT_PATIENCE);
  }

  /** Of the database itself. */
  public DatabaseHealthIndicator(DataSource servicePrincipal, OnBehalfDatabase database) {
    this(servicePrincipal, database, database);
  }

  /**
   * Of the host for transactions that only read; empty where there is none. When it is gone, those
   * fail and all else works, so that is no reason to send nobody here: it is {@code DEGRADED}.
   *
   * @param servicePrincipal the service principal's connections there
   */
  public static Optional<DatabaseHealthIndicator> ofReadOnlyHost(
      DataSource servicePrincipal, OnBehalfDatabase database) {
    return database
        .readOnlyHost()
        .map(pools -> new DatabaseHealthIndicator(servicePrincipal, pools, database));
  }

  @Override
  public Health health() {
    return database.isSuspended() ? suspended() : checkup.latest();
  }

  /** A look would wait for its time-out, and then say that the database does not answer. */
  private Health suspended() {
    return (isPrimary() ? Health.outOfService() : Health.status(DEGRADED))
        .withDetail("reason", where() + " is suspended: OnBehalfDatabase.resume() ends that")
        .build();
  }

  private Health look() {
    try {
      boolean answers = answers();
      if (!answers) { // a dead connection tells of the past; the pool has dropped it
        answers = answers();
      }
      return answers ? up() : noAnswer();
    } catch (SQLException e) {
      none.log("The service principal has no connection{}: {}", toWhich(), e.getMessage());
      return down()
          .withDetail("reason", reason(e))
          .withDetail("sqlState", e.getSQLState() == null ? "none" : e.getSQLState())
          .build();
    }
  }

  /** A server that bears less than the budget serves all the same, only fewer at once. */
  private Health up() {
    PoolStatistics statistics = pools.statistics();
    Health.Builder up = Health.up();
    if (statistics.isServerFull()) {
      up.withDetail(
          "serverFull",
          "The server bears %s of %s connections (SQLState 53300)"
              .formatted(statistics.effectiveMaxConnections(), statistics.maxConnections()));
    }
    if (isPrimary()) { // a fleet shares nothing else
      database.fleetStatus().ifPresent(fleet -> up.withDetail("fleet", told(fleet)));
    }
    return up.build();
  }

  private static String told(FleetStatus fleet) {
    return "%s instances; %s of %s connections are this one's"
        .formatted(fleet.instances(), fleet.share(), fleet.limit());
  }

  /** A login needs a credential, so this is where the verdict on it is met. */
  private String reason(SQLException e) {
    String none = "The service principal has no connection" + toWhich();
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof IssuerUnavailableException issuer) {
        return none + ": " + PlatformHealthIndicator.reason(issuer, database);
      }
    }
    return none;
  }

  private Health noAnswer() {
    return down().withDetail("reason", where() + " does not answer").build();
  }

  private Health.Builder down() {
    return isPrimary() ? Health.down() : Health.status(DEGRADED);
  }

  private String toWhich() {
    return isPrimary() ? "" : " to the read-only host";
  }

  private boolean isPrimary() {
    return pools == database;
  }

  private String where() {
    return isPrimary() ? "The database" : "The read-only host";
  }

  private boolean answers() throws SQLException {
    try (Connection connection = servicePrincipal.getConnection()) {
      return connection.isValid(ANSWER_SECONDS);
    }
  }
}
