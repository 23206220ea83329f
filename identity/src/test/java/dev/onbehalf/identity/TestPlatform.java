package dev.onbehalf.identity;

import com.github.benmanes.caffeine.cache.Scheduler;
import dev.onbehalf.pool.Secret;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import javax.sql.DataSource;

/** What tests need of a platform, and of the database on it. */
public final class TestPlatform {
  /** One that proves nothing, and whose credentials nobody takes. */
  static final Platform VERIFIES_NOTHING =
      Platform.of(
          identity -> {
            throw new IdentityException(IdentityException.Reason.TOKEN_REFUSED, "Nobody's");
          },
          (user, accessToken) -> new DatabaseCredential(Secret.of("x"), Instant.MAX),
          () -> new DatabaseCredential(Secret.of("x"), Instant.MAX));

  private TestPlatform() {}

  /** A database whose time is the test's. */
  public static OnBehalfDatabase database(
      DatabaseSettings settings, Platform platform, Clock clock) {
    Scheduler scheduler =
        clock instanceof MovableClock movable ? movable : Scheduler.systemScheduler();
    return OnBehalfDatabase.of(settings, platform, clock, scheduler);
  }

  /** Whom the database takes a connection of {@code dataSource} for. */
  public static String whoIs(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT current_user")) {
      row.next();
      return row.getString(1);
    }
  }

  /** How many proofs and refusals are kept. */
  public static long proofs(OnBehalfDatabase database) {
    return database.proofs();
  }

  /** What the application's sessions begin with. */
  public static String startupOptions(DatabaseSettings settings) {
    return settings.startupOptions.text();
  }
}
