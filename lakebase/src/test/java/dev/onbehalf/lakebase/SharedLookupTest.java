package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class SharedLookupTest {
  private record Answer(String text, Instant goodUntil) implements SharedLookup.Expiring {}

  private final MovableClock clock = new MovableClock();

  private SharedLookup<String, Answer> lookup(Executor executor) {
    return new SharedLookup<>(100, clock, executor, Duration.ofSeconds(5));
  }

  private Answer answer(String text) {
    return new Answer(text, clock.instant().plusSeconds(60));
  }

  private static final class Recorded extends Handler {
    final List<LogRecord> records = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void publish(LogRecord line) {
      records.add(line);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void aFailureIsNotKeptAndTheCacheLogsNoStackTraceOfIt() {
    Logger logger = Logger.getLogger("com.github.benmanes.caffeine");
    Recorded log = new Recorded();
    logger.addHandler(log);
    try {
      AsyncCache<String, String> usual = Caffeine.newBuilder().executor(Runnable::run).buildAsync();
      usual.put("a", CompletableFuture.failedFuture(new IllegalStateException("as it would be")));
      assertThat(log.records).as("proof that the handler would see it").hasSize(1);

      SharedLookup<String, Answer> lookup = lookup(Runnable::run);
      AtomicInteger asked = new AtomicInteger();
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(
                () ->
                    lookup.get(
                        "a",
                        () -> {
                          asked.incrementAndGet();
                          throw new IllegalStateException("no answer");
                        }))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("no answer");
      }
      lookup
          .ahead(
              () -> {
                throw new IllegalStateException("no answer ahead");
              })
          .offer("a");
      assertThat(asked).hasValue(3);
      assertThat(lookup.get("a", () -> answer("at last")).text()).isEqualTo("at last");
      assertThat(log.records).hasSize(1);
    } finally {
      logger.removeHandler(log);
    }
  }

  @Test
  void failuresTakeNoPlace() {
    SharedLookup<String, Answer> lookup = lookup(Runnable::run);
    for (int i = 0; i < 50; i++) {
      String key = "key-" + i;
      assertThatThrownBy(
              () ->
                  lookup.get(
                      key,
                      () -> {
                        throw new IllegalStateException(key);
                      }))
          .hasMessage(key);
    }
    assertThat(lookup.size()).isZero();
  }

  @Test
  void whatWasBegunAheadAndIsNotWantedIsNeverDone() {
    Queue<Runnable> waiting = new ArrayDeque<>();
    AtomicInteger done = new AtomicInteger();
    SharedLookup<String, Answer> lookup = lookup(waiting::add);
    SharedLookup<String, Answer>.Ahead unwanted =
        lookup.ahead(() -> answer("unwanted " + done.incrementAndGet()));
    SharedLookup<String, Answer>.Ahead wanted =
        lookup.ahead(() -> answer("wanted " + done.incrementAndGet()));
    unwanted.cancel();
    wanted.offer("a");
    waiting.forEach(Runnable::run);

    assertThat(done).hasValue(1);
    assertThat(lookup.get("a", () -> answer("another")).text()).isEqualTo("wanted 1");
    wanted.withdraw("a");
    assertThat(lookup.has("a")).isFalse();
  }

  @Test
  void anAnswerThatHasEndedIsAskedForAnew() {
    SharedLookup<String, Answer> lookup = lookup(Runnable::run);
    lookup.get("a", () -> answer("first"));
    clock.advance(Duration.ofSeconds(59));
    assertThat(lookup.get("a", () -> answer("second")).text()).isEqualTo("first");
    clock.advance(Duration.ofSeconds(1));
    assertThat(lookup.has("a")).isFalse();
    assertThat(lookup.get("a", () -> answer("second")).text()).isEqualTo("second");
  }
}
