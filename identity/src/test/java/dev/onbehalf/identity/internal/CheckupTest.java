package dev.onbehalf.identity.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.identity.MovableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Health is looked at once in a while, however often it is asked. */
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CheckupTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final MovableClock clock = new MovableClock();
  private final AtomicInteger looks = new AtomicInteger();

  @AfterEach
  void close() {
    threads.shutdownNow();
  }

  private Checkup<String> checkup(Supplier<String> look, Duration timeout) {
    return new Checkup<>(
        () -> {
          looks.incrementAndGet();
          return look.get();
        },
        () -> "no answer",
        clock,
        timeout);
  }

  @Test
  void whatIsKnownIsThreeSecondsOldAtMost() {
    Checkup<String> checkup = checkup(() -> "look " + looks.get(), Duration.ofSeconds(10));
    for (int i = 0; i < 1_000; i++) {
      assertThat(checkup.latest()).isEqualTo("look 1");
    }
    clock.advance(Duration.ofMillis(2_900));
    assertThat(checkup.latest()).isEqualTo("look 1");
    clock.advance(Duration.ofMillis(100));
    assertThat(checkup.latest()).isEqualTo("look 2");
  }

  @Test
  void whoAsksAtTheSameTimeSharesTheLookAndWhereManyWaitTheRestGetWhatWasKnown() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Checkup<String> checkup =
        checkup(
            () -> {
              if (looks.get() > 1) {
                awaitQuietly(go);
              }
              return "look " + looks.get();
            },
            Duration.ofSeconds(20));
    assertThat(checkup.latest()).isEqualTo("look 1");
    clock.advance(Duration.ofSeconds(4));
    List<Future<String>> answers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      answers.add(threads.submit(checkup::latest));
    }
    await().until(() -> answers.stream().filter(Future::isDone).count() == 34);
    go.countDown();
    int fresh = 0;
    for (Future<String> answer : answers) {
      fresh += answer.get().equals("look 2") ? 1 : 0;
    }
    assertThat(fresh).isEqualTo(16);
    assertThat(looks).hasValue(2);
  }

  @Test
  void whatHangsIsNoAnswerForAllAndIsNotBegunAgain() {
    CountDownLatch go = new CountDownLatch(1);
    Checkup<String> checkup =
        checkup(
            () -> {
              awaitQuietly(go);
              return "well";
            },
            Duration.ofMillis(200));
    assertThat(checkup.latest()).isEqualTo("no answer");
    long before = System.nanoTime();
    for (int i = 0; i < 10_000; i++) {
      assertThat(checkup.latest()).isEqualTo("no answer");
    }
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
    assertThat(looks).hasValue(1);
    go.countDown();
    await().untilAsserted(() -> assertThat(checkup.latest()).isEqualTo("well"));
    assertThat(looks).hasValue(1);
  }

  @Test
  void anErrorIsNoAnswer() {
    Checkup<String> checkup =
        checkup(
            () -> {
              throw new StackOverflowError();
            },
            Duration.ofSeconds(10));
    assertThat(checkup.latest()).isEqualTo("no answer");
    assertThat(checkup.latest()).isEqualTo("no answer");
    assertThat(looks).hasValue(1);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
