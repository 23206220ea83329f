package dev.onbehalf.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Instances in processes of their own, that come, go, are killed and cut off. */
@Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FleetProcessesTest {
  private static final int LIMIT = 30;
  private static final int THREADS = 5;

  /** Slots that are kept for them. */
  private static final int SUPERUSERS = 3;

  @TempDir Path folder;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final List<MemberProcess> living = new ArrayList<>();
  private final List<MemberProcess> all = new ArrayList<>();
  private final List<SignedOut> signedOut = new ArrayList<>();
  private final int[] tokens = new int[FleetServer.PEOPLE];
  private FleetServer server;

  /**
   * @param acknowledged when the sign-out was
   */
  private record SignedOut(int person, int token, long acknowledged) {}

  @BeforeEach
  void start() throws Exception {
    server = new FleetServer(LIMIT + SUPERUSERS + 1); // and whoever samples
    for (int person = 0; person < FleetServer.PEOPLE; person++) {
      newToken(person);
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (MemberProcess each : all) {
      each.close();
    }
    server.close();
  }

  private static String token(int person, int number) {
    return "p" + person + "-" + number;
  }

  /** The one before is good no more. */
  private void newToken(int person) throws IOException {
    tokens[person]++;
    Path written = Files.writeString(folder.resolve("new"), token(person, tokens[person]));
    Files.move(written, folder.resolve("p" + person), StandardCopyOption.ATOMIC_MOVE);
  }

  private MemberProcess begin(int threads) throws IOException {
    MemberProcess member =
        new MemberProcess(server.port(), LIMIT, folder, threads, random.nextLong());
    all.add(member);
    return member;
  }

  private void join(int threads) throws Exception {
    MemberProcess member = begin(threads);
    assertThat(member.answer()).isEqualTo("ready");
    living.add(member);
  }

  @Test
  void aSignOutClosesConnectionsInAllWithinASecondAndTheKilledOnesShareIsOthers() throws Exception {
    List<MemberProcess> begun = List.of(begin(0), begin(0), begin(0));
    for (MemberProcess each : begun) {
      assertThat(each.answer()).isEqualTo("ready");
      assertThat(each.order("use p0")).isEqualTo("used");
      assertThat(each.order("use p1")).isEqualTo("used");
    }
    assertThat(server.connectionsOf("p0")).isEqualTo(3);
    newToken(0);
    CompletableFuture<Long> closed = CompletableFuture.supplyAsync(() -> untilNoneIsLeft("p0"));
    long before = System.nanoTime();
    assertThat(begun.get(0).order("revoke p0")).isEqualTo("told");
    Duration took = Duration.ofNanos(System.nanoTime() - before);
    Duration last = Duration.ofNanos(closed.get(10, TimeUnit.SECONDS) - before);
    System.out.printf("acknowledged after %s, the last connection closed after %s%n", took, last);
    assertThat(last).isLessThan(Duration.ofSeconds(1));
    assertThat(server.connectionsOf("p1")).as("somebody else").isEqualTo(3);

    begun.get(1).kill();
    long killed = System.nanoTime();
    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              begun.get(0).order("use p1");
              begun.get(2).order("use p1");
              return begun.get(0).order("counts").contains("instances=2, share=14");
            });
    System.out.printf(
        "the killed one's share was others' after %s%n",
        Duration.ofNanos(System.nanoTime() - killed));
  }

  private long untilNoneIsLeft(String person) {
    try (Connection connection = server.superuser();
        Statement statement = connection.createStatement()) {
      while (true) {
        try (ResultSet row =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = '" + person + "'")) {
          row.next();
          if (row.getInt(1) == 0) {
            return System.nanoTime();
          }
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void forAWhile() throws Exception {
    comeAndGo(Duration.ofSeconds(8));
  }

  @Test
  @Tag("long")
  void forThreeMinutes() throws Exception {
    comeAndGo(Duration.ofMinutes(3));
  }

  private void comeAndGo(Duration time) throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger most = new AtomicInteger();
    CompletableFuture<Void> sampling = CompletableFuture.runAsync(() -> sample(most, over));
    join(THREADS);
    join(THREADS);
    long end = System.nanoTime() + time.toNanos();
    int kills = 0;
    int cuts = 1;
    cut(living.get(0));
    while (end - System.nanoTime() > 0) {
      switch (random.nextInt(12)) {
        case 0 -> {
          if (living.size() < 4) {
            join(THREADS);
          }
        }
        case 1 -> {
          if (living.size() > 2) {
            MemberProcess leaves = living.remove(random.nextInt(living.size()));
            check(leaves);
            assertThat(leaves.end()).as("ends in time, seed %s", seed).isTrue();
          }
        }
        case 2 -> {
          if (living.size() > 2) {
            MemberProcess killed = living.remove(random.nextInt(living.size()));
            check(killed);
            killed.kill();
            kills++;
          }
        }
        case 3 -> {
          cut(living.get(random.nextInt(living.size())));
          cuts++;
        }
        default -> signOut(random.nextInt(FleetServer.PEOPLE));
      }
    }
    for (MemberProcess each : living) {
      each.order("idle");
    }
    for (MemberProcess each : living) {
      System.out.println(each.order("counts"));
      check(each);
      assertThat(each.end()).as("ends in time, seed %s", seed).isTrue();
    }
    assertThat(server.refusals()).as("logins beyond the limit, seed %s", seed).isZero();
    oneMoreWouldHaveBeenRefused();
    over.set(true);
    sampling.get(10, TimeUnit.SECONDS);
    System.out.printf(
        "%s sign-outs, %s kills, %s cuts; %s of %s connections in the fullest picture; seed %s%n",
        signedOut.size(), kills, cuts, most, LIMIT, seed);
    await().untilAsserted(() -> assertThat(server.connectionsOfAll()).isZero());
  }

  /**
   * All of one member's connections, or its link alone, while somebody signs out elsewhere whom it
   * has served a moment ago.
   */
  private void cut(MemberProcess member) throws Exception {
    int person = FleetServer.PEOPLE - 1; // nobody else signs them in again
    String kept = member.order("keep p" + person);
    Wire wire = member.wire;
    if (random.nextInt(3) == 0) {
      wire.freeze();
    } else {
      wire.strands.get(0).frozenAlone = true; // the link, unless there has been another since
    }
    CompletableFuture<Void> thaw =
        CompletableFuture.runAsync(
            wire::thaw,
            CompletableFuture.delayedExecutor(200 + random.nextInt(1_500), TimeUnit.MILLISECONDS));
    MemberProcess other = living.get((living.indexOf(member) + 1) % living.size());
    if (signOut(person, other) && kept.equals("used")) {
      assertThat(member.order("lend p" + person))
          .as("what was proved before, seed %s", seed)
          .isNotEqualTo("lent");
    }
    thaw.get(20, TimeUnit.SECONDS);
  }

  private void signOut(int person) throws Exception {
    signOut(person, living.get(random.nextInt(living.size())));
  }

  /** False if the others may not know. */
  private boolean signOut(int person, MemberProcess any) throws Exception {
    int token = tokens[person];
    newToken(person);
    String said = any.order("revoke p" + person);
    if (said.equals("told")) {
      signedOut.add(new SignedOut(person, token, System.nanoTime()));
    } else {
      assertThat(said).as("seed %s", seed).isEqualTo("not told");
    }
    return said.equals("told");
  }

  /** Nobody who asked after the acknowledgement got anything for a token of before. */
  private void check(MemberProcess member) throws Exception {
    for (SignedOut each : signedOut) {
      long asked = Long.parseLong(member.order("begun " + token(each.person(), each.token())));
      assertThat(asked == 0 || asked - each.acknowledged() < 0)
          .as("p%s was lent nothing after their sign-out, seed %s", each.person(), seed)
          .isTrue();
    }
    assertThat(member.order("counts")).as("failures, seed %s", seed).endsWith("{}");
  }

  private static int connections(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "SELECT count(*) FROM pg_stat_activity"
                + " WHERE backend_type = 'client backend' AND usename <> 'postgres'")) {
      row.next();
      return row.getInt(1);
    }
  }

  /** That the server bears the limit, and no more, is what it was set up for. */
  private void oneMoreWouldHaveBeenRefused() throws Exception {
    await().untilAsserted(() -> assertThat(server.connectionsOfAll()).isZero());
    List<Connection> people = new ArrayList<>();
    try {
      for (int i = 0; i < LIMIT; i++) {
        people.add(server.as("p0"));
      }
      assertThatThrownBy(() -> people.add(server.as("p0")))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("53300"));
    } finally {
      for (Connection each : people) {
        each.close();
      }
    }
    assertThat(server.refusals()).isEqualTo(1);
  }

  /** No picture of one instant: one that ended and one that began meanwhile may both be in it. */
  private void sample(AtomicInteger most, AtomicBoolean over) {
    try (Connection connection = server.superuser();
        Statement statement = connection.createStatement()) {
      while (!over.get()) {
        most.accumulateAndGet(connections(statement), Math::max);
        TimeUnit.MILLISECONDS.sleep(5); // as often as it may, and let the others work
      }
    } catch (SQLException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
