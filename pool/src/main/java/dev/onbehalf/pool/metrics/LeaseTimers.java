package dev.onbehalf.pool.metrics;

import dev.onbehalf.pool.Observer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/**
 * Times each lease: {@code onbehalf.pool.acquire}, how long callers waited, connections at hand
 * included, and {@code onbehalf.pool.usage}, for how long they had them.
 *
 * <pre>{@code
 * UserPoolManager.builder(factory, provider).observer(new LeaseTimers(registry).and(tracer));
 * }</pre>
 *
 * <p>Whether they are histograms the registry's filters say (in Spring Boot {@code
 * management.metrics.distribution.percentiles-histogram.onbehalf.pool.usage=true}). Each lease
 * costs two recordings. Thread-safe.
 */
public final class LeaseTimers implements Observer {
  private final Timer acquire;
  private final Timer usage;

  /** Timers in a registry. */
  public LeaseTimers(MeterRegistry registry) {
    this.acquire =
        Timer.builder("onbehalf.pool.acquire")
            .description("How long callers waited for a connection")
            .register(registry);
    this.usage =
        Timer.builder("onbehalf.pool.usage")
            .description("How long callers had a connection")
            .register(registry);
  }

  @Override
  public boolean hearsLeases() {
    return true;
  }

  @Override
  public void leased(long nanos, boolean opened) {
    acquire.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void returned(long nanos) {
    usage.record(nanos, TimeUnit.NANOSECONDS);
  }
}
