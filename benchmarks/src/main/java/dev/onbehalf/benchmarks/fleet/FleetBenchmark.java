package dev.onbehalf.benchmarks.fleet;

import dev.onbehalf.benchmarks.fleet.InstanceProcess.Work;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How several instances share one PostgreSQL, as processes of their own: with and without a fleet,
 * and with and without a balancer that sends a person's requests to the same one.
 *
 * <p>Two thousand people by Zipf 0.99, 50 connections and 16 threads over all instances, logins by
 * trust. A budget of one's own is 50 divided by the instances. Each form has five seconds before it
 * counts.
 */
public final class FleetBenchmark {
  static final double SKEW = 0.99;

  private static final int USERS = 2_000;
  private static final int CONNECTIONS = 50;
  private static final int THREADS = 16;
  private static final int WARM_UP_SECONDS = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String SOMEBODY = "u7";

  private final EmbeddedPostgres postgres;
  private final int seconds;

  private FleetBenchmark(EmbeddedPostgres postgres, int seconds) {
    this.postgres = postgres;
    this.seconds = seconds;
  }

  /**
   * Measures all forms.
   *
   * @param arguments a file for the report, and how many seconds each form takes
   */
  public static void main(String[] arguments) throws Exception {
    StringBuilder report = new StringBuilder();
    report.append(
        "| instances | fleet | affinity | requests/s | hit rate | failed | most connections | sign-out to the last closed |\n");
    report.append("| --: | --- | --- | --: | --: | --: | --: | --: |\n");
    try (EmbeddedPostgres postgres = start()) {
      FleetBenchmark benchmark = new FleetBenchmark(postgres, Integer.parseInt(arguments[1]));
      for (int instances : new int[] {1, 2, 4}) {
        for (boolean fleet : new boolean[] {false, true}) {
          for (boolean affinity : new boolean[] {false, true}) {
            if (instances > 1 || !affinity) {
              report.append(benchmark.row(instances, fleet, affinity)).append('\n');
            }
          }
        }
      }
    }
    System.out.println(report);
    Files.writeString(Path.of(arguments[0]), report);
  }

  private static EmbeddedPostgres start() throws IOException, SQLException {
    EmbeddedPostgres postgres =
        EmbeddedPostgres.builder()
            .setPGStartupWait(Duration.ofMinutes(1))
            .setServerConfig("max_connections", "100")
            .start();
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.addBatch("CREATE ROLE app LOGIN");
      statement.addBatch("GRANT CREATE ON DATABASE postgres TO app");
      for (int i = 0; i < USERS; i++) {
        statement.addBatch("CREATE ROLE u" + i + " LOGIN");
      }
      statement.addBatch("CREATE TABLE notes (of_whom name)");
      statement.addBatch("ALTER TABLE notes ENABLE ROW LEVEL SECURITY");
      statement.executeBatch();
    }
    return postgres;
  }

  private String row(int count, boolean fleet, boolean affinity) throws Exception {
    List<Running> instances = new ArrayList<>();
    try (Watch watch = new Watch()) {
      for (int i = 0; i < count; i++) {
        Work work = new Work(i, count, affinity, USERS, THREADS / count, 42);
        instances.add(new Running(fleet ? CONNECTIONS : 0, CONNECTIONS / count, work));
      }
      answers(instances, "touch " + SOMEBODY);
      answers(instances, "run " + WARM_UP_SECONDS);
      long requests = 0;
      long logins = 0;
      long failures = 0;
      for (String answer : answers(instances, "run " + seconds)) {
        String[] numbers = answer.split(" ", -1);
        requests += Long.parseLong(numbers[0]);
        logins += Long.parseLong(numbers[1]);
        failures += Long.parseLong(numbers[2]);
      }
      int most = watch.most.get();
      return String.format(
          Locale.ROOT,
          "| %s | %s | %s | %,d | %.3f | %s | %s | %s |",
          count,
          fleet ? "yes" : "no",
          count == 1 ? "" : affinity ? "yes" : "no",
          requests / seconds,
          1 - (double) logins / Math.max(1, requests),
          failures,
          most,
          signOut(instances));
    } finally {
      for (Running instance : instances) {
        instance.close();
      }
      awaitNobody();
    }
  }

  private static List<String> answers(List<Running> instances, String order) throws IOException {
    instances.forEach(it -> it.order(order));
    List<String> answers = new ArrayList<>();
    for (Running instance : instances) {
      answers.add(instance.answer());
    }
    return answers;
  }

  /** From the order to the last closed connection, with one of theirs in each instance. */
  private String signOut(List<Running> instances) throws Exception {
    answers(instances, "touch " + SOMEBODY);
    long begun = System.nanoTime();
    instances.get(0).order("sign-out " + SOMEBODY);
    String of = "usename = '" + SOMEBODY + "'";
    while (connections(of) > 0) {
      if (System.nanoTime() - begun > PATIENCE.toNanos()) {
        instances.get(0).answer();
        return "over %s s".formatted(PATIENCE.toSeconds());
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    instances.get(0).answer();
    return millis + " ms";
  }

  private int connections(String which) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT count(*) FROM pg_stat_activity WHERE " + which)) {
      row.next();
      return row.getInt(1);
    }
  }

  private void awaitNobody() throws SQLException, InterruptedException {
    while (connections(Watch.OURS) > 0) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** Sees how many connections there are at the most. */
  private final class Watch implements AutoCloseable {
    static final String OURS = "backend_type = 'client backend' AND usename <> 'postgres'";

    final AtomicInteger most = new AtomicInteger();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Thread thread = new Thread(this::look, "watch");

    Watch() {
      thread.start();
    }

    private void look() {
      try (Connection connection = postgres.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement()) {
        while (!ended.get()) {
          try (ResultSet row =
              statement.executeQuery("SELECT count(*) FROM pg_stat_activity WHERE " + OURS)) {
            row.next();
            most.accumulateAndGet(row.getInt(1), Math::max);
          }
          TimeUnit.MILLISECONDS.sleep(20);
        }
      } catch (SQLException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() throws InterruptedException {
      ended.set(true);
      thread.join();
    }
  }

  /** An instance in a process of its own. */
  private final class Running implements AutoCloseable {
    private final Process process;
    private final PrintWriter orders;
    private final BufferedReader answers;

    Running(int fleetConnections, int ownConnections, Work work) throws IOException {
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  InstanceProcess.class.getName(),
                  "" + postgres.getPort(),
                  "" + fleetConnections,
                  "" + ownConnections));
      command.addAll(work.arguments());
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      orders = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
      answers = process.inputReader(StandardCharsets.UTF_8);
    }

    void order(String what) {
      orders.println(what);
    }

    String answer() throws IOException {
      String line = answers.readLine();
      if (line == null) {
        throw new IOException("An instance has ended");
      }
      return line;
    }

    @Override
    public void close() throws InterruptedException {
      orders.close(); // the end of its orders is its end
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }
}
