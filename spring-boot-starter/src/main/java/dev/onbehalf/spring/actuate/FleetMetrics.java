package dev.onbehalf.spring.actuate;

import dev.onbehalf.identity.FleetStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * Where this instance stands among those that share a database: {@code onbehalf.fleet.instances},
 * zero while it is out of touch with them, {@code onbehalf.fleet.share} and {@code
 * onbehalf.fleet.limit}, in connections. Thread-safe.
 */
public final class FleetMetrics implements MeterBinder {
  private final Supplier<Optional<FleetStatus>> fleet;

  /** Of one that is in a fleet, or not; that does not change. */
  public FleetMetrics(Supplier<Optional<FleetStatus>> fleet) {
    this.fleet = fleet;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    if (fleet.get().isEmpty()) {
      return;
    }
    gauge("instances", "Instances alive, this one included", FleetStatus::instances, registry);
    gauge("share", "Connections that are this instance's", FleetStatus::share, registry);
    gauge("limit", "Connections that all may hold together", FleetStatus::limit, registry);
  }

  private void gauge(
      String name, String description, ToIntFunction<FleetStatus> value, MeterRegistry registry) {
    Gauge.builder("onbehalf.fleet." + name, () -> value.applyAsInt(fleet.get().orElseThrow()))
        .description(description)
        .register(registry);
  }
}
