package dev.onbehalf.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the provider answers to a question from before a user was closed opens nothing. */
@Timeout(60)
final class AnswerFromBeforeTest {
  private final StubServer server = new StubServer();
  private final CountDownLatch answer = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();

  private Secret credential(String user) throws SQLException {
    if (asked.incrementAndGet() > 1) {
      throw new SQLException(user + " has signed out", "08004");
    }
    try {
      answer.await();
    } catch (InterruptedException e) {
      throw new SQLException(e);
    }
    return Secret.of("old");
  }

  @Test
  void not_even_of_a_user_who_was_forgotten_meanwhile() throws Exception {
    try (UserPoolManager manager = UserPoolManager.builder(server, this::credential).build()) {
      UserPool alice = manager.getPool("alice");
      assertThatThrownBy(() -> alice.getConnection(Duration.ofMillis(100)))
          .isInstanceOf(ConnectionTimeoutException.class);
      await().until(() -> !manager.hasPool("alice"));
      manager.closePool("alice");

      CompletableFuture<Boolean> later =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  alice.getConnection(Duration.ofSeconds(20)).close();
                  return true;
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      await().until(() -> asked.get() > 1 || manager.hasPool("alice"));
      answer.countDown();
      assertThatThrownBy(() -> later.get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasStackTraceContaining("alice has signed out");
      assertThat(server.logins).isEmpty();
    }
  }
}
