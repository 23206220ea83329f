package dev.onbehalf.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.lakebaselocal.internal.gateway.ServerIdentity;
import dev.onbehalf.pool.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is believed to be the database: nobody else hears a password. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServerTlsTest {
  private static final String ALICE = "alice@example.com";

  /** Leads to this machine, and is not among the spellings that we take for it. */
  private static final String ELSEWHERE = "LOCALHOST";

  /** The same, and no certificate is for it. */
  private static final String MISNAMED = "0.0.0.0";

  private static LakebaseLocal local;
  private static Secret credential;

  @BeforeAll
  static void start() {
    local = LakebaseLocal.builder().user(ALICE).start();
    credential = Secret.of(local.databaseCredential(ALICE, Duration.ofHours(1)));
  }

  @AfterAll
  static void stop() {
    local.close();
  }

  private static PostgresConnections connections(String mode, String host, String roots) {
    return new PostgresConnections(
        settings(mode, host, roots), TestPlatform.VERIFIES_NOTHING, user -> false);
  }

  private static DatabaseSettings settings(String mode, String host, String roots) {
    Map<String, String> variables = new HashMap<>(local.environment());
    variables.put("PGSSLMODE", mode);
    variables.put("PGHOST", host);
    variables.put("PGSSLROOTCERT", roots);
    return DatabaseSettings.fromEnvironment(variables);
  }

  private static String roots() {
    return Objects.requireNonNull(local.environment().get("PGSSLROOTCERT"));
  }

  @Test
  void whatTheLocalLakebasePrintsIsWhatThePlatformSetsAndIsVerified() {
    assertThat(local.environment()).containsEntry("PGSSLMODE", "require");
    assertThat(DatabaseSettings.fromEnvironment(local.environment()).tls.mode())
        .isEqualTo(SslMode.VERIFY_FULL);
  }

  @ParameterizedTest
  @CsvSource({
    "require, LOCALHOST",
    "prefer, LOCALHOST",
    "allow, LOCALHOST",
    "verify-ca, LOCALHOST",
    "verify-full, LOCALHOST",
    "'', LOCALHOST",
    "require, localhost",
    "require, 127.0.0.1",
    "verify-ca, localhost",
    "verify-full, localhost",
    "'', localhost"
  })
  void theServerWhoseCertificateIsTrustedAndNamesItIsBelieved(String mode, String host)
      throws SQLException {
    try (Connection connection = connections(mode, host, roots()).connect(ALICE, credential)) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"require", "prefer", "allow", "verify-ca", "verify-full", ""})
  void aCertificateOfAnotherAuthorityIsRefused(String mode, @TempDir Path folder)
      throws IOException {
    Path others = folder.resolve("others.pem");
    Files.writeString(others, ServerIdentity.create().authorityPem());
    assertUntrusted(connections(mode, ELSEWHERE, others.toString()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"require", "prefer", "allow", "verify-ca", "verify-full", ""})
  void aCertificateThatTheJvmDoesNotTrustIsRefused(String mode) {
    assertUntrusted(connections(mode, ELSEWHERE, ""));
    assertUntrusted(connections(mode, ELSEWHERE, "system"));
  }

  @Test
  void theFileThatIsNamedHoldsOnLoopbackToo(@TempDir Path folder) throws IOException {
    Path others = folder.resolve("others.pem");
    Files.writeString(others, ServerIdentity.create().authorityPem());
    assertUntrusted(connections("require", "localhost", others.toString()));
    assertUntrusted(connections("require", "localhost", "system"));
  }

  private static void assertUntrusted(PostgresConnections connections) {
    assertThatThrownBy(() -> connections.connect(ALICE, credential))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("TLS with the database failed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"require", "prefer", "allow", "verify-ca", "verify-full", ""})
  void aCertificateForAnotherNameIsRefused(String mode) {
    assertThatThrownBy(() -> connections(mode, MISNAMED, roots()).connect(ALICE, credential))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining(MISNAMED)
        .hasMessageContaining("could not be verified");
  }

  @ParameterizedTest
  @CsvSource({
    "require, N", "prefer, N", "allow, N", "verify-ca, N", "verify-full, N", "'', N",
    "require, E", "prefer, E", "allow, E", "verify-ca, E", "verify-full, E", "'', E"
  })
  void aServerThatRefusesTlsHearsNothingMore(String mode, char answer) throws Exception {
    try (ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Integer> heard = CompletableFuture.supplyAsync(() -> heard(door, answer));
      Map<String, String> variables = new HashMap<>(local.environment());
      variables.put("PGSSLMODE", mode);
      variables.put("PGHOST", ELSEWHERE);
      variables.put("PGPORT", Integer.toString(door.getLocalPort()));
      PostgresConnections connections =
          new PostgresConnections(
              DatabaseSettings.fromEnvironment(variables),
              TestPlatform.VERIFIES_NOTHING,
              user -> false);
      assertThatThrownBy(() -> connections.connect(ALICE, credential))
          .isInstanceOf(SQLException.class);
      assertThat(heard.get(30, TimeUnit.SECONDS)).as("bytes in clear").isZero();
    }
  }

  /** How much is said after the request for TLS was refused, over all attempts. */
  private static int heard(ServerSocket door, char answer) {
    int bytes = 0;
    try {
      door.setSoTimeout(2_000);
      for (int attempt = 0; attempt < 2; attempt++) { // some drivers come again without TLS
        try (Socket client = door.accept();
            InputStream in = client.getInputStream()) {
          in.readNBytes(8);
          client.getOutputStream().write(answer);
          client.getOutputStream().flush();
          bytes += in.readAllBytes().length;
          door.setSoTimeout(200);
        }
      }
    } catch (IOException nobodyElseComes) {
      return bytes;
    }
    return bytes;
  }
}
