package dev.onbehalf.spring.actuate;

import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.identity.IssuerUnavailableException;
import dev.onbehalf.pool.ConnectionTimeoutException;
import dev.onbehalf.pool.Observer;
import dev.onbehalf.spring.PersonHash;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Makes observations of what takes time: {@code onbehalf.acquire}, {@code onbehalf.credential},
 * {@code onbehalf.login}, {@code onbehalf.proof} and {@code onbehalf.exchange}. Micrometer turns
 * each into a timer, and a tracer, where there is one, into a span below the request that asked for
 * it, on whichever thread it runs.
 *
 * <p>The one tag of our own is {@code outcome}: {@code success}, {@code refused} (a token, an
 * identity or a login), {@code timeout} (no connection in time), {@code unavailable} (the issuer or
 * the database), {@code failed}. Users are no tags: they are many, and people.
 *
 * <p>With a {@link PersonHash}, spans say for whom the thread works, where that is known: {@code
 * user.hash} (OpenTelemetry, "Semantic conventions for user"), which a meter never has. A lease
 * leaves {@code onbehalf.connection}, {@code hit} or {@code login}, on the span in which it was
 * taken. A hit has no span of its own: it is over sooner. Thread-safe.
 */
public final class MicrometerObserver implements Observer {
  private static final String OUTCOME = "outcome";

  private final ObservationRegistry registry;
  private final @Nullable PersonHash people;

  /**
   * Observes in a registry.
   *
   * @param people null where there is no tracer
   */
  public MicrometerObserver(ObservationRegistry registry, @Nullable PersonHash people) {
    this.registry = registry;
    this.people = people;
  }

  @Override
  public <T, E extends Exception> T observe(String operation, Work<T, E> work) throws E {
    tellPerson(registry.getCurrentObservation());
    Observation.Context context = new Observation.Context();
    Observation observation = Observation.start("onbehalf." + operation, () -> context, registry);
    tellPerson(observation);
    try (Observation.Scope scope = observation.openScope()) {
      T result = work.run();
      observation.lowCardinalityKeyValue(OUTCOME, "success");
      return result;
    } catch (Throwable e) {
      observation.lowCardinalityKeyValue(OUTCOME, outcome(e));
      observation.highCardinalityKeyValue("error.type", e.getClass().getName());
      observation.error(WordlessFailure.of(e)); // which spans keep
      context.setError(e); // of which meters take the type
      throw e;
    } finally {
      observation.stop();
    }
  }

  @Override
  public boolean hearsLeases() {
    return people != null;
  }

  @Override
  public void leased(long nanos, boolean opened) {
    Observation here = registry.getCurrentObservation();
    if (here != null) {
      here.highCardinalityKeyValue("onbehalf.connection", opened ? "login" : "hit");
      tellPerson(here);
    }
  }

  private void tellPerson(@Nullable Observation span) {
    if (people != null && span != null) {
      people.current().ifPresent(hash -> span.highCardinalityKeyValue("user.hash", hash));
    }
  }

  @Override
  public Runnable handOver(Runnable task) {
    Observation here = registry.getCurrentObservation();
    return here == null ? task : () -> here.scoped(task);
  }

  private static String outcome(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof IdentityException) {
        return "refused";
      }
      if (e instanceof IssuerUnavailableException) {
        return "unavailable";
      }
      if (e instanceof ConnectionTimeoutException) {
        return "timeout";
      }
      if (e instanceof SQLException sql && sql.getSQLState() != null) {
        return outcome(sql.getSQLState());
      }
    }
    return "failed";
  }

  /** PostgreSQL manual, appendix A. */
  private static String outcome(String sqlState) {
    return switch (sqlState.substring(0, Math.min(2, sqlState.length()))) {
      case "28" -> "refused";
      case "08", "53", "57" -> "unavailable";
      default -> "failed";
    };
  }
}
