package dev.onbehalf.pool.internal.user;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.pool.UserPool;
import dev.onbehalf.pool.internal.StubDriver;
import dev.onbehalf.pool.internal.jdbc.SessionDefaults;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One connection's states, with nobody around it but a lender who notes what they are told. */
final class EntryTest {
  private static final long RETIRE_AT = 1_000_000_000_000L;

  private final Notes lender = new Notes();
  private final Slot alice = new Slot("alice", EntryTest::handle);
  private final Entry entry = entry();

  private static UserPool handle(Slot slot) {
    return (UserPool)
        Proxy.newProxyInstance(
            EntryTest.class.getClassLoader(),
            new Class<?>[] {UserPool.class},
            (proxy, method, arguments) -> {
              throw new UnsupportedOperationException(method.getName());
            });
  }

  private Entry entry() {
    Connection driver = StubDriver.connection("alice", connection -> {});
    try {
      Entry made =
          new Entry(
              lender,
              alice,
              new Entry.Opened(
                  1, driver, new SessionDefaults(driver, false), false, alice.epoch(), RETIRE_AT),
              0);
      alice.takePlace();
      alice.add(made);
      return made;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a lender is told, in words. */
  private static final class Notes implements Entry.Lender {
    final List<String> heard = Collections.synchronizedList(new ArrayList<>());
    Runnable atNextReading = () -> {};
    volatile boolean quiet = true;
    volatile long now;
    boolean listened;
    boolean fails;

    @Override
    public boolean isQuiet(Slot slot) {
      return quiet && slot.waiting() == 0;
    }

    @Override
    public long now() {
      Runnable once = atNextReading;
      atNextReading = () -> {};
      once.run();
      return now;
    }

    @Override
    public void returned(Entry back, long at) {
      heard.add("returned");
      if (fails) {
        throw new StackOverflowError();
      }
    }

    @Override
    public void settle(Slot slot) {
      heard.add("settle");
    }

    @Override
    public void cleanElsewhere(Entry back, Runnable cleaning) {
      heard.add("clean elsewhere");
      if (fails) {
        throw new StackOverflowError();
      }
    }

    @Override
    public boolean isListenedTo() {
      return listened;
    }

    @Override
    public boolean hearsLeases() {
      return listened;
    }

    @Override
    public void ended(long nanos) {
      heard.add("ended");
    }

    @Override
    public boolean endsConnection(SQLException exception) {
      return false;
    }
  }

  private enum Phase {
    HELD,
    IDLE,
    LEASED,
    CLEANING,
    RETURNING
  }

  private enum Move {
    LEASE,
    UNLEASE,
    HOLD,
    SEIZE,
    ARRIVE,
    CLEAN,
    ABORT,
    TAKE_OVERDUE
  }

  /** Brings a new entry there, in its first lease. */
  private static void bring(Entry entry, Phase to) {
    switch (to) {
      case HELD -> assertThat(entry.isHeld()).isTrue();
      case IDLE -> entry.release();
      case LEASED -> entry.releaseToWaiter();
      case CLEANING -> {
        entry.releaseToWaiter();
        assertThat(entry.startCleaning(1)).isTrue();
      }
      case RETURNING -> {
        entry.releaseToWaiter();
        assertThat(entry.startAborting(1)).isTrue();
      }
    }
  }

  private enum End {
    GIVEN_BACK,
    CLEANED,
    CLEANED_ELSEWHERE,
    TAKEN_AWAY
  }

  private static void end(End how, Entry entry) {
    switch (how) {
      case GIVEN_BACK -> entry.giveBack(1);
      case CLEANED -> {
        entry.startCleaning(1);
        entry.cleaned();
      }
      case CLEANED_ELSEWHERE -> {
        entry.startCleaning(1);
        entry.cleanElsewhere(() -> {});
      }
      case TAKEN_AWAY -> {
        entry.seize();
        entry.endHearing();
      }
    }
  }

  /** Where the stack runs out on the way back, too; and nobody hears of it twice. */
  @ParameterizedTest
  @EnumSource(End.class)
  void whoever_heard_of_a_lease_hears_of_its_end_once(End how) {
    for (boolean fails : new boolean[] {false, true}) {
      lender.listened = true;
      lender.quiet = false;
      lender.fails = fails;
      AtomicInteger ended = new AtomicInteger();
      Entry each = entry();
      bring(each, Phase.LEASED);
      each.heard(ended::incrementAndGet);
      try {
        end(how, each);
      } catch (StackOverflowError e) {
        assertThat(fails).isTrue();
      }
      each.seize();
      each.endHearing();
      assertThat(ended).as("fails: %s", fails).hasValue(1);
    }
  }

  @Test
  void a_lease_that_was_taken_away_before_it_was_heard_of_has_ended() {
    lender.listened = true;
    AtomicInteger ended = new AtomicInteger();
    Entry each = entry();
    bring(each, Phase.LEASED);
    each.seize();
    each.endHearing();
    each.heard(ended::incrementAndGet);
    assertThat(ended).hasValue(1);
  }

  private static boolean attempt(Move move, Entry entry) {
    return switch (move) {
      case LEASE -> entry.tryLease();
      case UNLEASE -> entry.unlease();
      case HOLD -> entry.tryHold();
      case SEIZE -> entry.seize();
      case ARRIVE -> entry.arrive();
      case CLEAN -> entry.startCleaning(1);
      case ABORT -> entry.startAborting(1);
      case TAKE_OVERDUE -> entry.takeOverdue(1);
    };
  }

  private static Set<Phase> mayBeMadeFrom(Move move) {
    return switch (move) {
      case LEASE, HOLD -> Set.of(Phase.IDLE);
      case UNLEASE, CLEAN -> Set.of(Phase.LEASED);
      case SEIZE -> Set.of(Phase.LEASED, Phase.CLEANING, Phase.RETURNING);
      case ARRIVE -> Set.of(Phase.RETURNING);
      case ABORT -> Set.of(Phase.LEASED, Phase.CLEANING);
      case TAKE_OVERDUE -> Set.of(Phase.CLEANING, Phase.RETURNING);
    };
  }

  @ParameterizedTest
  @EnumSource
  void each_move_is_made_from_its_own_phases_and_no_other(Move move) {
    for (Phase phase : Phase.values()) {
      Entry each = entry();
      bring(each, phase);

      assertThat(attempt(move, each))
          .as("%s from %s", move, phase)
          .isEqualTo(mayBeMadeFrom(move).contains(phase));
      assertThat(attempt(move, each)).as("%s a second time", move).isFalse();
    }
  }

  @Test
  void a_lease_that_left_nothing_ends_without_a_word_to_the_lender() {
    entry.release();
    assertThat(entry.tryLease()).isTrue();
    assertThat(entry.leases()).isEqualTo(1);
    lender.now = 7;
    entry.giveBack(1);

    assertThat(entry.isIdle()).isTrue();
    assertThat(entry.lastUsed()).isEqualTo(7);
    assertThat(lender.heard).isEmpty();
  }

  @Test
  void a_lease_that_is_over_can_end_no_other() {
    entry.releaseToWaiter();
    entry.giveBack(1);
    assertThat(entry.tryLease()).isTrue();
    entry.giveBack(1);

    assertThat(entry.isLeasedAs(2)).isTrue();
    assertThat(entry.startCleaning(1)).isFalse();
    assertThat(entry.startAborting(1)).isFalse();
    assertThat(entry.isLeasedAs(2)).isTrue();
    assertThat(lender.heard).isEmpty();
  }

  @Test
  void a_lease_that_was_taken_back_before_its_use_does_not_count() {
    entry.releaseToWaiter();
    assertThat(entry.unlease()).isTrue();

    assertThat(entry.leases()).isZero();
    assertThat(entry.isHeld()).isTrue();
  }

  @Test
  void while_somebody_waits_it_comes_back_to_the_lender() {
    entry.releaseToWaiter();
    lender.quiet = false;
    entry.giveBack(1);

    assertThat(lender.heard).containsExactly("returned");
    assertThat(entry.isIdle()).isFalse();
    assertThat(entry.arrive()).isTrue();
    assertThat(entry.isHeld()).isTrue();
  }

  @Test
  void who_begins_to_wait_while_it_becomes_idle_is_seen_to() {
    entry.releaseToWaiter();
    lender.atNextReading = () -> lender.quiet = false; // after the look, before the move
    entry.giveBack(1);

    assertThat(entry.isIdle()).isTrue();
    assertThat(lender.heard).containsExactly("settle");
  }

  @Test
  void one_whose_pool_is_closed_while_it_is_cleaned_comes_back_to_the_lender() {
    entry.releaseToWaiter();
    entry.startCleaning(1);
    lender.atNextReading = alice::nextEpoch;
    entry.cleaned();

    assertThat(lender.heard).containsExactly("returned");
  }

  @Test
  void a_cleaning_that_was_ended_from_outside_changes_nothing_when_it_returns() {
    entry.releaseToWaiter();
    entry.startCleaning(1);
    assertThat(entry.seize()).isTrue();
    entry.cleaned();
    entry.cleanElsewhere(() -> {});

    assertThat(entry.isHeld()).isTrue();
    assertThat(lender.heard).isEmpty();
  }

  @Test
  void what_is_cleaned_by_another_is_overdue_since_its_borrower_gave_it_back() {
    entry.releaseToWaiter();
    lender.now = 10;
    entry.startCleaning(1);
    lender.now = 20;
    entry.cleanElsewhere(() -> {});

    assertThat(lender.heard).containsExactly("clean elsewhere");
    assertThat(entry.takeOverdue(9)).isFalse();
    assertThat(entry.takeOverdue(10)).isTrue();
  }

  @Test
  void word_of_a_lost_lease_is_good_for_that_lease_only() {
    entry.releaseToWaiter();
    entry.lost.lease = 1;
    entry.giveBack(1); // it could be ended after all
    assertThat(entry.takeLost()).as("idle").isFalse();
    assertThat(entry.tryLease()).isTrue();
    assertThat(entry.takeLost()).as("the next lease").isFalse();
    entry.lost.lease = 2;

    assertThat(entry.takeLost()).isTrue();
    assertThat(entry.isHeld()).isTrue();
  }

  @Test
  void who_does_not_know_the_number_of_their_lease_loses_the_present_one() {
    entry.releaseToWaiter();
    entry.lost.present = true;

    assertThat(entry.takeLost()).isTrue();
    assertThat(entry.takeLost()).as("a second time").isFalse();
  }

  @Test
  void what_was_handed_to_a_caller_whose_memory_ran_out_is_lost_until_somebody_takes_it() {
    Waiter caller = new Waiter();
    entry.releaseToWaiter();
    entry.handTo(caller);
    assertThat(entry.takeLost()).isFalse();
    caller.abandon();
    assertThat(entry.takeLost()).isTrue();
    assertThat(entry.isHeld()).isTrue();

    Waiter other = new Waiter();
    entry.releaseToWaiter();
    entry.handTo(other);
    entry.taken();
    other.abandon(); // too late: it is the caller's to give back
    assertThat(entry.takeLost()).isFalse();
  }

  @Test
  void who_gave_up_after_all_that_was_handed_to_them_came_back_loses_nobody_elses_lease() {
    Waiter caller = new Waiter();
    entry.releaseToWaiter();
    entry.handTo(caller);
    entry.giveBack(entry.leases());
    caller.abandon();

    assertThat(entry.tryLease()).isTrue();
    assertThat(entry.takeLost()).isFalse();
    assertThat(entry.isLeasedAs(entry.leases())).isTrue();
  }

  @Test
  void it_is_fit_until_it_breaks_grows_old_or_its_pool_is_closed() {
    assertThat(entry.isFit(RETIRE_AT - 1)).isTrue();
    assertThat(entry.isFit(RETIRE_AT)).isFalse();
    alice.nextEpoch();
    assertThat(entry.isFit(0)).isFalse();
    Entry next = entry();
    assertThat(next.isFit(0)).isTrue();
    next.markBroken();
    assertThat(next.isFit(0)).isFalse();
  }

  @Test
  void one_that_is_not_fit_comes_back_to_the_lender() {
    entry.releaseToWaiter();
    entry.markBroken();
    entry.giveBack(1);

    assertThat(lender.heard).containsExactly("returned");
  }

  @Test
  void its_latest_use_or_check_is_when_it_was_heard_of() {
    entry.used(5);
    assertThat(entry.lastHeardOf()).isEqualTo(5);
    entry.checked(9);
    assertThat(entry.lastHeardOf()).isEqualTo(9);
    assertThat(entry.wasHeardOfLately(9 + 499_999_999L)).isTrue();
    assertThat(entry.wasHeardOfLately(9 + 500_000_000L)).isFalse();
  }

  @Test
  void it_may_be_closed_for_another_user_when_it_is_idle_and_nobody_of_its_own_waits() {
    assertThat(entry.isEvictable()).as("held").isFalse();
    entry.release();
    assertThat(entry.isEvictable()).isTrue();
    alice.enqueue(new Waiter());
    assertThat(entry.isEvictable()).as("waited for").isFalse();
    assertThat(entry.canBeSpared()).isTrue();
  }

  /** Whoever wants it at one instant: one of them gets it. */
  @Test
  void of_all_that_want_it_at_once_one_succeeds() throws Exception {
    entry.release();
    for (int round = 0; round < 300; round++) {
      assertThat(atOnce(List.of(entry::tryLease, entry::tryLease, entry::tryHold))).isEqualTo(1);
      if (entry.isHeld()) {
        entry.release();
        continue;
      }
      long lease = entry.leases();
      int ended = atOnce(List.of(() -> entry.startCleaning(lease), entry::seize, entry::unlease));
      assertThat(ended).isPositive(); // a cleaning can be seized, too
      if (entry.seize() || entry.isHeld()) {
        entry.release();
      }
    }
    assertThat(entry.isIdle()).isTrue();
  }

  /** Whoever takes what is overdue or lost looks first; it may be the next borrower's by then. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void what_has_ended_while_it_was_looked_at_is_taken_from_nobody(boolean lost) throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    Attempt look = lost ? entry::takeLost : () -> entry.takeOverdue(RETIRE_AT);
    Thread housekeeper =
        new Thread(
            () -> {
              while (!over.get()) {
                look.succeeds();
              }
            });
    entry.release();
    housekeeper.start();
    boolean own = true;
    for (int round = 0; round < 50_000 && own; round++) {
      own = entry.tryLease();
      long lease = entry.leases();
      for (int used = 0; used < 20 && own; used++) {
        own = entry.isLeasedAs(lease);
      }
      own = own && entry.startCleaning(lease);
      entry.cleaned();
      if (entry.isHeld()) { // taken while it was being cleaned: as it should be
        entry.release();
      } else if (lost) {
        entry.lost.lease = lease; // word that comes too late
      }
    }
    over.set(true);
    housekeeper.join();
    assertThat(own).isTrue();
  }

  private interface Attempt {
    boolean succeeds();
  }

  private static int atOnce(List<Attempt> attempts) throws Exception {
    AtomicInteger successes = new AtomicInteger();
    CyclicBarrier start = new CyclicBarrier(attempts.size());
    List<Thread> threads = new ArrayList<>();
    for (Attempt attempt : attempts) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  start.await(10, TimeUnit.SECONDS);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
                if (attempt.succeeds()) {
                  successes.incrementAndGet();
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join(10_000);
    }
    return successes.get();
  }
}
