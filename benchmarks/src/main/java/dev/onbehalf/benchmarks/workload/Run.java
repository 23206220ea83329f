package dev.onbehalf.benchmarks.workload;

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
 * paced request's time counts from when it was due, so that a stall is charged to all who would
 * have met it.
 */
final class Run {
  private final Database database;
  private final Peer peer;
  private final long countFrom;
  private final long end;
  private final Duration counted;
  private final AtomicReference<@Nullable String> firstFailure = new AtomicReference<>();
  private final List<Worker> workers = new ArrayList<>();

  private Run(Database database, Peer peer, Duration warmUp, Duration counted) {
    this.database = database;
    this.peer = peer;
    this.counted = counted;
    this.countFrom = System.nanoTime() + warmUp.toNanos();
    this.end = countFrom + counted.toNanos();
  }

  static Result of(
      Database database, Peer peer, List<Client> clients, Duration warmUp, Duration counted)
      throws SQLException, InterruptedException {
    return new Run(database, peer, warmUp, counted).play(clients);
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
      while (System.nanoTime() < end) {
        mostClients = Math.max(mostClients, Database.clients(observer) - 1);
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
    for (Thread thread : threads) {
      thread.join(2 * PeerKind.PATIENCE.toMillis());
    }
    return result(mostClients);
  }

  private Result result(int mostClients) {
    Latencies latencies = new Latencies();
    long failures = 0;
    long timeouts = 0;
    long wrongUser = 0;
    for (Worker worker : workers) {
      if (worker.client.counted()) {
        latencies.addAll(worker.latencies);
        failures += worker.failures;
        timeouts += worker.timeouts;
      }
      wrongUser += worker.wrongUser;
    }
    return new Result(
        latencies.total() / (counted.toNanos() / 1e9),
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
    private long failures;
    private long timeouts;
    private long wrongUser;

    Worker(Client client) {
      this.client = client;
    }

    @Override
    public void run() {
      long due = System.nanoTime();
      while (due < end) {
        if (!client.pace().isZero()) {
          due += client.pace().toNanos();
          awaitDue(due);
        }
        request(due);
        if (client.pace().isZero()) {
          due = System.nanoTime();
        }
      }
    }

    private void awaitDue(long due) {
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
    }

    private void request(long due) {
      String user = client.users().get();
      try (Connection connection = peer.connection(user);
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("select current_user")) {
        if (!row.next() || !row.getString(1).equals(user)) {
          wrongUser++;
        }
      } catch (SQLException | RuntimeException e) {
        failed(e, due);
        return;
      }
      long now = System.nanoTime();
      if (now >= countFrom && now < end) {
        latencies.add(now - due);
      }
    }

    private void failed(Exception e, long due) {
      long now = System.nanoTime();
      if (now < countFrom) {
        return;
      }
      failures++;
      if (now - due >= PeerKind.PATIENCE.toNanos()) {
        timeouts++;
      }
      String message = e.getMessage() == null ? e.toString() : e.getMessage();
      firstFailure.compareAndSet(null, message.lines().findFirst().orElse(""));
    }
  }
}
