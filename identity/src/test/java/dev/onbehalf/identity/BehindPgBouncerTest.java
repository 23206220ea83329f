package dev.onbehalf.identity;

import static dev.onbehalf.identity.TestPlatform.whoIs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.onbehalf.pool.RlsBypassException;
import dev.onbehalf.pool.Secret;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code docs/fleet.md} says of PgBouncer; run by {@code ./check real}. */
@Tag("real")
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class BehindPgBouncerTest {
  private static final String ALICE = "alice@example.com";
  private static final String BOB = "bob@example.com";
  private static final String ROOT = "root@example.com";

  private static EmbeddedPostgres postgres;

  @BeforeAll
  static void start() throws Exception {
    postgres =
        EmbeddedPostgres.builder()
            .setPGStartupWait(Duration.ofMinutes(1))
            .setServerConfig("max_connections", "60")
            .start();
    String hba = asSuperuser("SHOW hba_file");
    asSuperuser(
        """
        CREATE ROLE pooler LOGIN SUPERUSER PASSWORD 'pooler';
        CREATE ROLE app LOGIN PASSWORD 'app';
        CREATE ROLE people;
        CREATE ROLE "alice@example.com" LOGIN PASSWORD 'alice' IN ROLE people;
        CREATE ROLE "bob@example.com" LOGIN PASSWORD 'bob' IN ROLE people;
        CREATE ROLE "root@example.com" LOGIN PASSWORD 'root' BYPASSRLS IN ROLE people;
        CREATE SCHEMA shop AUTHORIZATION app;
        GRANT USAGE ON SCHEMA shop TO people;
        SET ROLE app;
        CREATE TABLE shop.orders (item text, owner text DEFAULT current_user);
        ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON shop.orders USING (owner = current_user);
        GRANT SELECT, INSERT, UPDATE, DELETE ON shop.orders TO people;
        INSERT INTO shop.orders VALUES ('bread', 'alice@example.com'), ('secret', 'bob@example.com');
        """);
    Files.writeString(
        Path.of(hba),
        """
        host all postgres 127.0.0.1/32 trust
        host all all 127.0.0.1/32 scram-sha-256
        """);
    asSuperuser("SELECT pg_catalog.pg_reload_conf()");
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  private static String asSuperuser(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      String answer = "";
      if (statement.execute(sql)) {
        try (ResultSet row = statement.getResultSet()) {
          row.next();
          answer = row.getString(1);
        }
      }
      return answer;
    }
  }

  private static PgBouncer pooler(String mode, String... more) throws IOException {
    return PgBouncer.start(
        postgres.getPort(),
        "pooler",
        "pooler",
        "pool_mode = " + mode + "\n" + String.join("\n", more));
  }

  private static DatabaseSettings.Builder settings(PgBouncer pooler) {
    return DatabaseSettings.builder()
        .environment(
            Map.of(
                "PGHOST", "127.0.0.1",
                "PGPORT", "" + pooler.port(),
                "PGDATABASE", "postgres",
                "PGUSER", "app",
                "PGPASSWORD", "app",
                "PGSSLMODE", "disable"))
        .driverProperty("prepareThreshold", "0");
  }

  /** A person's password is their address, up to the @. */
  private static OnBehalfDatabase database(DatabaseSettings.Builder settings) {
    return OnBehalfDatabase.of(
        settings.build(),
        Platform.of(
            identity -> new IdentityVerifier.Proof(identity.address(), Instant.MAX),
            (user, token) ->
                new DatabaseCredential(
                    Secret.of(user.substring(0, user.indexOf('@'))), Instant.MAX),
            () -> new DatabaseCredential(Secret.of("app"), Instant.MAX)));
  }

  private static DataSource as(OnBehalfDatabase database, String user) {
    return database.asUser(new ForwardedIdentity(user, Secret.of("of-" + user.replace("@", "."))));
  }

  private static List<String> rows(DataSource dataSource, String sql) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      List<String> all = new ArrayList<>();
      while (rows.next()) {
        all.add(rows.getString(1));
      }
      return all;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"session", "transaction"})
  void peopleAreThemselvesAndSeeTheirRowsOnly(String mode) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (PgBouncer pooler = pooler(mode, "default_pool_size = 2");
        OnBehalfDatabase database = database(settings(pooler))) {
      List<Future<?>> requests = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        String user = i % 2 == 0 ? ALICE : BOB;
        requests.add(
            threads.submit(
                () -> {
                  assertThat(whoIs(as(database, user))).isEqualTo(user);
                  assertThat(rows(as(database, user), "SELECT owner FROM shop.orders"))
                      .containsOnly(user);
                  return null;
                }));
      }
      for (Future<?> request : requests) {
        request.get();
      }
      assertThat(rows(database.servicePrincipal(), "SELECT item FROM shop.orders")).hasSize(2);
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"session", "transaction"})
  void whoIsAboveRowLevelSecurityIsRefused(String mode) throws Exception {
    try (PgBouncer pooler = pooler(mode);
        OnBehalfDatabase database = database(settings(pooler))) {
      assertThatThrownBy(() -> whoIs(as(database, ROOT))).isInstanceOf(RlsBypassException.class);
      assertThat(whoIs(as(database, ALICE))).isEqualTo(ALICE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"session", "transaction"})
  void whatASessionSetsStaysWithItsUser(String mode) throws Exception {
    try (PgBouncer pooler = pooler(mode, "default_pool_size = 1", "server_reset_query_always = 0");
        OnBehalfDatabase database = database(settings(pooler))) {
      for (int i = 0; i < 20; i++) {
        try (Connection connection = as(database, ALICE).getConnection();
            Statement statement = connection.createStatement()) {
          statement.execute("SET search_path = shop; SET app.tenant = 'alice'");
        }
        assertThat(rows(as(database, BOB), "SHOW search_path"))
            .containsExactly("\"$user\", public");
        assertThat(rows(as(database, BOB), "SELECT current_setting('app.tenant', true)"))
            .noneMatch("alice"::equals);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"session", "transaction"})
  void transactionsAreWholeAndReadOnlyOnesWriteNothing(String mode) throws Exception {
    try (PgBouncer pooler = pooler(mode, "default_pool_size = 2");
        OnBehalfDatabase database = database(settings(pooler))) {
      DataSource alice = as(database, ALICE);
      for (int i = 0; i < 20; i++) {
        try (Connection connection = alice.getConnection();
            Statement statement = connection.createStatement()) {
          connection.setAutoCommit(false);
          statement.execute("INSERT INTO shop.orders VALUES ('tea')");
          connection.rollback();
          connection.setReadOnly(true);
          assertThatThrownBy(() -> statement.execute("INSERT INTO shop.orders VALUES ('tea')"))
              .isInstanceOfSatisfying(
                  SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"));
        }
        assertThat(rows(alice, "SELECT item FROM shop.orders")).containsExactly("bread");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"session", "transaction"})
  void itsRestartCostsNobodyMoreThanTheirConnection(String mode) throws Exception {
    try (PgBouncer pooler = pooler(mode);
        OnBehalfDatabase database = database(settings(pooler))) {
      assertThat(whoIs(as(database, ALICE))).isEqualTo(ALICE);
      pooler.restart();
      await()
          .ignoreExceptions()
          .atMost(Duration.ofSeconds(20))
          .until(() -> whoIs(as(database, ALICE)).equals(ALICE));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"session", "transaction"})
  void signOutLeavesNothingOfOursOpen(String mode) throws Exception {
    try (PgBouncer pooler = pooler(mode);
        OnBehalfDatabase database = database(settings(pooler))) {
      DataSource alice = as(database, ALICE);
      assertThat(whoIs(alice)).isEqualTo(ALICE);
      database.revoke(ALICE);
      await().until(() -> database.statistics().total() == 0);
      assertThatThrownBy(alice::getConnection).isInstanceOf(SQLException.class);
      assertThat(whoIs(as(database, ALICE))).as("signed in again").isEqualTo(ALICE);
    }
  }

  @Test
  void namedStatementsNeedSessionModeOrANewerPgBouncer() throws Exception {
    try (PgBouncer pooler = pooler("session");
        OnBehalfDatabase database =
            database(settings(pooler).driverProperty("prepareThreshold", "1"))) {
      prepareInTurns(database);
    }
    try (PgBouncer pooler = pooler("transaction", "default_pool_size = 2");
        OnBehalfDatabase database =
            database(settings(pooler).driverProperty("prepareThreshold", "1"))) {
      assumeTrue(pooler.version() < 121, "PgBouncer prepares for its clients from 1.21 on");
      assertThatThrownBy(() -> prepareInTurns(database))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("26000"));
    }
  }

  private static void prepareInTurns(OnBehalfDatabase database) throws SQLException {
    for (int i = 0; i < 20; i++) {
      try (Connection one = as(database, ALICE).getConnection();
          Connection other = as(database, ALICE).getConnection()) {
        for (int turn = 0; turn < 3; turn++) {
          for (Connection each : List.of(one, other)) {
            each.setAutoCommit(false);
            try (PreparedStatement statement =
                    each.prepareStatement("SELECT item FROM shop.orders");
                ResultSet rows = statement.executeQuery()) {
              assertThat(rows.next()).isTrue();
            }
          }
          one.commit();
          other.commit();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"session", "transaction"})
  void whatSessionsBeginWithIsRefusedOrNotInForce(String mode) throws Exception {
    Duration limit = Duration.ofSeconds(3);
    try (PgBouncer pooler = pooler(mode);
        OnBehalfDatabase database = database(settings(pooler).statementTimeout(limit))) {
      assertThatThrownBy(() -> whoIs(as(database, ALICE)))
          .hasStackTraceContaining("unsupported startup parameter: options");
    }
    try (PgBouncer pooler =
            pooler(mode, "ignore_startup_parameters = extra_float_digits, options");
        OnBehalfDatabase database = database(settings(pooler).statementTimeout(limit))) {
      assertThat(rows(as(database, ALICE), "SHOW statement_timeout")).containsExactly("0");
      asSuperuser("ALTER ROLE \"bob@example.com\" SET statement_timeout = '3s'");
      assertThat(rows(as(database, BOB), "SHOW statement_timeout")).containsExactly("3s");
    }
  }
}
