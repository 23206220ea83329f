package dev.onbehalf.spring;

import dev.onbehalf.identity.internal.Checkup;
import dev.onbehalf.rowsecurity.Report;
import dev.onbehalf.rowsecurity.RowSecurity;
import dev.onbehalf.rowsecurity.Scope;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Whether Row-Level Security holds for the people of this application, asked as the service
 * principal and known for a minute; that it can't be asked, for some seconds. However many want to
 * know, the database is asked once at a time. Thread-safe.
 */
public final class RowSecurityReports {
  private static final Duration RECENT = Duration.ofMinutes(1);

  /** How long one waits for a report that is being made. It is made all the same. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final Examination examination;
  private final Scope scope;
  private final Clock clock;
  private final Checkup<Outcome> checkup;
  private volatile @Nullable Known known;

  /** A report, and when it was made. */
  public record Known(Report report, Instant examinedAt) {}

  public RowSecurityReports(DataSource servicePrincipal, Scope scope, Clock clock) {
    this(() -> RowSecurity.examine(servicePrincipal, scope), scope, clock, PATIENCE);
  }

  RowSecurityReports(Examination examination, Scope scope, Clock clock, Duration patience) {
    this.examination = examination;
    this.scope = scope;
    this.clock = clock;
    this.checkup = new Checkup<>(this::look, this::before, clock, patience);
  }

  /** Looks. */
  @FunctionalInterface
  interface Examination {
    Report examine() throws SQLException;
  }

  /** What comes of asking. */
  @FunctionalInterface
  private interface Outcome {
    Known get() throws SQLException;
  }

  /** For whom, and where. */
  public Scope scope() {
    return scope;
  }

  /**
   * How it is, as of a minute ago at most; of longer ago for who asks when many wait already, or
   * the database has not answered in a quarter of a minute.
   *
   * @throws SQLException if the database can't be asked, or has not answered yet for the first time
   * @throws IllegalArgumentException if there is no such role or schema
   */
  public Known latest() throws SQLException {
    Known last = known;
    return last != null && clock.instant().isBefore(last.examinedAt().plus(RECENT))
        ? last
        : checkup.latest().get();
  }

  /**
   * How it is now, however long it takes to find out.
   *
   * @throws SQLException if the database can't be asked
   * @throws IllegalArgumentException if there is no such role or schema
   */
  public Known examine() throws SQLException {
    Report report = examination.examine();
    Known found = new Known(report, clock.instant());
    known = found;
    return found;
  }

  private Outcome look() {
    try {
      Known found = examine();
      return () -> found;
    } catch (SQLException e) {
      return () -> {
        throw new SQLException(e.getMessage(), e.getSQLState(), e);
      };
    } catch (RuntimeException | StackOverflowError e) {
      return () -> {
        throw e;
      };
    }
  }

  /** What is known of before, where that takes long to find out. */
  private Outcome before() {
    Known last = known;
    if (last != null) {
      return () -> last;
    }
    return () -> {
      throw new SQLTransientException(
          "Whether Row-Level Security holds is being found out. Ask again in some seconds.");
    };
  }
}
