package dev.onbehalf.spring;

import dev.onbehalf.rowsecurity.Report;
import dev.onbehalf.rowsecurity.RowSecurity;
import dev.onbehalf.rowsecurity.Scope;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Whether Row-Level Security holds for the people of this application, asked as the service
 * principal and known for a minute. Thread-safe: who asks while it is being found out waits.
 */
public final class RowSecurityReports {
  private static final Duration RECENT = Duration.ofMinutes(1);

  private final DataSource servicePrincipal;
  private final Scope scope;
  private final Clock clock;
  private final ReentrantLock examining = new ReentrantLock();
  private @Nullable Known known; // guarded by examining

  /** A report, and when it was made. */
  public record Known(Report report, Instant examinedAt) {}

  public RowSecurityReports(DataSource servicePrincipal, Scope scope, Clock clock) {
    this.servicePrincipal = servicePrincipal;
    this.scope = scope;
    this.clock = clock;
  }

  /** For whom, and where. */
  public Scope scope() {
    return scope;
  }

  /**
   * How it is, as of a minute ago at most.
   *
   * @throws SQLException if the database can't be asked
   * @throws IllegalArgumentException if there is no such role or schema
   */
  public Known latest() throws SQLException {
    examining.lock();
    try {
      Known last = known;
      Instant now = clock.instant();
      if (last == null || !now.isBefore(last.examinedAt().plus(RECENT))) {
        last = new Known(RowSecurity.examine(servicePrincipal, scope), now);
        known = last;
      }
      return last;
    } finally {
      examining.unlock();
    }
  }
}
