package dev.onbehalf.pool.metrics;

import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.PoolStatistics.Evictions;
import dev.onbehalf.pool.PoolStatisticsSource;
import dev.onbehalf.pool.UserPoolStatistics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The statistics of a manager, or of who has one, as meters named {@code onbehalf.pool.*}.
 *
 * <pre>{@code
 * PoolMetrics.of(manager).bindTo(registry);
 * }</pre>
 *
 * <p>Users don't appear as tags: they are many, come and go, and are people. Who wants them all the
 * same takes {@link #withUsers} and calls {@link #updateUsers} before each report. The meters do
 * not keep the manager from being collected. Thread-safe.
 */
public final class PoolMetrics implements MeterBinder {
  private static final String PREFIX = "onbehalf.pool.";

  private final PoolStatisticsSource source;
  private final Tags tags;
  private final boolean users;
  private volatile @Nullable MultiGauge connectionsByUser;
  private volatile @Nullable MultiGauge waitingByUser;

  private PoolMetrics(PoolStatisticsSource source, Tags tags, boolean users) {
    this.source = source;
    this.tags = tags;
    this.users = users;
  }

  /** Meters over all users. */
  public static PoolMetrics of(PoolStatisticsSource source) {
    return of(source, Tags.empty());
  }

  /** Meters over all users with tags of their own, where there are several managers. */
  public static PoolMetrics of(PoolStatisticsSource source, Tags tags) {
    return new PoolMetrics(source, tags, false);
  }

  /** The same, and the connections and waiting callers of each user, tagged {@code user}. */
  public static PoolMetrics withUsers(PoolStatisticsSource source) {
    return new PoolMetrics(source, Tags.empty(), true);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    connections(registry, "in use", PoolStatistics::inUse);
    connections(registry, "idle", PoolStatistics::idle);
    connections(registry, "logging in", PoolStatistics::loggingIn);
    gauge(registry, "connections.max", "The budget", PoolStatistics::maxConnections);
    gauge(
        registry,
        "connections.max.effective",
        "The budget, or what a server that is full before it bears",
        PoolStatistics::effectiveMaxConnections);
    gauge(registry, "waiting", "Callers that wait", PoolStatistics::waiting);
    gauge(registry, "users", "Users known", PoolStatistics::users);
    gauge(registry, "users.waiting", "Users with callers that wait", PoolStatistics::usersWaiting);
    counter(registry, "acquired", "Connections handed out", PoolStatistics::acquired);
    counter(registry, "logins", "Successful logins", PoolStatistics::logins);
    counter(registry, "logins.failed", "Failed logins", PoolStatistics::failedLogins);
    counter(registry, "timeouts", "Callers that waited in vain", PoolStatistics::timeouts);
    evictions(registry, "budget", Evictions::budget);
    evictions(registry, "idle", Evictions::idle);
    evictions(registry, "lifetime", Evictions::lifetime);
    evictions(registry, "broken", Evictions::broken);
    evictions(registry, "closed", Evictions::closed);
    if (users) {
      connectionsByUser = byUser(registry, "user.connections", "Connections of a user");
      waitingByUser = byUser(registry, "user.waiting", "Callers of a user that wait");
    }
  }

  /** Brings the users' meters up to date; does nothing for meters without users. */
  public void updateUsers() {
    update(connectionsByUser, UserPoolStatistics::total);
    update(waitingByUser, UserPoolStatistics::waiting);
  }

  private void update(@Nullable MultiGauge gauge, ToDoubleFunction<UserPoolStatistics> value) {
    if (gauge != null) {
      gauge.register(rows(value), true);
    }
  }

  private List<Row<?>> rows(ToDoubleFunction<UserPoolStatistics> value) {
    return source.statisticsByUser().stream()
        .<Row<?>>map(user -> Row.of(Tags.of("user", user.user()), value.applyAsDouble(user)))
        .toList();
  }

  private static MultiGauge byUser(MeterRegistry registry, String name, String description) {
    return MultiGauge.builder(PREFIX + name).description(description).register(registry);
  }

  private void connections(
      MeterRegistry registry, String state, ToDoubleFunction<PoolStatistics> value) {
    Gauge.builder(PREFIX + "connections", source, it -> value.applyAsDouble(it.statistics()))
        .description("Physical connections")
        .tags(tags)
        .tag("state", state)
        .register(registry);
  }

  private void gauge(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<PoolStatistics> value) {
    Gauge.builder(PREFIX + name, source, it -> value.applyAsDouble(it.statistics()))
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private void counter(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<PoolStatistics> value) {
    FunctionCounter.builder(PREFIX + name, source, it -> value.applyAsDouble(it.statistics()))
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private void evictions(MeterRegistry registry, String cause, ToLongFunction<Evictions> value) {
    FunctionCounter.builder(
            PREFIX + "evictions", source, it -> value.applyAsLong(it.statistics().evicted()))
        .description("Connections closed")
        .tags(tags)
        .tag("cause", cause)
        .register(registry);
  }
}
