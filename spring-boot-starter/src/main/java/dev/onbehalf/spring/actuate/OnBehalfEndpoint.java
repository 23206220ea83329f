package dev.onbehalf.spring.actuate;

import dev.onbehalf.identity.DatabaseSettings;
import dev.onbehalf.identity.FleetStatus;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.pool.PoolSnapshot;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.UserPoolStatistics;
import dev.onbehalf.spring.MaskedAddresses;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * {@code /actuator/onbehalf}: the limits, what all hold together, the ten busiest users, who holds
 * connections since when and who waits for what, logins under way, and what was closed or refused
 * lately.
 *
 * <p>Addresses are masked unless it is built otherwise: who works at this moment is nobody's
 * business but the operator's, and an endpoint is exposed with one careless asterisk. Thread-safe.
 */
@Endpoint(id = "onbehalf")
public final class OnBehalfEndpoint {
  private static final int BUSIEST = 10;

  private final OnBehalfDatabase database;
  private final boolean maskAddresses;
  private final Clock clock = Clock.systemUTC();

  public OnBehalfEndpoint(OnBehalfDatabase database, boolean maskAddresses) {
    this.database = database;
    this.maskAddresses = maskAddresses;
  }

  /**
   * What the endpoint answers.
   *
   * @param users the busiest first; the service principal is among them
   * @param holders who has connections in use, the longest first
   * @param loggingIn logins under way, the longest first
   * @param waiting whose callers wait, the first come first
   * @param evictions connections closed lately, the latest first
   * @param backOffs whose logins wait after a refused one
   * @param fleet where this instance stands among others; null where it is for itself
   */
  public record Report(
      Limits limits,
      PoolStatistics totals,
      List<User> users,
      List<Facts.Holder> holders,
      List<Facts.Login> loggingIn,
      List<Facts.Waiting> waiting,
      List<Facts.Eviction> evictions,
      List<Facts.BackOff> backOffs,
      @Nullable FleetStatus fleet) {}

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
    PoolSnapshot now = database.snapshot();
    Facts facts = new Facts(now, clock.instant(), this::shown, this::isServicePrincipal);
    return new Report(
        Limits.of(database.settings()),
        now.totals(),
        busiest,
        facts.holders(),
        facts.loggingIn(),
        facts.waiting(),
        facts.evictions(),
        facts.backOffs(),
        database.fleetStatus().orElse(null));
  }

  private User user(UserPoolStatistics it) {
    return new User(
        shown(it.user()),
        isServicePrincipal(it.user()),
        it.total(),
        it.inUse(),
        it.idle(),
        it.loggingIn(),
        it.waiting());
  }

  /** The role's name is known: nobody has a pool before they are told apart from it. */
  private boolean isServicePrincipal(String user) {
    return user.equals(database.servicePrincipalRole());
  }

  private String shown(String user) {
    return maskAddresses ? MaskedAddresses.name(user) : user;
  }
}
