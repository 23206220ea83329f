package dev.onbehalf.spring.actuate;

import dev.onbehalf.identity.DatabaseSettings;
import dev.onbehalf.identity.FleetStatus;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.UserPoolStatistics;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * {@code /actuator/onbehalf}: the limits, what all hold together, and the ten busiest users.
 *
 * <p>Addresses are masked unless it is built otherwise: who works at this moment is nobody's
 * business but the operator's, and an endpoint is exposed with one careless asterisk. Thread-safe.
 */
@Endpoint(id = "onbehalf")
public final class OnBehalfEndpoint {
  private static final int BUSIEST = 10;

  private final OnBehalfDatabase database;
  private final boolean maskAddresses;

  public OnBehalfEndpoint(OnBehalfDatabase database, boolean maskAddresses) {
    this.database = database;
    this.maskAddresses = maskAddresses;
  }

  /**
   * What the endpoint answers.
   *
   * @param users the busiest first; the service principal is among them
   * @param fleet where this instance stands among others; null where it is for itself
   */
  public record Report(
      Limits limits, PoolStatistics totals, List<User> users, @Nullable FleetStatus fleet) {}

  /** What was set; durations as ISO 8601 has them. */
  public record Limits(
      int maxConnections,
      int maxConnectionsPerUser,
      int servicePrincipalMaxConnections,
      String connectionTimeout,
      String idleTimeout) {

    static Limits of(DatabaseSettings settings) {
      return new Limits(
          settings.maxConnections(),
          settings.maxConnectionsPerUser(),
          settings.servicePrincipalMaxConnections(),
          settings.connectionTimeout().toString(),
          settings.idleTimeout().toString());
    }
  }

  /** One user's connections. */
  public record User(
      String user,
      boolean servicePrincipal,
      int total,
      int inUse,
      int idle,
      int loggingIn,
      int waiting) {}

  @ReadOperation
  public Report report() {
    List<User> busiest =
        database.statisticsByUser().stream()
            .sorted(
                Comparator.comparingInt((UserPoolStatistics it) -> it.inUse() + it.waiting())
                    .thenComparingInt(UserPoolStatistics::total)
                    .reversed()
                    .thenComparing(UserPoolStatistics::user))
            .limit(BUSIEST)
            .map(this::user)
            .toList();
    return new Report(
        Limits.of(database.settings()),
        database.statistics(),
        busiest,
        database.fleetStatus().orElse(null));
  }

  private User user(UserPoolStatistics it) {
    // The role's name is known: nobody has a pool before they are told apart from it.
    boolean servicePrincipal = it.user().equals(database.servicePrincipalRole());
    return new User(
        maskAddresses ? masked(it.user()) : it.user(),
        servicePrincipal,
        it.total(),
        it.inUse(),
        it.idle(),
        it.loggingIn(),
        it.waiting());
  }

  /** {@code a***@example.com}: enough to recognise whom one knows to look for. */
  private static String masked(String user) {
    int at = user.lastIndexOf('@');
    return user.substring(0, user.offsetByCodePoints(0, 1))
        + "***"
        + (at > 0 ? user.substring(at) : "");
  }
}
