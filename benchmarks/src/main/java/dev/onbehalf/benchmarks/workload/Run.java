package dev.onbehalf.benchmarks.workload;

import dev.onbehalf.benchmarks.workload.Client.Request;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Clients that ask {@code select current_user} through one peer, each in a thread of its own. A
 * request's time counts from when it was due, so that a stall is charged to all who would have met
 * it; a request belongs to the time in which it was due, however late it is served.
 */
final class Run {
  /** How long a pool that starts empty is looked at. */
  private static final Duration START = Duration.ofSeconds(15);

  private final Database database;
  private final Peer peer;
  private final long startedAt = System.nanoTime();
  private final long startEnds;
  private final long countFrom;
  private final long end;
  private final Duration counted;
  private final AtomicReference<@Nullable String> firstFailure = new AtomicReference<>();
  private final List<Worker> workers = new ArrayList<>();

  private Run(Database database, Peer peer, Duration warmUp, Duration counted) {
    this.database = database;
    this.peer = peer;
    this.counted = counted;
    this.startEnds = Math.min(START.toNanos(), warmUp.toNanos());
    this.countFrom = warmUp.toNanos();
    this.end = countFrom + counted.toNanos();
  }

  static Result of(
      Database database, Peer peer, List<Client> clients, Duration warmUp, Duration counted)
      throws SQLException, InterruptedException {
    return new Run(database, peer, warmUp, counted).play(clients);
  }

  /** In nanoseconds since the run began, as all its times are. */
  private long now() {
    return System.nanoTime() - startedAt;
  }

  private Result play(List<Client> clients) throws SQLException, InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (Client client : clients) {
      Worker worker = new Worker(client);
      workers.add(worker);
      Thread thread = new Thread(worker, "client-" + threads.size());
      thread.setDaemon(true);
      threads.add(thread);
    }
    threads.forEach(Thread::start);
    int mostClients = 0;
    try (Connection observer = database.superuser()) {
      while (now() < end) {
        mostClients = Math.max(mostClients, Database.clients(observer) - 1);
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
    return result(mostClients, stillWaiting(threads));
  }

  /** Waits for what is under way; returns how many threads don't come back. */
  private long stillWaiting(List<Thread> threads) throws InterruptedException {
    long latest = end + 2 * PeerKind.PATIENCE.toNanos();
    for (Thread thread : threads) {
      long left = TimeUnit.NANOSECONDS.toMillis(latest - now());
      thread.join(Math.max(1, left));
    }
    return threads.stream().filter(Thread::isAlive).count();
  }

  private Result result(int mostClients, long stillWaiting) {
    Latencies latencies = new Latencies();
    long atStart = 0;
    long failures = stillWaiting;
    long timeouts = stillWaiting;
    long wrongUser = 0;
    for (Worker worker : workers) {
      if (worker.client.counted()) {
        latencies.addAll(worker.latencies);
        atStart += worker.atStart;
        failures += worker.failures;
        timeouts += worker.timeouts;
      }
      wrongUser += worker.wrongUser;
    }
    return new Result(
        latencies.total() / (counted.toNanos() / 1e9),
        atStart / (startEnds / 1e9),
        latencies.percentile(0.5),
        latencies.percentile(0.99),
        failures,
        timeouts,
        wrongUser,
        mostClients,
        Objects.requireNonNullElse(firstFailure.get(), ""));
  }

  private final class Worker implements Runnable {
    private final Client client;
    private final Latencies latencies = new Latencies();
    private long atStart;
    private long failures;
    private long timeouts;
    private long wrongUser;

    Worker(Client client) {
      this.client = client;
    }

    @Override
    public void run() {
      Request next = client.requests().apply(now());
      while (next.due() < end) {
        awaitDue(next.due());
        if (now() < end + PeerKind.PATIENCE.toNanos()) {
          request(next.user(), next.due());
        } else {
          failed(
              "not begun 10 s after the end",
              next.due()); // whoever falls behind all the time would never end
        }
        next = client.requests().apply(now());
      }
    }

    private void awaitDue(long due) {
      for (long left = due - now(); left > 0; left = due - now()) {
        LockSupport.parkNanos(left);
      }
    }

    private void request(String user, long due) {
      try (Connection connection = peer.connection(user);
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("select current_user")) {
        if (!row.next() || !row.getString(1).equals(user)) {
          wrongUser++;
        }
      } catch (SQLException | RuntimeException e) {
        failed(e.getMessage() == null ? e.toString() : e.getMessage(), due);
        return;
      }
      if (due >= countFrom) {
        latencies.add(now() - due);
      } else if (due < startEnds) {
        atStart++;
      }
    }

    private void failed(String message, long due) {
      long now = now();
      if (now < countFrom) {
        return;
      }
      failures++;
      if (now - due >= PeerKind.PATIENCE.toNanos()) {
        timeouts++;
      }
      firstFailure.compareAndSet(null, message.lines().findFirst().orElse(""));
    }
  }
}
