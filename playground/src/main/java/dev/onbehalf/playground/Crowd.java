package dev.onbehalf.playground;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.playground.local.OnLocalLakebase;
import dev.onbehalf.pool.Secret;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.annotation.Conditional;
import org.springframework.stereotype.Component;

/**
 * Made-up people who work for a minute, each through the same door as everybody: their token is
 * proved and exchanged, their connections are their own and count against the budget. How often
 * each comes follows Zipf, as with real people: a few all the time, most now and then.
 *
 * <pre>
 *   NONE --start--&gt; COMING --all have roles--&gt; WORKING --a minute, or stop--&gt; LEAVING --&gt; NONE
 * </pre>
 *
 * Whoever moves NONE to COMING begins the one thread that makes all other moves. Local runs only:
 * it makes roles, and drops them again.
 */
@Component
@Conditional(OnLocalLakebase.class)
class Crowd implements DisposableBean {
  static final String DOMAIN = "@crowd.example";
  private static final Logger log = LoggerFactory.getLogger(Crowd.class);
  private static final Duration WORK = Duration.ofMinutes(1);
  private static final Duration TOKENS_LAST = Duration.ofMinutes(10);
  private static final int AT_ONCE = 12;
  private static final double ZIPF = 0.99;
  private static final List<String> NAMES =
      List.of(
          "ada", "bela", "chloe", "dario", "elif", "femi", "goran", "hana", "ines", "jonas", "kofi",
          "lena", "mira", "nuri", "olga", "pavel", "qiang", "rosa", "sami", "tove", "uma", "viktor",
          "wanda", "xenia", "yusuf", "zoe");
  private static final List<String> SURNAMES = List.of("b", "k", "m", "r", "s");
  private static final String WORK_SQL =
      "SELECT pg_catalog.count(*), pg_catalog.pg_sleep(?) FROM raw_example.products";

  private final OnBehalfDatabase database;
  private final LakebaseLocal lakebase;
  private final AtomicReference<State> state = new AtomicReference<>(State.NONE);
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger failures = new AtomicInteger();
  private volatile long ends;
  private volatile boolean told;

  enum State {
    NONE,
    COMING,
    WORKING,
    LEAVING
  }

  /**
   * What they do.
   *
   * @param secondsLeft of their minute
   */
  record Doing(State state, int people, int requests, int failures, long secondsLeft) {}

  Crowd(OnBehalfDatabase database, LakebaseLocal lakebase) {
    this.database = database;
    this.lakebase = lakebase;
  }

  static List<String> people() {
    List<String> people = new ArrayList<>();
    for (String surname : SURNAMES) {
      NAMES.forEach(name -> people.add(name + "." + surname + DOMAIN));
    }
    return people;
  }

  /** False if there is one. */
  boolean start() {
    if (!state.compareAndSet(State.NONE, State.COMING)) {
      return false;
    }
    told = false;
    requests.set(0);
    failures.set(0);
    ends = System.nanoTime() + WORK.toNanos();
    Thread thread = new Thread(null, this::run, "crowd", 0, false);
    thread.setDaemon(true);
    thread.start();
    return true;
  }

  /** They leave, as soon as each has done what they are doing. */
  void stop() {
    told = true;
  }

  Doing doing() {
    State now = Objects.requireNonNull(state.get());
    long left = now == State.WORKING ? ends - System.nanoTime() : 0;
    return new Doing(
        now,
        people().size(),
        requests.get(),
        failures.get(),
        Math.max(0, TimeUnit.NANOSECONDS.toSeconds(left)));
  }

  private void run() {
    try {
      come();
      if (!told) {
        ends = System.nanoTime() + WORK.toNanos();
        state.set(State.WORKING);
        work();
      }
    } catch (SQLException | RuntimeException e) {
      log.warn("The crowd could not come: {}", e.toString());
    } finally {
      state.set(State.LEAVING);
      leave();
      state.set(State.NONE);
    }
  }

  private void come() throws SQLException {
    for (String person : people()) {
      if (told) {
        return;
      }
      lakebase.addUser(person);
    }
    asSuperuser(people().stream().map(it -> "GRANT raw_example_users TO " + quoted(it)).toList());
  }

  private void work() {
    List<ForwardedIdentity> people =
        people().stream().map(it -> new ForwardedIdentity(it, Secret.of(token(it)))).toList();
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try {
      for (int i = 0; i < AT_ONCE; i++) {
        SplittableRandom random = new SplittableRandom();
        threads.execute(() -> workWhileItLasts(people, random));
      }
      threads.shutdown();
      if (!threads.awaitTermination(WORK.toSeconds() + 30, TimeUnit.SECONDS)) {
        log.warn("Some of the crowd are still at work");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      threads.shutdownNow();
    }
  }

  private String token(String person) {
    return lakebase.accessToken(person, TOKENS_LAST);
  }

  private void workWhileItLasts(List<ForwardedIdentity> people, SplittableRandom random) {
    double[] shares = shares(people.size());
    while (!told && ends - System.nanoTime() > 0) {
      try {
        request(people.get(pick(shares, random)), random.nextDouble(0.02, 0.12));
        requests.incrementAndGet();
        TimeUnit.MILLISECONDS.sleep(random.nextInt(50, 200));
      } catch (SQLException | RuntimeException e) {
        failures.incrementAndGet();
        log.debug("One of the crowd failed: {}", e.toString());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void request(ForwardedIdentity person, double seconds) throws SQLException {
    try (Connection connection = database.asUser(person).getConnection();
        PreparedStatement statement = connection.prepareStatement(WORK_SQL)) {
      statement.setDouble(1, seconds);
      statement.execute();
    }
  }

  /** The share of the first, of the first two, and so on. */
  private static double[] shares(int people) {
    double[] shares = new double[people];
    double sum = 0;
    for (int i = 0; i < people; i++) {
      sum += 1 / Math.pow(i + 1.0, ZIPF);
      shares[i] = sum;
    }
    return shares;
  }

  private static int pick(double[] shares, SplittableRandom random) {
    double at = random.nextDouble(shares[shares.length - 1]);
    int i = 0;
    while (shares[i] < at) {
      i++;
    }
    return i;
  }

  private void leave() {
    List<String> drops = new ArrayList<>();
    for (String person : lakebase.users().stream().filter(people()::contains).toList()) {
      try {
        database.revoke(person);
        lakebase.removePerson(person);
        drops.add("DROP OWNED BY " + quoted(person));
        drops.add("DROP ROLE " + quoted(person));
      } catch (RuntimeException e) { // the application ends
        log.debug("Somebody of the crowd stays: {}", e.toString());
      }
    }
    try {
      asSuperuser(drops);
    } catch (SQLException e) {
      log.debug("Roles of the crowd stay: {}", e.toString());
    }
  }

  private void asSuperuser(List<String> statements) throws SQLException {
    try (Connection connection = lakebase.superuser().getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static String quoted(String role) {
    return '"' + role.replace("\"", "\"\"") + '"';
  }

  @Override
  public void destroy() {
    stop();
  }
}
