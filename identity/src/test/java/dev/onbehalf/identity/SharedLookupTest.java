package dev.onbehalf.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.identity.Lane.Bounds;
import dev.onbehalf.identity.Lane.Turn;
import dev.onbehalf.pool.Observer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
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

/** Callers who want the same answer share one look-up, and what nobody wants is not looked up. */
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedLookupTest {
  private record Answer(String text, Instant goodUntil) implements SharedLookup.Expiring {}

  private final MovableClock clock = new MovableClock();

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Lane lane = new Lane(Bounds.ofThreads(1), threads);
  private final SharedLookup<String, Answer> lookup = lookup(Duration.ofSeconds(20));

  @AfterEach
  void close() {
    threads.shutdownNow();
  }

  private SharedLookup<String, Answer> lookup(Duration timeout) {
    return new SharedLookup<>(100, clock, timeout, Observer.NOBODY);
  }

  private Answer get(String key, Supplier<Answer> answer) {
    return lookup.get(key, lane, new Turn(key, 0, 0), answer);
  }

  private Answer answer(String text) {
    return new Answer(text, clock.instant().plusSeconds(60));
  }

  @Test
  void aFailureIsNotKept() {
    AtomicInteger asked = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(
              () ->
                  get(
                      "a",
                      () -> {
                        asked.incrementAndGet();
                        throw new IllegalStateException("no answer");
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("no answer");
    }
    assertThat(asked).hasValue(3);
    assertThat(get("a", () -> answer("at last")).text()).isEqualTo("at last");
  }

  @Test
  void failuresTakeNoPlace() {
    for (int i = 0; i < 50; i++) {
      String key = "key-" + i;
      assertThatThrownBy(
              () ->
                  get(
                      key,
                      () -> {
                        throw new IllegalStateException(key);
                      }))
          .hasMessage(key);
    }
    assertThat(lookup.size()).isZero();
  }

  @Test
  void whatNobodyWaitsForAnyMoreIsNotLookedUp() throws Exception {
    SharedLookup<String, Answer> hurried = lookup(Duration.ofMillis(200));
    CountDownLatch go = new CountDownLatch(1);
    List<String> made = new CopyOnWriteArrayList<>();
    Future<Answer> first =
        threads.submit(
            () ->
                get(
                    "held",
                    () -> {
                      made.add("held");
                      awaitQuietly(go);
                      return answer("held");
                    }));
    await().until(() -> made.contains("held"));

    Supplier<Answer> unwanted =
        () -> {
          made.add("unwanted");
          return answer("unwanted");
        };
    List<Future<Answer>> givenUp = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      givenUp.add(threads.submit(() -> hurried.get("a", lane, new Turn("a", 0, 0), unwanted)));
    }
    for (Future<Answer> caller : givenUp) {
      assertThatThrownBy(caller::get).hasCauseInstanceOf(IssuerUnavailableException.class);
    }
    Future<?> interrupted = threads.submit(() -> get("b", unwanted));
    await().until(() -> lookup.size() == 2);
    interrupted.cancel(true);
    await().until(() -> lookup.size() == 1);

    go.countDown();
    assertThat(first.get().text()).isEqualTo("held");
    assertThat(get("a", () -> answer("another")).text()).isEqualTo("another");
    assertThat(made).containsExactly("held");
    assertThat(hurried.size()).isZero();
  }

  @Test
  void whoGivesUpTakesNothingFromTheOthers() throws Exception {
    SharedLookup<String, Answer> patient = lookup;
    CountDownLatch go = new CountDownLatch(1);
    Supplier<Answer> slow =
        () -> {
          awaitQuietly(go);
          return answer("slow");
        };
    Future<Answer> stays = threads.submit(() -> patient.get("a", lane, new Turn("a", 0, 0), slow));
    Future<Answer> goes = threads.submit(() -> patient.get("a", lane, new Turn("a", 0, 0), slow));
    await().until(() -> patient.size() == 1);
    goes.cancel(true);
    go.countDown();
    assertThat(stays.get().text()).isEqualTo("slow");
  }

  @Test
  void whatIsForgottenWhileItIsLookedUpIsNotKept() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    Future<Answer> first =
        threads.submit(
            () ->
                get(
                    "a",
                    () -> {
                      begun.countDown();
                      awaitQuietly(go);
                      return answer("old");
                    }));
    awaitQuietly(begun);
    lookup.forget("a");
    go.countDown();
    assertThat(first.get().text()).isEqualTo("old");
    assertThat(get("a", () -> answer("new")).text()).isEqualTo("new");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anAnswerThatHasEndedIsAskedForAnew() {
    get("a", () -> answer("first"));
    clock.advance(Duration.ofSeconds(59));
    assertThat(get("a", () -> answer("second")).text()).isEqualTo("first");
    clock.advance(Duration.ofSeconds(1));
    assertThat(lookup.kept("a")).isNull();
    assertThat(get("a", () -> answer("second")).text()).isEqualTo("second");
  }

  /** Counted in one lane and discounted in the other, they would fill theirs up for good. */
  @Test
  void whoJoinsALookUpOfAnotherLaneLeavesNothingBehindInTheirOwn() throws Exception {
    Lane one = new Lane(new Bounds(1, 16, 4), threads);
    Lane other = new Lane(new Bounds(1, 16, 4), threads);
    for (int round = 0; round < 4; round++) {
      joinThreeToOne("shared-" + round, one, other);
    }
    joinThreeToOne("of-this-lane", other, other);
    joinThreeToOne("of-that-lane", one, one);
  }

  private void joinThreeToOne(String key, Lane first, Lane joining) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    Supplier<Answer> slow =
        () -> {
          begun.countDown();
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return answer(key);
        };
    Queue<Thread> waiting = new ConcurrentLinkedQueue<>();
    List<Future<Answer>> callers = new ArrayList<>();
    callers.add(threads.submit(() -> lookup.get(key, first, new Turn(key, 0, 0), slow)));
    begun.await();
    for (int i = 0; i < 3; i++) {
      callers.add(
          threads.submit(
              () -> {
                waiting.add(Thread.currentThread());
                return lookup.get(key, joining, new Turn(key, 0, 0), slow);
              }));
    }
    await()
        .until(
            () ->
                waiting.size() == 3
                    && waiting.stream()
                        .allMatch(it -> it.getState() == Thread.State.TIMED_WAITING));
    go.countDown();
    for (Future<Answer> caller : callers) {
      assertThat(caller.get(10, TimeUnit.SECONDS).text()).isEqualTo(key);
    }
  }
}
