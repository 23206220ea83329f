package dev.onbehalf.lakebaselocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Instances start, stand side by side, and leave nothing behind. */
class LifecycleTest {
  private static final String ALICE = "alice@example.com";

  @Test
  void twoInstancesRunSideBySideAndKnowNothingOfEachOther() throws SQLException {
    try (LakebaseLocal one = LakebaseLocal.builder().user(ALICE).start();
        LakebaseLocal other = LakebaseLocal.builder().user(ALICE).start()) {
      logIn(one, credential(one)).close();
      logIn(other, credential(other)).close();

      assertThatThrownBy(() -> logIn(other, credential(one)))
          .hasMessageContaining("password authentication failed");
      assertThat(one.environment().get("PGPORT")).isNotEqualTo(other.environment().get("PGPORT"));
    }
  }

  @Test
  void leavesNoProcessPortOrFolderAndEndsOpenConnections() throws Exception {
    LakebaseLocal lakebase = LakebaseLocal.builder().user(ALICE).start();
    Map<String, String> environment = lakebase.environment();
    Path folder = folder(environment);
    Connection open = logIn(lakebase, credential(lakebase));
    assertThat(Remains.of(folder).processes()).hasSizeGreaterThan(1);

    lakebase.close();
    lakebase.close();

    assertThat(Remains.of(folder)).matches(Remains::isEmpty);
    assertNothingListens(environment);
    assertThat(open.isValid(5)).isFalse();
    open.close();
    await().untilAsserted(() -> assertThat(ourThreads()).isEmpty());
  }

  @Test
  void removesEverythingAlsoWhenTheDatabaseIsStoppedOrAsleep() {
    for (boolean stopped : new boolean[] {true, false}) {
      LakebaseLocal lakebase = LakebaseLocal.builder().start();
      Path folder = folder(lakebase.environment());
      if (stopped) {
        lakebase.faults().stopDatabase();
      } else {
        lakebase.faults().suspendDatabase(Duration.ofHours(1));
      }
      lakebase.close();

      assertThat(Remains.of(folder)).matches(Remains::isEmpty);
    }
  }

  @Test
  void removesEverythingWhenItsPostgresqlHasCrashed() throws Exception {
    LakebaseLocal lakebase = LakebaseLocal.builder().start();
    Path folder = folder(lakebase.environment());
    for (ProcessHandle process : Remains.of(folder).processes()) {
      if (process.info().command().orElse("").endsWith("/postgres")) {
        process.destroyForcibly();
      }
    }
    lakebase.close(); // warns that it "does not shut down": pg_ctl finds nobody to stop

    await().untilAsserted(() -> assertThat(Remains.of(folder)).matches(Remains::isEmpty));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "postgres", "public", "none", "pg_monitor", "a\0b", "two\nlines"})
  void refusesANameThatCanBeNobodys(String name) {
    assertThatThrownBy(() -> LakebaseLocal.builder().user(name).start())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesNamesThatPostgresqlWouldTakeForOne() {
    assertThatThrownBy(() -> LakebaseLocal.builder().user("x".repeat(64)).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("64 bytes");
    assertThatThrownBy(() -> LakebaseLocal.builder().user("ä".repeat(32)).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("64 bytes");
    assertThatThrownBy(() -> LakebaseLocal.builder().user(ALICE).personWithoutRole(ALICE).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("twice");
  }

  @Test
  void knowsNobodyWhoWasNotNamed() {
    try (LakebaseLocal lakebase = LakebaseLocal.builder().user(ALICE).start()) {
      assertThatThrownBy(() -> lakebase.accessToken("bob@example.com", Duration.ofHours(1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("bob@example.com");
      assertThatThrownBy(
              () -> lakebase.accessToken(lakebase.servicePrincipal(), Duration.ofHours(1)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static void assertNothingListens(Map<String, String> environment) {
    int gateway = Integer.parseInt(Objects.requireNonNull(environment.get("PGPORT")));
    int workspace =
        URI.create(Objects.requireNonNull(environment.get("DATABRICKS_HOST"))).getPort();
    for (int port : new int[] {gateway, workspace}) {
      assertThatThrownBy(() -> connect(port)).isInstanceOf(ConnectException.class);
    }
  }

  private static void connect(int port) throws IOException {
    new Socket(InetAddress.getLoopbackAddress(), port).close();
  }

  private static List<String> ourThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.startsWith("login-gateway") || name.startsWith("workspace"))
        .toList();
  }

  private static Path folder(Map<String, String> environment) {
    return Objects.requireNonNull(
        Path.of(Objects.requireNonNull(environment.get("PGSSLROOTCERT"))).getParent());
  }

  private static String credential(LakebaseLocal lakebase) {
    return lakebase.databaseCredential(ALICE, Duration.ofHours(1));
  }

  private static Connection logIn(LakebaseLocal lakebase, String password) throws SQLException {
    return DriverManager.getConnection(lakebase.jdbcUrl(), ALICE, password);
  }
}
