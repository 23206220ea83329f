package dev.onbehalf.benchmarks.workload;

import dev.onbehalf.benchmarks.micro.StubDriver;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPoolManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Users who are seen once and never again; no database, a stub for the driver.
 *
 * @param users how many they were
 * @param budget how many connections there may be
 * @param mostOpen how many there were at most
 * @param threads how many threads the pool had when all users had been seen
 * @param bytesPerRemembered heap per user who has a pool and no connection, their name included
 * @param known how many users it knew then
 * @param bytesPerKnown heap per user that it knew, its connections included
 * @param knownLater how many users it knew after they had been away for long enough
 * @param bytesLater heap per user seen, after that
 * @param perSecond how many users it served in a second, each with a login
 */
record Strangers(
    int users,
    int budget,
    int mostOpen,
    int threads,
    double bytesPerRemembered,
    int known,
    double bytesPerKnown,
    int knownLater,
    double bytesLater,
    double perSecond) {

  static Strangers measure(int users, int budget) throws SQLException, InterruptedException {
    StubDriver driver = new StubDriver();
    double remembered = bytesPerRemembered(users, driver);
    int threadsBefore = Thread.activeCount();
    long heapBefore = heap();
    try (UserPoolManager manager =
        UserPoolManager.builder((user, secret) -> driver.connect(user), user -> Secret.of("x"))
            .maxConnections(budget)
            .idleTimeout(Duration.ofSeconds(5))
            .build()) {
      long start = System.nanoTime();
      for (int i = 0; i < users; i++) {
        Connection connection = manager.getPool(Database.user(i)).getConnection();
        connection.close();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      int known = manager.size();
      int threads = Thread.activeCount() - threadsBefore;
      double bytes = (double) (heap() - heapBefore) / Math.max(1, known);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (manager.size() > 0 && System.nanoTime() < end) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
      double bytesLater = (double) (heap() - heapBefore) / users;
      return new Strangers(
          users,
          budget,
          driver.mostOpen(),
          threads,
          remembered,
          known,
          bytes,
          manager.size(),
          bytesLater,
          users / seconds);
    }
  }

  private static double bytesPerRemembered(int users, StubDriver driver)
      throws InterruptedException {
    try (UserPoolManager manager =
        UserPoolManager.builder((user, secret) -> driver.connect(user), user -> Secret.of("x"))
            .build()) {
      long heapBefore = heap();
      for (int i = 0; i < users; i++) {
        manager.getPool(Database.user(i));
      }
      return (double) (heap() - heapBefore) / manager.size();
    }
  }

  private static long heap() throws InterruptedException {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(50);
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
