package dev.onbehalf.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who was to be warmed and is signed out, or whose manager closes, is not logged in any more. */
@Timeout(60)
final class PrewarmAtTheEndTest {
  /** As many are asked for at once. */
  private static final int AT_ONCE = 32;

  private final StubServer server = new StubServer();
  private final CountDownLatch slow = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();
  private final UserPoolManager manager =
      UserPoolManager.builder(
              server,
              user -> {
                asked.incrementAndGet();
                awaitTheProvider();
                answered.incrementAndGet();
                return Secret.of("secret");
              })
          .closeGracePeriod(Duration.ofMillis(100))
          .build();

  /** As one does that no interrupt ends. */
  private void awaitTheProvider() {
    boolean over = false;
    while (!over) {
      try {
        slow.await();
        over = true;
      } catch (InterruptedException e) {
        // goes on
      }
    }
  }

  @AfterEach
  void end() {
    slow.countDown();
    manager.close();
  }

  private void prewarm(int people) {
    for (int i = 0; i < people; i++) {
      manager.getPool("person" + i).prewarm();
    }
    await().untilAsserted(() -> assertThat(asked).hasValue(AT_ONCE));
  }

  @Test
  void nothing_begins_after_the_manager_has_closed() {
    prewarm(2 * AT_ONCE);
    manager.close();
    slow.countDown();
    await().untilAsserted(() -> assertThat(answered).hasValue(AT_ONCE));
    await()
        .during(Duration.ofMillis(200))
        .untilAsserted(() -> assertThat(manager.statistics().loggingIn()).isZero());
    assertThat(asked).as("asked for").hasValue(AT_ONCE);
    assertThat(server.logins).isEmpty();
  }

  @Test
  void whoever_is_signed_out_before_their_turn_is_not_logged_in() {
    prewarm(AT_ONCE + 1);
    manager.getPool("eve").prewarm();
    manager.closePool("eve");
    slow.countDown();
    await().untilAsserted(() -> assertThat(manager.statistics().logins()).isEqualTo(AT_ONCE + 1L));
    await()
        .during(Duration.ofMillis(200))
        .untilAsserted(() -> assertThat(server.logins).doesNotContain("eve"));
    assertThat(manager.hasPool("eve")).isFalse();
  }
}
