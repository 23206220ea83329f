package dev.onbehalf.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.identity.MovableClock;
import dev.onbehalf.rowsecurity.Report;
import dev.onbehalf.rowsecurity.Scope;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.AbstractDataSource;

/** However many ask about Row-Level Security, the database is asked once, also while it is down. */
class RowSecurityReportsTest {
  private static final int MANY = 40;

  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch answered = new CountDownLatch(1);
  private final MovableClock clock = new MovableClock();

  private final RowSecurityReports reports =
      new RowSecurityReports(new Down(), Scope.of("group:people"), clock);

  private final class Down extends AbstractDataSource {
    @Override
    public Connection getConnection() throws SQLException {
      asked.incrementAndGet();
      awaitAnswer();
      throw new SQLException("The database is down", "08001");
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
      return getConnection();
    }
  }

  private void assertDown() {
    assertThatThrownBy(reports::latest)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08001"))
        .hasMessageContaining("is down");
  }

  @Test
  void whoAsksWhileManyWaitDoesNotWait() throws InterruptedException {
    AtomicInteger told = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      Thread thread =
          new Thread(
              () -> {
                assertThatThrownBy(reports::latest).isInstanceOf(SQLException.class);
                told.incrementAndGet();
              });
      thread.start();
      threads.add(thread);
    }
    await().until(() -> told.get() >= MANY / 2);
    answered.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(told).hasValue(MANY);
    assertThat(asked).hasValue(1);
  }

  @Test
  void whoIsNotAnsweredInTimeIsToldWhatWasKnownBefore() throws Exception {
    AtomicInteger times = new AtomicInteger();
    RowSecurityReports slow =
        new RowSecurityReports(
            () -> {
              if (times.incrementAndGet() > 1) {
                awaitAnswer();
              }
              return new Report(170000, times.get(), 0, List.of());
            },
            Scope.of("group:people"),
            clock,
            Duration.ofMillis(50));
    assertThat(slow.examine().report().people()).isEqualTo(1);
    clock.advance(Duration.ofMinutes(1));
    assertThat(slow.latest().report().people()).isEqualTo(1);
    answered.countDown();
    await().untilAsserted(() -> assertThat(slow.latest().report().people()).isEqualTo(2));
  }

  private void awaitAnswer() {
    try {
      assertThat(answered.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void thatItIsDownIsKnownForSomeSeconds() {
    answered.countDown();
    assertDown();
    assertDown();
    assertThat(asked).hasValue(1);
    clock.advance(Duration.ofSeconds(3));
    assertDown();
    assertThat(asked).hasValue(2);
  }
}
