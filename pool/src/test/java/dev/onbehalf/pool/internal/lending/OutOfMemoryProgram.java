package dev.onbehalf.pool.internal.lending;

import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPoolManager;
import dev.onbehalf.pool.internal.StubDriver;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Eats its memory again and again while some threads borrow; then looks whether all is well. */
public final class OutOfMemoryProgram {
  private static final int PLACES = 10;
  private static final int USERS = 14;
  private static final int THREADS = 8;
  private static final int TIMES = 20;
  private static final long MOST_SECONDS = 60;

  private static final AtomicInteger errors = new AtomicInteger();
  private static volatile boolean over;

  private OutOfMemoryProgram() {}

  /** Exits with another status than zero if something was lost. */
  public static void main(String[] args) throws Exception {
    UserPoolManager manager =
        UserPoolManager.builder(
                (user, credential) -> StubDriver.connection(user, connection -> {}),
                user -> Secret.of("secret"))
            .maxConnections(PLACES)
            .validationTimeout(Duration.ofMillis(300))
            .connectionTimeout(Duration.ofSeconds(2))
            .build();
    loadClasses(manager);
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Random random = new Random(i);
      callers.add(new Thread(() -> borrow(manager, random)));
    }
    callers.forEach(Thread::start);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
    while (errors.get() < TIMES && System.nanoTime() - end < 0) {
      eat();
    }
    over = true;
    for (Thread caller : callers) {
      caller.join(10_000);
      require(!caller.isAlive(), "a caller hangs: " + stacks());
    }
    System.out.println("memory ran out " + errors + " times");
    verify(manager);
    System.exit(0);
  }

  /** What is loaded for the first time while there is no memory is broken for ever. */
  private static void loadClasses(UserPoolManager manager) throws SQLException {
    for (int i = 0; i < 2_000; i++) {
      try (Connection connection = manager.getPool("user" + i % USERS).getConnection()) {
        connection.createStatement();
      }
    }
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(manager.getPool("user1").getConnection());
    }
    try {
      manager.getPool("user1").getConnection(Duration.ofMillis(50)).close();
    } catch (SQLException timeout) {
      require(timeout.toString().contains("3 of 3"), timeout.toString());
    }
    for (Connection each : all) {
      each.close();
    }
  }

  private static void borrow(UserPoolManager manager, Random random) {
    while (!over) {
      try (Connection connection =
          manager.getPool("user" + random.nextInt(USERS)).getConnection()) {
        if (random.nextBoolean()) {
          connection.createStatement();
        }
      } catch (OutOfMemoryError e) {
        errors.incrementAndGet();
      } catch (SQLException | RuntimeException e) {
        // a time-out, or what came of a login without memory
      } catch (Error e) {
        // what failed to be made because there was no memory
      }
    }
  }

  /** Fills the memory to the last bytes, keeps it for a moment, and lets it go. */
  private static void eat() {
    @Nullable Object[] hoard = null;
    int size = 1 << 20;
    try {
      while (size > 16) {
        try {
          hoard = new @Nullable Object[] {hoard, new byte[size]};
        } catch (OutOfMemoryError e) {
          size /= 4;
        }
      }
      long end = System.nanoTime() + 20_000_000L;
      while (System.nanoTime() - end < 0 && hoard != null) {
        Thread.onSpinWait();
      }
    } catch (OutOfMemoryError e) {
      // full
    }
  }

  private static void verify(UserPoolManager manager) throws Exception {
    long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (manager.statistics().inUse() > 0 && System.nanoTime() - patience < 0) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    require(
        manager.statistics().inUse() == 0,
        "a lease was lost: " + manager.statistics() + " " + stacks());
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < PLACES; i++) {
      all.add(manager.getPool("after" + i).getConnection(Duration.ofSeconds(5)));
    }
    require(manager.statistics().total() == PLACES, "the budget: " + manager.statistics());
    for (Connection each : all) {
      each.close();
    }
    manager.close();
    require(manager.statistics().total() == 0, "not closed: " + manager.statistics());
  }

  private static String stacks() {
    StringBuilder all = new StringBuilder();
    Thread.getAllStackTraces()
        .forEach(
            (thread, stack) -> {
              all.append(thread).append('\n');
              Arrays.stream(stack).forEach(each -> all.append("  ").append(each).append('\n'));
            });
    return all.toString();
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      System.out.println(message);
      System.exit(1);
    }
  }
}
