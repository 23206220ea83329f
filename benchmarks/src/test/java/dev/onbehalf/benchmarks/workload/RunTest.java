package dev.onbehalf.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.benchmarks.workload.Client.Request;
import dev.onbehalf.benchmarks.workload.Database.Login;
import dev.onbehalf.benchmarks.workload.Database.RowSecurity;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;

/** What a run counts, against a real database. */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(120)
class RunTest {
  private final Database database;

  RunTest() throws IOException, SQLException {
    database = Database.start(2, 20);
  }

  @BeforeAll
  void trust() throws IOException, SQLException {
    database.require(Login.TRUST, RowSecurity.ENABLE);
  }

  @AfterAll
  void stop() throws IOException {
    database.close();
  }

  /** Serves one after the other, each in 20 ms and a little more. */
  private final class Slow implements Peer {
    @Override
    public Connection connection(String user) throws SQLException {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20);
      while (System.nanoTime() < end) {
        LockSupport.parkNanos(end - System.nanoTime());
      }
      return database.login(user);
    }

    @Override
    public void close() {}
  }

  private static Supplier<Request> every(Duration pause) {
    return new Supplier<>() {
      private int drawn;

      @Override
      public Request get() {
        return new Request(Database.user(0), drawn++ * pause.toNanos());
      }
    };
  }

  @Test
  void whoFallsBehindIsChargedForAllWhoWait() throws Exception {
    List<Client> clients = Client.arriving(every(Duration.ofMillis(10)), 1);

    Result result = Run.of(database, new Slow(), clients, Duration.ZERO, Duration.ofMillis(600));

    assertThat(result.perSecond()).isEqualTo(100); // all that came, none left out
    assertThat(result.failures()).isZero();
    assertThat(result.p50()).isGreaterThan(250); // one alone takes a tenth of it
    assertThat(result.p99()).isGreaterThan(500);
  }

  @Test
  void whatIsServedInTheWarmUpIsTheStart() throws Exception {
    List<Client> clients = Client.arriving(every(Duration.ofMillis(50)), 4);
    Duration half = Duration.ofMillis(500);

    Result result = Run.of(database, new Slow(), clients, half, half);

    assertThat(result.atStart()).isEqualTo(20);
    assertThat(result.perSecond()).isEqualTo(20);
  }

  @Test
  void afterAChangeNobodyLogsInWithTheOldPassword() throws Exception {
    database.require(Login.SCRAM, RowSecurity.DISABLE);
    String old = database.password();
    try {
      while (!isRefused("nobody's")) { // the server reads its rules again when it comes to it
        Thread.onSpinWait();
      }
      assertThat(isRefused(old)).isFalse();

      database.changePasswords("another");

      assertThat(isRefused("another")).isFalse();
      assertThat(isRefused(old)).isTrue();
    } finally {
      database.require(Login.TRUST, RowSecurity.ENABLE);
    }
  }

  private boolean isRefused(String password) {
    try {
      Database.login(database.url(), Database.user(1), password).close();
      return false;
    } catch (SQLException e) {
      assertThat(e.getMessage()).contains("password authentication failed");
      return true;
    }
  }
}
