package dev.onbehalf.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.pool.UserPoolManager;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A login sends what it has to, and nothing more. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoginCostTest {
  private static final String ALICE = "alice@example.com";

  private static final String ASKS_FOR_PASSWORDS =
      """
      local all all trust
      host all postgres all trust
      host all all all password
      """;

  private static PostgresConnections connections(
      LakebaseLocal local, int port, Map<String, String> others) {
    Map<String, String> variables = new HashMap<>(local.environment());
    variables.put("PGPORT", Integer.toString(port));
    variables.putAll(others);
    return new PostgresConnections(
        DatabaseSettings.fromEnvironment(variables), TestPlatform.VERIFIES_NOTHING, user -> false);
  }

  private static int port(LakebaseLocal local) {
    return Integer.parseInt(Objects.requireNonNull(local.environment().get("PGPORT")));
  }

  @Test
  void aLoginWithItsCheckIsThreeMessages() throws SQLException, IOException {
    try (LakebaseLocal local = LakebaseLocal.builder().start();
        EmbeddedPostgres postgres = EmbeddedPostgres.start();
        Relay relay = new Relay(postgres.getPort())) {
      askForPasswords(postgres);
      PostgresConnections connections =
          connections(local, relay.port(), Map.of("PGSSLMODE", "prefer", "PGDATABASE", "postgres"));
      try (UserPoolManager manager =
          UserPoolManager.builder(connections, user -> Secret.of("secret")).build()) {
        manager.getPool("bob").getConnection().close(); // reads whom Row-Level Security holds
        relay.messages.clear();
        try (Connection connection = manager.getPool("alice").getConnection();
            Statement statement = connection.createStatement()) {
          assertThat(relay.messages).containsExactly("SSLRequest", "Startup", "p");
          relay.messages.clear();
          try (ResultSet row = statement.executeQuery("SELECT current_user")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("alice");
          }
          assertThat(relay.messages).as("the first that the user asks").startsWith("P", "B");
        }
      }
    }
  }

  private static void askForPasswords(EmbeddedPostgres postgres) throws SQLException, IOException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ROLE alice LOGIN PASSWORD 'secret'");
      statement.execute("CREATE ROLE bob LOGIN PASSWORD 'secret'");
      try (ResultSet row = statement.executeQuery("SHOW hba_file")) {
        row.next();
        Files.writeString(Path.of(row.getString(1)), ASKS_FOR_PASSWORDS);
      }
      statement.execute("SELECT pg_reload_conf()");
    }
  }

  @Test
  void theServerSaysWhoseSessionItIsAndTlsIsResumed(@TempDir Path folder)
      throws SQLException, IOException {
    try (LakebaseLocal local = LakebaseLocal.builder().user(ALICE).start();
        Relay relay = new Relay(port(local))) {
      Path trusted = folder.resolve("ca.pem");
      Path authority = Path.of(Objects.requireNonNull(local.environment().get("PGSSLROOTCERT")));
      Files.copy(authority, trusted);
      PostgresConnections connections =
          connections(local, relay.port(), Map.of("PGSSLROOTCERT", trusted.toString()));
      Secret credential = Secret.of(local.databaseCredential(ALICE, Duration.ofMinutes(5)));
      try (Connection connection = connections.connect(ALICE, credential)) {
        assertThat(connections.reportedUser(connection)).contains(ALICE);
      }
      long whole = relay.answered.getAndSet(0);
      connections.connect(ALICE, credential).close();
      assertThat(relay.answered.get()).as("without the certificate").isLessThan(whole - 400);

      Files.writeString(trusted, "no certificate any more");
      assertThatThrownBy(() -> connections.connect(ALICE, credential))
          .isInstanceOf(SQLException.class);
      Files.write(trusted, Files.readAllBytes(authority));
      connections.connect(ALICE, credential).close();
    }
  }
}
