package dev.onbehalf.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.identity.Lane.Bounds;
import dev.onbehalf.identity.Lane.Entry;
import dev.onbehalf.identity.Lane.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is looked up next, who is sent away, and who is never looked up. */
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LaneTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final CountDownLatch go = new CountDownLatch(1);
  private long number;

  @AfterEach
  void close() {
    go.countDown();
    threads.shutdownNow();
  }

  private static final class Named extends Lane.Lookup {
    private final String name;
    private final List<String> log;
    private final CountDownLatch go;

    Named(String name, Turn turn, List<String> log, CountDownLatch go) {
      super(turn);
      this.name = name;
      this.log = log;
      this.go = go;
    }

    @Override
    void run() {
      log.add(name);
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    void sentAway() {
      log.add(name + " sent away");
    }
  }

  private Named lookup(String group, String name, int sentAway) {
    return new Named(name, new Turn(group, sentAway, ++number), log, go);
  }

  private Named lookup(String name) {
    return lookup(name, name, 0);
  }

  private Lane lane(int threadCount, int waitingCallers) {
    return new Lane(new Bounds(threadCount, waitingCallers, 3), threads);
  }

  /** Takes the lane's one thread, until all may go. */
  private void occupy(Lane lane) {
    assertThat(lane.enter(lookup("the first"))).isEqualTo(Entry.ADMITTED);
    await().until(() -> log.contains("the first"));
  }

  private void assertOrder(String... names) {
    go.countDown();
    await().until(() -> log.size() >= names.length);
    assertThat(log).containsExactly(names);
  }

  @Test
  void anInterruptThatOneLeavesBehindIsNotTheNextOnes() {
    Lane lane = lane(1, 100);
    Turn turn = new Turn("the first", 0, ++number);
    lane.enter(
        new Lane.Lookup(turn) {
          @Override
          void run() {
            log.add("the first");
            try {
              go.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            Thread.currentThread().interrupt();
          }

          @Override
          void sentAway() {}
        });
    await().until(() -> log.contains("the first"));
    lane.enter(
        new Lane.Lookup(new Turn("the next", 0, ++number)) {
          @Override
          void run() {
            log.add(Thread.currentThread().isInterrupted() ? "interrupted" : "the next");
          }

          @Override
          void sentAway() {}
        });
    assertOrder("the first", "the next");
  }

  @Test
  void groupsTakeTurnsHoweverManyOneOfThemHas() {
    Lane lane = lane(1, 100);
    occupy(lane);
    for (int i = 1; i <= 4; i++) {
      lane.enter(lookup("mallory", "mallory " + i, 0));
    }
    lane.enter(lookup("bob", "bob 1", 0));
    lane.enter(lookup("bob", "bob 2", 0));
    lane.enter(lookup("the first", "the first again", 0));
    assertOrder(
        "the first",
        "mallory 1",
        "bob 1",
        "the first again",
        "mallory 2",
        "bob 2",
        "mallory 3",
        "mallory 4");
  }

  @Test
  void aGroupHasOneLookUpAtOnceAndLeavesTheOtherThreadsToOthers() {
    Lane lane = lane(3, 100);
    lane.enter(lookup("mallory", "mallory 1", 0));
    await().until(() -> log.contains("mallory 1"));
    lane.enter(lookup("mallory", "mallory 2", 0));
    lane.enter(lookup("bob"));
    await().until(() -> log.contains("bob"));
    assertThat(log).containsExactly("mallory 1", "bob");
    go.countDown();
    await().until(() -> log.contains("mallory 2"));
  }

  @Test
  void whoWasSentAwayAndComesAgainGoesBeforeWhoComesForTheFirstTime() {
    Lane lane = lane(1, 3);
    occupy(lane);
    lane.enter(lookup("ghost 1"));
    lane.enter(lookup("ghost 2"));
    lane.enter(lookup("ghost 3"));
    assertThat(lane.enter(lookup("newcomer"))).isEqualTo(Entry.NO_ROOM);
    assertThat(lane.enter(lookup("newcomer", "newcomer again", 1))).isEqualTo(Entry.ADMITTED);
    assertOrder(
        "the first",
        "newcomer sent away",
        "ghost 3 sent away",
        "newcomer again",
        "ghost 1",
        "ghost 2");
  }

  @Test
  void aFloodUnderOneNameShedsItselfAndNobodyElse() {
    Lane lane = lane(1, 100);
    occupy(lane);
    lane.enter(lookup("bob"));
    for (int i = 1; i <= 1_000; i++) {
      lane.enter(lookup("mallory", "mallory " + i, 0));
    }
    go.countDown();
    await().until(() -> log.contains("mallory 4"));
    assertThat(log).contains("bob").filteredOn(it -> it.endsWith("away")).hasSize(996);
  }

  @Test
  void wholeGroupsThatHadTheirTurnGiveWayToOneThatHadNone() {
    Lane lane = lane(1, 2);
    occupy(lane);
    lane.enter(lookup("the first", "again", 9));
    lane.enter(lookup("bob"));
    assertThat(lane.enter(lookup("carol"))).isEqualTo(Entry.ADMITTED);
    assertOrder("the first", "again sent away", "bob", "carol");
  }

  @Test
  void whatAllCallersHaveLeftBeforeItBeganIsNotLookedUp() {
    Lane lane = lane(1, 100);
    occupy(lane);
    Named left = lookup("left");
    Named wanted = lookup("wanted");
    assertThat(lane.enter(left)).isEqualTo(Entry.ADMITTED);
    assertThat(lane.enter(left)).isEqualTo(Entry.ADMITTED);
    assertThat(lane.enter(wanted)).isEqualTo(Entry.ADMITTED);
    assertThat(lane.enter(wanted)).isEqualTo(Entry.ADMITTED);
    assertThat(lane.leave(left)).isFalse();
    assertThat(lane.leave(left)).isTrue();
    assertThat(lane.leave(wanted)).isFalse();
    assertThat(lane.enter(left)).isEqualTo(Entry.OVER);
    assertOrder("the first", "wanted");
  }

  @Test
  void theCallersOfALaneAreBoundedBeforeAndAfterTheirLookUpHasBegun() {
    Lane lane = lane(1, 8);
    Named first = lookup("the first");
    assertThat(lane.enter(first)).isEqualTo(Entry.ADMITTED);
    assertThat(lane.enter(first)).isEqualTo(Entry.ADMITTED);
    assertThat(lane.enter(first)).isEqualTo(Entry.ADMITTED);
    assertThat(lane.enter(first)).as("a fourth caller").isEqualTo(Entry.NO_ROOM);
    lane.leave(first);
    assertThat(lane.enter(first)).isEqualTo(Entry.ADMITTED);

    Named second = lookup("the second");
    assertThat(lane.enter(second)).isEqualTo(Entry.ADMITTED);
    assertThat(lane.enter(second)).isEqualTo(Entry.ADMITTED);
    assertThat(lane.enter(second)).as("more than a quarter").isEqualTo(Entry.NO_ROOM);
    for (int i = 0; i < 6; i++) {
      assertThat(lane.enter(lookup("one more " + i))).isEqualTo(Entry.ADMITTED);
    }
    assertThat(lane.enter(lookup("a ninth who waits"))).isEqualTo(Entry.NO_ROOM);
    lane.leave(second);
    assertThat(lane.enter(second)).isEqualTo(Entry.ADMITTED);
  }

  @Test
  void manyWhoComeAndGoLeaveTheLaneAsItWas() throws Exception {
    Lane lane = lane(1, 8);
    List<Future<?>> crowd = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Random random = new Random(i);
      crowd.add(
          threads.submit(
              () -> {
                for (int j = 0; j < 2_000; j++) {
                  String group = "group " + random.nextInt(5);
                  Quick quick = new Quick(new Turn(group, random.nextInt(3), j));
                  int callers = random.nextInt(4);
                  for (int k = 0; k < callers; k++) {
                    if (lane.enter(quick) != Entry.ADMITTED) {
                      callers = k;
                    }
                  }
                  for (int k = 0; k < callers; k++) {
                    lane.leave(quick);
                  }
                }
              }));
    }
    for (Future<?> one : crowd) {
      one.get();
    }
    Named first = lookup("the first");
    assertThat(lane.enter(first)).isEqualTo(Entry.ADMITTED);
    await().until(() -> log.contains("the first"));
    assertThat(lane.enter(first)).isEqualTo(Entry.ADMITTED);
    assertThat(lane.enter(first)).isEqualTo(Entry.ADMITTED);
    assertThat(lane.enter(first)).isEqualTo(Entry.NO_ROOM);
    for (int i = 0; i < 8; i++) {
      assertThat(lane.enter(lookup("one more " + i))).isEqualTo(Entry.ADMITTED);
    }
    assertThat(lane.enter(lookup("a ninth"))).isEqualTo(Entry.NO_ROOM);
    assertThat(log).doesNotContain("one more 0 sent away", "one more 7 sent away");
  }

  private static final class Quick extends Lane.Lookup {
    Quick(Turn turn) {
      super(turn);
    }

    @Override
    void run() {}

    @Override
    void sentAway() {}
  }

  @Test
  void anErrorTakesNoThreadAlong() {
    Lane lane = lane(1, 4);
    for (int i = 0; i < 3; i++) {
      Lane.Lookup failing =
          new Lane.Lookup(new Turn("mallory", 0, i)) {
            @Override
            void run() {
              log.add("failed");
              throw new StackOverflowError();
            }

            @Override
            void sentAway() {}
          };
      lane.enter(failing);
    }
    await().until(() -> log.size() == 3);
    lane.enter(lookup("bob"));
    await().until(() -> log.contains("bob"));
  }

  @Test
  void whereNoThreadCanBeHadNobodyIsLeftWaiting() {
    Lane lane = lane(1, 4);
    threads.shutdown();
    for (int i = 0; i < 3; i++) {
      Named lookup = lookup("nobody's");
      assertThatThrownBy(() -> lane.enter(lookup)).isInstanceOf(RejectedExecutionException.class);
      assertThat(lane.enter(lookup)).isEqualTo(Entry.OVER);
    }
    assertThat(log).containsOnly("nobody's sent away").hasSize(3);
  }
}
