package dev.onbehalf.identity;

import static dev.onbehalf.identity.FleetServer.identity;
import static dev.onbehalf.identity.TestPlatform.whoIs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.pool.UserPool;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A sign-out in one instance is one in all, whatever is cut off. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FleetSignOutTest {
  private static final int LIMIT = 40;
  private static final String ALICE = "p0";
  private static final String BOB = "p1";
  private static final String MALLORY = "p2";

  private static FleetServer server;

  @BeforeAll
  static void start() throws Exception {
    server = new FleetServer(60);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @BeforeEach
  void forget() throws SQLException {
    server.ended.clear();
    server.execute("DROP SCHEMA IF EXISTS onbehalf_fleet CASCADE");
  }

  private static OnBehalfDatabase instance() {
    return server.instance(server.port(), LIMIT);
  }

  private static UserPool pool(OnBehalfDatabase instance, String person) {
    return instance.asUser(identity(person, person));
  }

  private static int instances(OnBehalfDatabase database) {
    return database.fleetStatus().orElseThrow().instances();
  }

  private static void assertGone(String person) {
    await()
        .atMost(Duration.ofSeconds(1))
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() -> assertThat(server.connectionsOf(person)).isZero());
  }

  private static void signOut(OnBehalfDatabase at, String person) {
    server.ended.add(person); // what the identity provider does
    at.revoke(person);
  }

  @Test
  void itReachesAllAndDisturbsNobodyElse() throws Exception {
    try (OnBehalfDatabase one = instance();
        OnBehalfDatabase two = instance()) {
      for (OnBehalfDatabase each : new OnBehalfDatabase[] {one, two}) {
        assertThat(whoIs(pool(each, ALICE))).isEqualTo(ALICE);
        assertThat(whoIs(pool(each, BOB))).isEqualTo(BOB);
      }
      UserPool held = pool(two, ALICE);
      try (Connection used = held.getConnection()) {
        long began = System.nanoTime();
        signOut(one, ALICE);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));
        assertThat(server.connectionsOf(ALICE)).as("the one in use").isEqualTo(1);
        assertThat(used.isValid(1)).isTrue();
        assertThatThrownBy(() -> held.getConnection(Duration.ofSeconds(2)))
            .as("with what was proved before")
            .isInstanceOf(SQLException.class);
      }
      assertGone(ALICE);
      assertThatThrownBy(() -> pool(two, ALICE)).isInstanceOf(IdentityException.class);
      assertThat(server.connectionsOf(BOB)).isEqualTo(2);
      assertThat(whoIs(pool(two, BOB))).isEqualTo(BOB);
    }
  }

  /** The instance where it was done hears of it too, and must not undo what came after. */
  @Test
  void whoSignsInAgainStaysSignedIn() throws Exception {
    try (OnBehalfDatabase one = instance();
        OnBehalfDatabase two = instance()) {
      whoIs(pool(two, ALICE));
      signOut(one, ALICE);
      UserPool[] pools = {
        one.asUser(identity(ALICE, "again")), two.asUser(identity(ALICE, "again"))
      };
      long end = System.nanoTime() + 2 * Fleet.CURRENT.toNanos(); // until each has asked anew
      while (end - System.nanoTime() > 0) {
        for (UserPool pool : pools) {
          pool.getConnection().close();
        }
      }
      assertThat(server.connectionsOf(ALICE)).isEqualTo(2);
      assertThat(one.statistics().evicted().closed() + two.statistics().evicted().closed())
          .as("what the sign-out closed")
          .isLessThanOrEqualTo(1);
    }
  }

  @Test
  void whoIsCutOffLendsNobodyAndCatchesUpFirst() throws Exception {
    try (Wire wire = new Wire(server.port());
        OnBehalfDatabase one = instance();
        OnBehalfDatabase two = server.instance(wire.port(), LIMIT)) {
      UserPool before = pool(two, ALICE);
      before.getConnection().close();
      pool(two, BOB).getConnection().close();
      wire.freeze();
      signOut(one, ALICE);
      assertThatThrownBy(() -> before.getConnection(Duration.ofSeconds(1)))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08001"))
          .hasRootCauseInstanceOf(Exception.class)
          .hasMessageContaining("Try again");
      CompletableFuture<UserPool> waits = CompletableFuture.supplyAsync(() -> pool(two, ALICE));
      wire.thaw();
      assertThatThrownBy(waits::join).hasCauseInstanceOf(IdentityException.class);
      assertThatThrownBy(() -> before.getConnection(Duration.ofSeconds(5)))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("sign");
      assertThat(whoIs(pool(two, BOB))).isEqualTo(BOB);
      assertGone(ALICE);
    }
  }

  /** All but the link works: the others can't be heard, and it is not known. */
  @Test
  void aLinkThatIsSilentlyDeadIsNoticedAndReplaced() throws Exception {
    try (Wire wire = new Wire(server.port());
        OnBehalfDatabase one = instance();
        OnBehalfDatabase two = server.instance(wire.port(), LIMIT)) {
      UserPool before = pool(two, ALICE);
      before.getConnection().close();
      wire.strands.get(0).frozenAlone = true; // the first one was the link
      signOut(one, ALICE);
      assertThatThrownBy(() -> before.getConnection(Duration.ofSeconds(6)))
          .isInstanceOf(SQLException.class)
          .as("over another link")
          .hasMessageContaining("No access token");
      assertThat(wire.strands.size()).isGreaterThan(2);
      assertGone(ALICE);
    }
  }

  @Test
  void aCrowdOfSignOutsIsToldTogetherAndKeepsNobodyWaiting() throws Exception {
    int crowd = 300;
    ExecutorService callers = Executors.newFixedThreadPool(crowd);
    try (OnBehalfDatabase one = instance();
        Connection slow = server.as("app");
        Statement statement = slow.createStatement()) {
      UserPool bob = pool(one, BOB);
      bob.getConnection().close();
      slow.setAutoCommit(false);
      statement.execute("SELECT 1 FROM onbehalf_fleet.state FOR UPDATE"); // while they gather
      List<Future<?>> told = new ArrayList<>();
      for (int i = 0; i < crowd; i++) {
        String person = "p" + (2 + i % 30);
        told.add(callers.submit(() -> one.revoke(person)));
      }
      TimeUnit.MILLISECONDS.sleep(300);
      slow.commit();
      while (!told.stream().allMatch(Future::isDone)) {
        bob.getConnection(Duration.ofSeconds(1)).close();
      }
      for (Future<?> each : told) {
        each.get();
      }
      assertThat(server.count("onbehalf_fleet.sign_outs")).isBetween(30, crowd / 2);
      assertThat(server.count("(SELECT DISTINCT role FROM onbehalf_fleet.sign_outs) AS roles"))
          .isEqualTo(30);
    } finally {
      callers.shutdownNow();
    }
  }

  /** Else anybody could wake a database that sleeps, or hold a thread for each made-up token. */
  @Test
  void aStrangerIsRefusedWithoutTheDatabase() throws Exception {
    server.ended.add("made-up");
    try (Wire wire = new Wire(server.port());
        OnBehalfDatabase one = server.instance(wire.port(), LIMIT)) {
      wire.freeze();
      long began = System.nanoTime();
      for (int i = 0; i < 10; i++) {
        assertThatThrownBy(() -> one.asUser(identity(MALLORY, "made-up")))
            .isInstanceOf(IdentityException.class);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
      TimeUnit.MILLISECONDS.sleep(200);
      assertThat(wire.strands).isEmpty();
      wire.thaw();
      assertThat(whoIs(pool(one, ALICE))).isEqualTo(ALICE);
    }
  }

  @Test
  void whoseDatabaseIsGoneIsToldThatOthersWereNot() throws Exception {
    try (Wire wire = new Wire(server.port());
        OnBehalfDatabase one =
            server.instance(
                wire.port(), LIMIT, it -> it.connectionTimeout(Duration.ofSeconds(2)))) {
      UserPool alice = pool(one, ALICE);
      alice.getConnection().close();
      wire.freeze();
      assertThatThrownBy(() -> one.revoke(ALICE)).isInstanceOf(SignOutNotToldException.class);
      wire.thaw();
      assertThatThrownBy(alice::getConnection)
          .as("here it is done")
          .isInstanceOf(SQLException.class);
      one.revoke(ALICE);
      assertThat(server.count("onbehalf_fleet.sign_outs WHERE role = '" + ALICE + "'"))
          .isPositive();
    }
  }

  @Test
  void whenTheLinkIsLostIdleConnectionsOfPeopleCloseAndNothingIsOpened() throws Exception {
    try (OnBehalfDatabase one = instance()) {
      pool(one, ALICE).getConnection().close();
      one.servicePrincipal().getConnection().close();
      server.execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid ="
              + " (SELECT pid FROM onbehalf_fleet.members)");
      assertGone(ALICE);
      await()
          .during(Duration.ofMillis(400))
          .untilAsserted(
              () ->
                  assertThat(server.connectionsOf("app"))
                      .as("the pool's, and no new link")
                      .isEqualTo(1));
      assertThat(instances(one)).isZero();
      assertThat(whoIs(pool(one, ALICE))).isEqualTo(ALICE);
      await().untilAsserted(() -> assertThat(instances(one)).isEqualTo(1));
    }
  }

  @Test
  void whoIsIdleSaysNothing() throws Exception {
    try (Wire wire = new Wire(server.port());
        OnBehalfDatabase one =
            server.instance(wire.port(), LIMIT, it -> it.idleTimeout(Duration.ofMinutes(5)))) {
      pool(one, ALICE).getConnection().close();
      awaitSilence(wire);
      assertThat(instances(one)).isEqualTo(1);
    }
  }

  /** What was begun comes to its end. */
  private static void awaitSilence(Wire wire) {
    AtomicLong before = new AtomicLong();
    await()
        .during(Duration.ofMillis(1_200))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> before.getAndSet(wire.sent.get()) == wire.sent.get());
  }

  /** What is heard is kept in memory until it is looked at, with all that it says. */
  @Test
  void whoeverCanLogInCanNotRing() throws Exception {
    try (Wire wire = new Wire(server.port());
        OnBehalfDatabase one = server.instance(wire.port(), LIMIT);
        Connection mallory = server.as(MALLORY);
        Statement statement = mallory.createStatement()) {
      pool(one, ALICE).getConnection().close();
      awaitSilence(wire);
      long sent = wire.sent.get();
      long received = wire.received.get();
      for (String guess : new String[] {"onbehalf_fleet", "bell", "", "0".repeat(32)}) {
        String channel = guess.isEmpty() ? "onbehalf_fleet.state" : guess;
        statement.execute(
            "SELECT count(pg_notify('%s', i || repeat('x', 1000))) FROM generate_series(1, 5000) i"
                .formatted(channel));
      }
      TimeUnit.MILLISECONDS.sleep(500);
      assertThat(wire.sent.get()).isEqualTo(sent);
      assertThat(wire.received.get()).isEqualTo(received);
      assertThat(server.connectionsOf(ALICE)).isEqualTo(1);
    }
  }

  @Test
  void theNameOfTheBellIsReadByNobody() throws Exception {
    try (OnBehalfDatabase one = instance();
        OnBehalfDatabase two = instance();
        Connection superuser = server.superuser();
        Statement owner = superuser.createStatement()) {
      pool(one, ALICE).getConnection().close();
      pool(two, ALICE).getConnection().close();
      String bell = text(owner, "SELECT bell FROM onbehalf_fleet.state");
      assertThat(bell).matches("[0-9a-f]{32}");
      for (int i = 0; i < 3; i++) {
        one.revoke(BOB);
        assertThat(text(owner, "SELECT string_agg(query, ' ') FROM pg_stat_activity"))
            .as("what the instances have run last, by who may read it")
            .contains("onbehalf_fleet")
            .doesNotContain(bell);
      }
      try (Connection mallory = server.as(MALLORY);
          Statement statement = mallory.createStatement()) {
        assertThatThrownBy(() -> statement.execute("SELECT bell FROM onbehalf_fleet.state"))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        assertThat(text(statement, "SELECT string_agg(query, ' ') FROM pg_stat_activity"))
            .doesNotContain(bell);
      }
    }
  }

  /** Whoever got to know its name all the same. */
  @Test
  void aBellThatIsRungWithoutEndIsLeftAndComesBack() throws Exception {
    try (OnBehalfDatabase one = instance()) {
      pool(one, ALICE).getConnection().close();
      int before = server.count("onbehalf_fleet.members m JOIN pg_stat_activity USING (pid)");
      assertThat(before).isEqualTo(1);
      server.execute(
          "SELECT count(pg_notify((SELECT bell FROM onbehalf_fleet.state), i::text))"
              + " FROM generate_series(1, 20000) i");
      await().untilAsserted(() -> assertThat(instances(one)).isZero());
      assertThat(whoIs(pool(one, ALICE))).isEqualTo(ALICE);
      assertThat(instances(one)).isEqualTo(1);
    }
  }

  private static String text(Statement statement, String question) throws SQLException {
    try (ResultSet row = statement.executeQuery(question)) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void peopleNeitherReadNorWriteNorPlantWhatTheFleetKnows() throws Exception {
    try (OnBehalfDatabase one = instance()) {
      one.revoke(BOB);
      try (Connection mallory = server.as(MALLORY);
          Statement statement = mallory.createStatement()) {
        for (String sql :
            new String[] {
              "SELECT * FROM onbehalf_fleet.sign_outs",
              "SELECT * FROM onbehalf_fleet.members",
              "SELECT last FROM onbehalf_fleet.state FOR UPDATE",
              "DO $$BEGIN LOCK TABLE onbehalf_fleet.state; END$$",
              "DELETE FROM onbehalf_fleet.sign_outs",
              "CREATE TABLE onbehalf_fleet.mine (n integer)"
            }) {
          assertThatThrownBy(() -> statement.execute(sql))
              .as(sql)
              .isInstanceOfSatisfying(
                  SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
      }
    }
  }

  /** Who may create in the database could make the schema first, with triggers of their own. */
  @Test
  void aSchemaThatSomebodyElseMadeIsNotUsed() throws Exception {
    server.execute("GRANT CREATE ON DATABASE postgres TO " + MALLORY);
    try (Connection mallory = server.as(MALLORY);
        Statement statement = mallory.createStatement();
        OnBehalfDatabase one =
            server.instance(
                server.port(), LIMIT, it -> it.connectionTimeout(Duration.ofSeconds(1)))) {
      statement.execute(
          "CREATE SCHEMA onbehalf_fleet; GRANT ALL ON SCHEMA onbehalf_fleet TO PUBLIC");
      statement.execute(
          "CREATE TABLE onbehalf_fleet.state (one boolean, last bigint, pruned bigint);"
              + " GRANT ALL ON onbehalf_fleet.state TO PUBLIC");
      assertThatThrownBy(() -> pool(one, ALICE))
          .isInstanceOf(IssuerUnavailableException.class)
          .rootCause()
          .hasMessageContaining("not the service principal's alone");
      assertThatThrownBy(() -> one.servicePrincipal().getConnection())
          .rootCause()
          .hasMessageContaining("not the service principal's alone");
      assertThat(server.count("pg_class WHERE relname = 'sign_outs'")).isZero();
    } finally {
      server.execute("REVOKE CREATE ON DATABASE postgres FROM " + MALLORY);
    }
  }

  @Test
  void whoWasAwayForLongerThanSignOutsAreKeptForgetsEverybody() throws Exception {
    try (Wire wire = new Wire(server.port());
        OnBehalfDatabase one = instance();
        OnBehalfDatabase two = server.instance(wire.port(), LIMIT)) {
      UserPool alice = pool(two, ALICE);
      UserPool bob = pool(two, BOB);
      alice.getConnection().close();
      bob.getConnection().close();
      wire.freeze();
      signOut(one, ALICE);
      server.execute(
          "DELETE FROM onbehalf_fleet.sign_outs; UPDATE onbehalf_fleet.state SET pruned = last");
      wire.thaw();
      assertThatThrownBy(alice::getConnection).isInstanceOf(SQLException.class);
      assertThatThrownBy(bob::getConnection)
          .as("nobody knows whether it was Bob")
          .isInstanceOf(SQLException.class);
      assertThat(whoIs(pool(two, BOB))).isEqualTo(BOB);
    }
  }

  /** Their numbers are given out again, and whoever knew the lost ones has missed the new ones. */
  @Test
  void aFailoverThatLosesSignOutsLosesNoneThatCameAfterIt() throws Exception {
    for (int more = 0; more < 2; more++) {
      forget();
      try (OnBehalfDatabase one = instance();
          OnBehalfDatabase two = instance()) {
        pool(one, BOB).getConnection().close();
        pool(two, BOB).getConnection().close();
        one.revoke(ALICE);
        pool(two, BOB).getConnection().close();
        server.execute(
            "UPDATE onbehalf_fleet.state SET last = 0, mark = ''; DELETE FROM onbehalf_fleet.sign_outs");
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> 'postgres'");
        await().untilAsserted(() -> assertThat(instances(two)).isZero());
        signOut(one, BOB);
        if (more > 0) {
          one.revoke(ALICE);
        }
        assertThatThrownBy(() -> pool(two, BOB))
            .as("with %s after it", more)
            .isInstanceOf(IdentityException.class);
        server.ended.clear();
      }
    }
  }

  /** Who is idle for long misses nothing by that. */
  @Test
  void whatIsKnownIsKnownWhenItIsNotKeptAnyMore() throws Exception {
    try (OnBehalfDatabase one = instance();
        OnBehalfDatabase two = instance();
        Connection application = server.as("app")) {
      pool(two, BOB).getConnection().close();
      one.revoke(ALICE);
      UserPool bob = pool(two, BOB);
      bob.getConnection().close();
      server.execute("UPDATE onbehalf_fleet.sign_outs SET at = at - interval '1 hour'");
      FleetLink link = new FleetLink(application, "mine", Duration.ofSeconds(30));
      link.prune();
      assertThat(server.count("onbehalf_fleet.sign_outs")).isZero();
      one.revoke(ALICE);
      TimeUnit.NANOSECONDS.sleep(Fleet.CURRENT.toNanos());
      assertThat(whoIs(bob)).as("with what was proved before").isEqualTo(BOB);
    }
  }

  /** A reader of what is later than the last one would miss a number that is committed later. */
  @Test
  void signOutsBecomeVisibleInTheOrderOfTheirNumbers() throws Exception {
    try (OnBehalfDatabase one = instance();
        Connection first = server.as("app");
        Statement statement = first.createStatement();
        Connection second = server.as("app")) {
      one.revoke(BOB); // 1
      first.setAutoCommit(false);
      statement.execute(
          "WITH turn AS (UPDATE onbehalf_fleet.state SET last = last + 1 RETURNING last)"
              + " INSERT INTO onbehalf_fleet.sign_outs (id, role, told_by) SELECT last, 'p8', 'another' FROM turn"); // 2
      FleetLink link = new FleetLink(second, "mine", Duration.ofSeconds(30));
      CompletableFuture<Void> later =
          CompletableFuture.runAsync(
              () -> {
                try {
                  link.tell("p9"); // 3
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      await()
          .untilAsserted(
              () ->
                  assertThat(server.count("pg_locks WHERE NOT granted"))
                      .as("waits for its turn")
                      .isEqualTo(1));
      assertThat(later).isNotDone();
      assertThat(server.count("onbehalf_fleet.sign_outs WHERE id > 1")).isZero();
      first.commit();
      later.get(5, TimeUnit.SECONDS);
      assertThat(server.count("onbehalf_fleet.sign_outs WHERE id > 1")).isEqualTo(2);
    }
  }
}
