package dev.onbehalf.pool.internal.lending;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.internal.StubDriver;
import dev.onbehalf.pool.internal.login.Login;
import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Waiter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Lincheck makes up short scenarios of borrowers and returners on the structure that holds idle
 * connections, and runs each thousands of times on real threads: no connection is leased twice, and
 * nobody waits beside an idle one.
 */
public final class HandOffTest {

  @Test
  void no_interleaving_shares_a_connection_or_strands_a_caller() {
    new StressOptions()
        .threads(3)
        .actorsPerThread(4)
        .actorsBefore(2)
        .actorsAfter(0)
        .iterations(10)
        .invocationsPerIteration(300)
        .minimizeFailedScenario(false)
        .sequentialSpecification(AlwaysTheSame.class)
        .check(Pool.class);
  }

  /** What each operation answers, in whatever order they come. */
  public static final class AlwaysTheSame {
    public String borrow() {
      return "fine";
    }

    public String giveBack() {
      return "fine";
    }

    public String giveBackTwice() {
      return "fine";
    }

    public String giveBackUsed() {
      return "fine";
    }
  }

  /** One user with two connections, which is all the budget allows. */
  public static final class Pool {
    private final ManualWorkers workers = new ManualWorkers();
    private final Engine engine;
    private final Handle handle;
    private final Queue<Held> held = new ConcurrentLinkedQueue<>();
    private final Queue<Queueing.Place> waiting = new ConcurrentLinkedQueue<>();

    /** A lease, and the count of those who hold its connection. */
    private record Held(Connection connection, AtomicInteger holders) {}

    private final Map<Entry, AtomicInteger> holders = new ConcurrentHashMap<>();

    public Pool() throws SQLException {
      Login login =
          new Login(
              (user, credential) -> StubDriver.connection(user, connection -> {}),
              user -> Secret.of("secret"));
      engine = new Engine(TestSettings.withLimits(2), login, Pool::slowTime, workers);
      handle = (Handle) engine.pools().get("alice");
      waiting.add(engine.queueing().enqueue(handle));
      waiting.add(engine.queueing().enqueue(handle));
      workers.run();
      collect();
      while (!held.isEmpty()) {
        giveBack();
      }
    }

    /** A return reads the time between its decision and its end; this lets others in there. */
    private static long slowTime() {
      if (ThreadLocalRandom.current().nextInt(4) == 0) {
        LockSupport.parkNanos(1);
      }
      return 0;
    }

    /** Takes an idle connection, or joins the queue. */
    @Operation
    public String borrow() throws SQLException {
      Entry idle = engine.takeIdle(handle);
      if (idle == null) {
        waiting.add(engine.queueing().enqueue(handle));
        return "fine";
      }
      return hold(idle);
    }

    private String hold(Entry entry) {
      AtomicInteger count = holders.computeIfAbsent(entry, key -> new AtomicInteger());
      boolean alone = count.incrementAndGet() == 1;
      held.add(new Held(engine.lend(entry), count));
      return alone ? "fine" : "shared";
    }

    /** Gives back one that somebody holds. */
    @Operation
    public String giveBack() throws SQLException {
      Held each = held.poll();
      if (each != null) {
        each.holders().decrementAndGet();
        each.connection().close();
      }
      return "fine";
    }

    /** Closes a wrapper twice; the second must not end the lease of the next borrower. */
    @Operation
    public String giveBackTwice() throws SQLException {
      Held each = held.poll();
      if (each != null) {
        each.holders().decrementAndGet();
        each.connection().close();
        each.connection().close();
      }
      return "fine";
    }

    /** One that has to be cleaned. */
    @Operation
    public String giveBackUsed() throws SQLException {
      Held each = held.poll();
      if (each != null) {
        each.connection().createStatement();
        each.holders().decrementAndGet();
        each.connection().close();
      }
      return "fine";
    }

    private void collect() {
      for (Queueing.Place place : List.copyOf(waiting)) {
        if (place.waiter().outcome() instanceof Waiter.Served served) {
          waiting.remove(place);
          if (hold(served.entry()).equals("shared")) {
            throw new IllegalStateException("a connection was handed to two callers");
          }
        }
      }
    }

    /** After all operations have ended. */
    @Validate
    public void nobodyWaitsBesideAnIdleConnection() {
      collect();
      int idle = engine.statistics().ofAll().idle();
      if (engine.parts().callers().waiting() > 0 && idle > 0) {
        throw new IllegalStateException("a caller waits beside " + idle + " idle connections");
      }
      if (idle + held.size() != 2) {
        throw new IllegalStateException(idle + " idle and " + held.size() + " held of 2");
      }
    }
  }
}
