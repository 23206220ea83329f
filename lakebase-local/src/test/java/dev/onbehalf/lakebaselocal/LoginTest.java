package dev.onbehalf.lakebaselocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who gets in through the gateway, and what the others are told. */
class LoginTest {
  private static final String ALICE = "alice@example.com";
  private static final String BOB = "bob@example.com";
  private static final String CAROL = "carol@example.com";
  private static final Duration HOUR = Duration.ofHours(1);

  @RegisterExtension
  static final LakebaseLocalExtension LAKEBASE =
      LakebaseLocalExtension.builder()
          .user(ALICE)
          .user(BOB)
          .personWithoutRole(CAROL)
          .passwordRole("reporting", "correct horse")
          .logins((role, password) -> password.equals("of another issuer, for " + role))
          .maxConnections(8)
          .build();

  @Test
  void letsAUserInWithTheirOwnCredential() throws SQLException {
    try (Connection connection = login(ALICE, credential(ALICE))) {
      assertThat(query(connection, "SELECT current_user || ' ' || session_user"))
          .isEqualTo(ALICE + " " + ALICE);
    }
  }

  @Test
  void refusesEveryPasswordThatIsNotALiveCredentialOfThatRole() {
    String alices = credential(ALICE);
    assertWrongPassword(ALICE, credential(BOB));
    assertWrongPassword(ALICE, LAKEBASE.get().databaseCredential(ALICE, Duration.ZERO));
    assertWrongPassword(ALICE, LAKEBASE.get().accessToken(ALICE, HOUR));
    assertWrongPassword(ALICE, alices.substring(0, alices.length() - 8) + "AAAAAAAA");
    assertWrongPassword(ALICE, alices + " ");
    assertWrongPassword(ALICE, "");
    assertWrongPassword(ALICE, "not a token");
    assertWrongPassword(ALICE, "x".repeat(60_000));
    assertWrongPassword("ALICE@example.com", alices);
  }

  @Test
  void asksTheCheckThatItWasGivenToo() throws SQLException {
    login(ALICE, "of another issuer, for " + ALICE).close();
    login(ALICE, credential(ALICE)).close();
    assertWrongPassword(BOB, "of another issuer, for " + ALICE);
    assertWrongPassword("reporting", "of another issuer, for reporting");
    assertWrongPassword("postgres", "of another issuer, for postgres");
  }

  @Test
  void refusesTheSuperuserToWhoeverDoesNotHoldItsSecret() {
    assertWrongPassword("postgres", "");
    assertWrongPassword("postgres", "postgres");
    assertWrongPassword("postgres", credential(ALICE));
  }

  @Test
  void saysThatTheRoleIsMissingToAPersonWithoutRole() {
    assertRefused(
        () -> login(CAROL, credential(CAROL)), "28000", "role \"" + CAROL + "\" does not exist");
  }

  @Test
  void passesTheDatabasesOwnRefusalOn() {
    String url = LAKEBASE.get().jdbcUrl().replace("/databricks_postgres", "/no_such_database");
    assertRefused(
        () -> DriverManager.getConnection(url, ALICE, credential(ALICE)),
        "3D000",
        "database \"no_such_database\" does not exist");
  }

  @Test
  void passesOnThatThereAreTooManyClients() throws SQLException {
    List<Connection> open = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) { // 8, less 3 for the superuser
        open.add(login(ALICE, credential(ALICE)));
      }
      assertRefused(() -> login(BOB, credential(BOB)), "53300", "remaining connection slots");
    } finally {
      for (Connection connection : open) {
        connection.close();
      }
    }
    awaitNoOthers();
  }

  @Test
  void insistsOnTls() {
    String url = LAKEBASE.get().jdbcUrl().replace("verify-full", "disable");
    assertRefused(
        () -> DriverManager.getConnection(url, ALICE, credential(ALICE)), "28000", "no encryption");
  }

  @Test
  void provesItselfToAClientThatVerifiesInFullForEachLoopbackName() throws SQLException {
    String byAddress = LAKEBASE.get().jdbcUrl().replace("//localhost", "//127.0.0.1");
    try (Connection connection = DriverManager.getConnection(byAddress, ALICE, credential(ALICE))) {
      assertThat(query(connection, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void isNotBelievedByAClientThatTrustsAnotherLakebase() {
    try (LakebaseLocal other = LakebaseLocal.builder().start()) {
      String url =
          LAKEBASE
              .get()
              .jdbcUrl()
              .replaceFirst(
                  "sslrootcert=.*", "sslrootcert=" + other.environment().get("PGSSLROOTCERT"));
      assertRefused(
          () -> DriverManager.getConnection(url, ALICE, credential(ALICE)), "08006", "SSL error");
    }
  }

  @Test
  void keepsManyCredentialsOfOneUserValidAtOnce() throws SQLException {
    List<String> credentials = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      credentials.add(credential(ALICE));
    }
    for (String credential : credentials) {
      login(ALICE, credential).close();
    }
  }

  @Test
  void keepsAnOpenConnectionOpenWhenItsCredentialExpires() throws SQLException {
    String credential = credential(ALICE);
    try (Connection connection = login(ALICE, credential)) {
      LAKEBASE.get().faults().expireDatabaseCredentials();

      assertThat(query(connection, "SELECT current_user")).isEqualTo(ALICE);
      assertWrongPassword(ALICE, credential);
    }
  }

  @Test
  void letsTheServicePrincipalInAsOwnerOfItsDatabase() throws SQLException {
    String servicePrincipal = LAKEBASE.get().servicePrincipal();
    try (Connection connection = login(servicePrincipal, credential(servicePrincipal));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA shop");
      statement.execute("CREATE TABLE shop.product (name text)");
      statement.execute("CREATE ROLE shoppers");
      statement.execute("GRANT shoppers TO \"" + ALICE + "\"");
      statement.execute("GRANT USAGE ON SCHEMA shop TO shoppers");
      statement.execute("GRANT SELECT ON shop.product TO shoppers");
      assertThat(
              query(
                  connection,
                  "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"))
          .isEqualTo("f");
    }
    try (Connection connection = login(ALICE, credential(ALICE))) {
      assertThat(query(connection, "SELECT count(*) FROM shop.product")).isEqualTo("0");
    }
  }

  @Test
  void letsAPasswordRoleInWithItsPasswordOnly() throws SQLException {
    try (Connection connection = login("reporting", "correct horse");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA reports");
    }
    assertWrongPassword("reporting", "wrong horse");
    assertWrongPassword("reporting", credential(LAKEBASE.get().servicePrincipal()));
  }

  @Test
  void leadsACancelRequestToTheRightStatement() throws Exception {
    try (Connection connection = login(ALICE, credential(ALICE));
        Connection other = login(ALICE, credential(ALICE));
        Statement statement = connection.createStatement()) {
      CompletableFuture<SQLException> cancelled =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  statement.execute("SELECT pg_sleep(60)");
                  throw new AssertionError("the statement was not cancelled");
                } catch (SQLException e) {
                  return e;
                }
              });
      await()
          .until(
              () ->
                  query(
                          other,
                          "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid() AND state = 'active'")
                      .equals("1"));
      statement.cancel();

      assertThat(cancelled.get().getSQLState()).isEqualTo("57014");
      assertThat(query(connection, "SELECT 1")).isEqualTo("1");
      assertThat(query(other, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void copiesMuchDataBothWaysUntouched() throws SQLException {
    String much = "æ%s".repeat(1_000_000);
    try (Connection connection = login(ALICE, credential(ALICE));
        var echo = connection.prepareStatement("SELECT ?::text")) {
      echo.setString(1, much);
      try (ResultSet row = echo.executeQuery()) {
        row.next();
        assertThat(row.getString(1).equals(much)).isTrue();
      }
    }
  }

  private static void awaitNoOthers() throws SQLException {
    try (Connection connection = LAKEBASE.get().superuser().getConnection()) {
      await()
          .until(
              () ->
                  query(
                          connection,
                          "SELECT count(*) FROM pg_stat_activity WHERE usename = '" + ALICE + "'")
                      .equals("0"));
    }
  }

  private static void assertWrongPassword(String role, String password) {
    assertRefused(
        () -> login(role, password),
        "28P01",
        "FATAL: password authentication failed for user \"" + role + "\"");
  }

  private static void assertRefused(ThrowingCallable login, String sqlState, String message) {
    assertThatThrownBy(login)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(sqlState))
        .hasMessageContaining(message);
  }

  private static String credential(String identity) {
    return LAKEBASE.get().databaseCredential(identity, HOUR);
  }

  private static Connection login(String role, String password) throws SQLException {
    return DriverManager.getConnection(LAKEBASE.get().jdbcUrl(), role, password);
  }

  private static String query(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
