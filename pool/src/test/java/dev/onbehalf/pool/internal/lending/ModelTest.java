package dev.onbehalf.pool.internal.lending;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.pool.ConnectionFactory;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPoolOverrides;
import dev.onbehalf.pool.UserPoolStatistics;
import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.StubDriver;
import dev.onbehalf.pool.internal.deciding.ServerLimit;
import dev.onbehalf.pool.internal.login.Login;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Slot;
import dev.onbehalf.pool.internal.user.Waiter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Random operations, one after the other, on the real engine with time and threads in the test's
 * hand; after each, every rule is checked against a plain count of what must be the case.
 */
final class ModelTest {
  private static final int SEQUENCES = Integer.getInteger("sequences", 1500);
  private static final int STEPS = 120;
  private static final List<String> USERS = List.of("alice", "bob", "carol", "dave", "erin");

  private static final Settings SETTINGS = settings();

  private static Settings settings() {
    Settings.Draft draft = new Settings.Draft();
    draft.maxConnections = 4;
    draft.maxConnectionsPerUser = 2;
    draft.maxLoginsInFlight = 3;
    draft.connectionTimeout = Duration.ofSeconds(1);
    draft.validationTimeout = Duration.ofSeconds(1);
    draft.maxLifetime = Duration.ofMinutes(5);
    draft.keepaliveTime = Duration.ofSeconds(20);
    draft.closeGracePeriod = Duration.ZERO;
    return draft.checked();
  }

  @Test
  void every_rule_holds_after_every_step_of_random_operations() throws Exception {
    long first = System.nanoTime();
    for (long seed = first; seed < first + SEQUENCES; seed++) {
      Run run = new Run(new Random(seed));
      try {
        for (int step = 0; step < STEPS; step++) {
          run.step();
          run.check();
        }
        run.end();
      } catch (AssertionError | RuntimeException | SQLException e) {
        throw new AssertionError("seed " + seed + ", after " + run.history, e);
      }
    }
  }

  /** A connection that a caller holds. */
  private record Held(String user, Connection connection, Connection driver) {}

  /** A caller who waits. */
  private record Waiting(String user, Queueing.Place place) {}

  private static final class Run {
    final Random random;
    final List<String> history = new ArrayList<>();
    final ManualWorkers workers = new ManualWorkers();
    final Map<Connection, String> live = new HashMap<>();
    final List<Held> held = new ArrayList<>();
    final List<Waiting> waiting = new ArrayList<>();
    final Set<Waiting> insistent = new HashSet<>();
    final Engine engine;
    long now = 1_000_000_000_000L;
    int budget = 4;
    int usedBefore;

    /** For how many milliseconds a task may be waiting. */
    long pending;

    Run(Random random) {
      this.random = random;
      ConnectionFactory factory = this::connect;
      engine =
          new Engine(SETTINGS, new Login(factory, user -> Secret.of("secret")), () -> now, workers);
    }

    private Connection connect(String user, Secret credential) throws SQLException {
      switch (random.nextInt(12)) {
        case 0 -> throw new SQLException("refused", "28000");
        case 1 -> throw new SQLException("full", "53300");
        case 2 -> throw new SQLException("unreachable", "08001");
        default -> {
          Connection driver = StubDriver.connection(user, live::remove);
          live.put(driver, user);
          assertThat(live.size()).as("connections").isLessThanOrEqualTo(4);
          return driver;
        }
      }
    }

    void step() throws SQLException {
      switch (random.nextInt(16)) {
        case 0, 1, 2, 3, 4 -> acquire(anyUser());
        case 5, 6, 7 -> giveBack(false);
        case 8 -> giveBack(random.nextBoolean());
        case 9, 10, 11 -> runTask();
        case 12 -> {
          if (random.nextBoolean()) {
            giveUp();
          } else {
            insist();
          }
        }
        case 13 -> passTime();
        case 14 -> {
          if (random.nextInt(4) == 0) {
            change(anyUser());
          } else if (random.nextInt(3) == 0) {
            resize(random.nextInt(5));
          }
        }
        default -> closeTwice();
      }
      collectServed();
    }

    private String anyUser() {
      return USERS.get(random.nextInt(USERS.size()));
    }

    private void acquire(String user) throws SQLException {
      history.add("acquire " + user);
      Handle handle = (Handle) engine.pools().get(user);
      Entry idle = engine.takeIdle(handle);
      if (idle != null) {
        hold(user, idle);
      } else {
        waiting.add(new Waiting(user, engine.queueing().enqueue(handle)));
      }
    }

    private void hold(String user, Entry entry) {
      held.add(new Held(user, engine.lend(entry), entry.driver()));
    }

    private void collectServed() {
      for (Waiting each : List.copyOf(waiting)) {
        Waiter.Outcome outcome = each.place().waiter().outcome();
        if (outcome instanceof Waiter.Served served) {
          hold(each.user(), served.entry());
        }
        if (outcome != null) {
          waiting.remove(each);
        }
      }
    }

    private void giveBack(boolean broken) throws SQLException {
      if (held.isEmpty()) {
        return;
      }
      Held each = held.remove(random.nextInt(held.size()));
      history.add((broken ? "abort " : "give back ") + each.user());
      if (broken) {
        each.connection().abort(Runnable::run);
      } else {
        each.connection().close();
      }
    }

    private void closeTwice() throws SQLException {
      if (!held.isEmpty()) {
        Held each = held.remove(random.nextInt(held.size()));
        history.add("close twice " + each.user());
        each.connection().close();
        each.connection().close();
      }
    }

    private void runTask() {
      if (!workers.tasks.isEmpty()) {
        history.add("task");
        workers.tasks.remove(random.nextInt(workers.tasks.size())).run();
      }
    }

    private void runAllTasks() {
      while (!workers.tasks.isEmpty()) {
        runTask();
        collectServed();
      }
    }

    private void giveUp() {
      if (waiting.isEmpty()) {
        return;
      }
      Waiting each = waiting.remove(random.nextInt(waiting.size()));
      history.add("give up " + each.user());
      try {
        Waiter.Outcome outcome =
            engine.queueing().giveUp(each.place(), SETTINGS.connectionTimeout());
        throw new AssertionError("gave up, yet got " + outcome);
      } catch (SQLException expected) {
        assertThat(expected.getSQLState()).isIn("08001", "53300");
      }
    }

    private void insist() {
      if (!waiting.isEmpty()) {
        Waiting each = waiting.get(random.nextInt(waiting.size()));
        history.add("insist " + each.user());
        insistent.add(each);
        engine.queueing().insist(each.place());
      }
    }

    private void passTime() {
      long[] steps = {1, 100, 300, 1000, 25_000, 40_000, 400_000};
      long millis = steps[random.nextInt(steps.length)];
      pending += millis;
      if (pending >= SETTINGS.connectionTimeout().toMillis() / 4) {
        runAllTasks(); // none of them hangs: a login that does is not counted among others
        pending = 0;
      }
      history.add("time " + millis);
      now += millis * 1_000_000;
      engine.sweep();
    }

    private void change(String user) {
      switch (random.nextInt(3)) {
        case 0 -> {
          history.add("close pool " + user);
          engine.pools().close(user);
        }
        case 1 -> {
          history.add("renewed " + user);
          engine.pools().credentialRenewed(user);
        }
        default -> {
          history.add("override " + user);
          int reserve = random.nextInt(2);
          boolean fits = reserves() - reserveOf(user) + reserve <= 4;
          if (fits) {
            engine.pools().get(user, new UserPoolOverrides(1 + random.nextInt(3), reserve));
          }
        }
      }
    }

    private void resize(int maximum) {
      history.add("resize " + maximum);
      budget = maximum;
      engine.resize(maximum);
    }

    private int reserveOf(String user) {
      Slot slot = engine.parts().users().slots().get(user);
      return slot == null ? 0 : slot.reserve();
    }

    private int reserves() {
      return engine.parts().users().all().stream().mapToInt(Slot::reserve).sum();
    }

    void check() throws SQLException {
      PoolStatistics all = engine.statistics().ofAll();
      assertThat(all.maxConnections()).isEqualTo(budget);
      assertThat(all.total())
          .as("budget, which may have shrunk below what is open")
          .isLessThanOrEqualTo(Math.max(budget, usedBefore));
      usedBefore = all.total();
      checkExcessIsGivenBack(all);
      assertThat(live.size()).as("open connections").isLessThanOrEqualTo(all.total());
      assertThat(all.waiting()).as("waiting").isEqualTo(waiting.size());
      assertThat(all.usersWaiting())
          .as("users waiting")
          .isEqualTo((int) waiting.stream().map(Waiting::user).distinct().count());
      assertThat(all.loggingIn()).as("logins").isLessThanOrEqualTo(3);
      checkNobodyShares();
      checkMaxima();
      for (Slot slot : engine.parts().users().all()) {
        assertThat(couldServe(slot)).as("%s could be served", slot.user()).isFalse();
      }
      if (workers.tasks.isEmpty()) {
        assertThat(all.total()).as("no place is lost").isEqualTo(live.size());
        assertThat(all.inUse()).as("in use").isEqualTo(held.size());
        assertThat(all.idle()).as("idle").isEqualTo(live.size() - held.size());
        assertThat(all.loggingIn()).as("logins that nobody makes").isZero();
        assertThat(engine.parts().calls().mayLogIn()).as("a login may begin").isTrue();
      }
    }

    private void checkExcessIsGivenBack(PoolStatistics all) {
      if (workers.tasks.isEmpty() && all.total() > budget) {
        for (Slot slot : engine.parts().users().all()) {
          for (Entry entry : slot.entries()) {
            boolean kept = budget > 0 && slot.places() <= slot.reserve();
            assertThat(entry.isIdle() && !kept).as("idle over the budget").isFalse();
          }
        }
      }
    }

    private void checkNobodyShares() throws SQLException {
      Set<Connection> drivers = new HashSet<>();
      for (Held each : held) {
        assertThat(drivers.add(each.driver())).as("held by one").isTrue();
        assertThat(live.get(each.driver())).as("of its own user").isEqualTo(each.user());
        assertThat(each.connection().isClosed()).isFalse();
      }
    }

    private void checkMaxima() {
      Map<String, Integer> open = new HashMap<>();
      live.values().forEach(user -> open.merge(user, 1, Integer::sum));
      for (UserPoolStatistics user : engine.statistics().ofEach()) {
        assertThat(user.total()).isGreaterThanOrEqualTo(open.getOrDefault(user.user(), 0));
        assertThat(open.getOrDefault(user.user(), 0))
            .as("maximum of %s", user.user())
            .isLessThanOrEqualTo(3);
      }
    }

    /** The rule of who has to be served, told once more in other words. */
    private boolean couldServe(Slot slot) {
      if (slot.waiting() == 0) {
        return false;
      }
      boolean ownIdle = false;
      for (Entry entry : slot.entries()) {
        ownIdle |= entry.isIdle();
      }
      if (ownIdle && slot.waiting() > slot.checking()) {
        return true;
      }
      long insisting =
          waiting.stream()
              .filter(each -> each.user().equals(slot.user()) && insistent.contains(each))
              .count();
      if ((slot.waiting() <= slot.loggingIn() + slot.checking() && insisting <= slot.loggingIn())
          || slot.open() >= slot.maxConnections(SETTINGS)
          || slot.loggingIn() > 0 // a person's share of three
          || slot.isPaused(now)) {
        return false;
      }
      if (slot.credential() == null) {
        return slot.lacksCredential();
      }
      ServerLimit server = engine.parts().budget().server();
      if (!engine.parts().calls().mayLogIn() || server.isPaused(now)) {
        return false;
      }
      int unusedByOthers = 0;
      boolean evictable = false;
      for (Slot other : engine.parts().users().all()) {
        if (other != slot) {
          int places = other.places();
          unusedByOthers += Math.max(0, other.reserve() - places);
          for (Entry entry : other.entries()) {
            evictable |=
                entry.isIdle()
                    && places > other.reserve()
                    && (other.waiting() == 0 || slot.open() == 0);
          }
        }
      }
      evictable &= slot.open() == 0 || insisting > slot.loggingIn();
      int used = engine.parts().budget().used();
      int limit = server.limit();
      boolean ownReserve = slot.places() < slot.reserve() && used < limit;
      return evictable || ownReserve || used + unusedByOthers < limit;
    }

    void end() throws SQLException {
      resize(4);
      while (!held.isEmpty() || !waiting.isEmpty() || !workers.tasks.isEmpty()) {
        collectServed();
        giveBack(false);
        runTask();
        if (workers.tasks.isEmpty() && held.isEmpty()) {
          collectServed();
          giveUp();
        }
        collectServed();
        check();
      }
      for (String user : USERS) {
        engine.pools().close(user);
      }
      now += Duration.ofMinutes(10).toNanos();
      while (!workers.tasks.isEmpty()) {
        runTask();
      }
      engine.sweep();
      assertThat(live).isEmpty();
      assertThat(engine.statistics().ofAll().total()).isZero();
      assertThat(engine.pools().size()).as("users remembered").isZero();
      engine.close();
    }
  }
}
