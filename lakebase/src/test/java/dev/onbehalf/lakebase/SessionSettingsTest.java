package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.InvalidSettingsException;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.TestPlatform;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What sessions begin with: time-outs, options, the driver's own properties. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SessionSettingsTest {
  private static final String ALICE = "alice@example.com";

  private static LakebaseLocal local;

  @BeforeAll
  static void start() {
    local = LakebaseLocal.builder().user(ALICE).start();
  }

  @AfterAll
  static void stop() {
    local.close();
  }

  private static TestDatabase.Builder settings() {
    return TestDatabase.builder().environment(local.environment());
  }

  private static DataSource alice(OnBehalfDatabase lakebase) {
    String token = local.accessToken(ALICE, Duration.ofHours(1));
    return lakebase.asUser(new ForwardedIdentity(ALICE, Secret.of(token)));
  }

  private static String show(DataSource dataSource, String parameter) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW " + parameter)) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void peoplesSessionsHaveTheTimeOutsAndTheApplicationsHaveWhatTheOptionsSay() throws SQLException {
    TestDatabase.Settings settings =
        settings()
            .variable("PGOPTIONS", "-c statement_timeout=7s --work-mem=5MB")
            .with(it -> it.statementTimeout(Duration.ofSeconds(30)))
            .with(it -> it.lockTimeout(Duration.ofMillis(1_500)))
            .with(it -> it.idleInTransactionTimeout(Duration.ofMinutes(2)))
            .build();
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings)) {
      DataSource alice = alice(lakebase);
      assertThat(show(alice, "statement_timeout")).isEqualTo("30s");
      assertThat(show(alice, "lock_timeout")).isEqualTo("1500ms");
      assertThat(show(alice, "idle_in_transaction_session_timeout")).isEqualTo("2min");
      assertThat(show(alice, "work_mem")).isEqualTo("5MB");
      DataSource servicePrincipal = lakebase.servicePrincipal();
      assertThat(show(servicePrincipal, "statement_timeout")).isEqualTo("7s");
      assertThat(show(servicePrincipal, "lock_timeout")).isEqualTo("0");
      assertThat(show(servicePrincipal, "work_mem")).isEqualTo("5MB");
    }
  }

  @Test
  void whatALeaseChangedIsResetToThem() throws SQLException {
    TestDatabase.Settings settings =
        settings()
            .with(it -> it.statementTimeout(Duration.ofSeconds(30)))
            .with(it -> it.discardAllOnReturn(true))
            .build();
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings)) {
      DataSource alice = alice(lakebase);
      try (Connection connection = alice.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("SET statement_timeout = 0");
      }
      assertThat(show(alice, "statement_timeout")).isEqualTo("30s");
      assertThat(lakebase.statistics().logins()).isEqualTo(1);
    }
  }

  /** Impatient reloads: nobody tells us that their browser has gone. */
  @Test
  void aPersonIsLockedOutByTheirOwnSlowQueriesForNoLongerThanTheTimeOut() throws Exception {
    TestDatabase.Settings settings =
        settings().with(it -> it.statementTimeout(Duration.ofSeconds(1))).build();
    ExecutorService reloads = Executors.newFixedThreadPool(3);
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings)) {
      DataSource alice = alice(lakebase);
      List<Future<String>> pages = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        pages.add(reloads.submit(() -> sleep(alice)));
      }
      assertThat(show(alice, "lock_timeout")).isEqualTo("0");
      for (Future<String> page : pages) {
        assertThat(page.get()).isEqualTo("57014");
      }
    } finally {
      reloads.shutdownNow();
    }
  }

  private static String sleep(DataSource dataSource) {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_catalog.pg_sleep(600)");
      return "slept";
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }

  @Test
  void aTransactionThatIsLeftIdleEndsAndItsConnectionIsNotLentAgain() throws SQLException {
    TestDatabase.Settings settings =
        settings().with(it -> it.idleInTransactionTimeout(Duration.ofMillis(100))).build();
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings)) {
      DataSource alice = alice(lakebase);
      try (Connection connection = alice.getConnection();
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        statement.execute("SELECT 1");
        assertThatThrownBy(
                () -> {
                  while (true) { // until the server has ended it; the test has a bound
                    TimeUnit.MILLISECONDS.sleep(150);
                    statement.execute("SELECT 1");
                  }
                })
            .isInstanceOf(SQLException.class);
      } catch (SQLException rollbackOfWhatIsGone) {
        assertThat((Throwable) rollbackOfWhatIsGone).hasMessageNotContaining("AssertionError");
      }
      assertThat(show(alice, "lock_timeout")).isEqualTo("0");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-c work_mem=64MB|-c work_mem=64MB",
        "-cwork_mem=64MB|-c work_mem=64MB",
        "--Work-Mem=64MB|-c work_mem=64MB",
        "-c jit=off  -c work_mem=1MB -c jit=on|-c jit=on -c work_mem=1MB",
        "-c search_path=shop,\\ pg_temp|-c search_path=shop,\\ pg_temp",
        "-c my.note=a\\\\b|-c my.note=a\\\\b",
        "-c \\w\\ork_mem=1MB|-c work_mem=1MB",
        "''|''"
      })
  void optionsAreReadAsTheServerReadsThem(String options, String sent) {
    TestDatabase.Settings settings = settings().variable("PGOPTIONS", options).build();
    assertThat(TestPlatform.startupOptions(settings.database())).isEqualTo(sent);
  }

  @Test
  void anEscapedOptionArrivesAtTheServer() throws SQLException {
    TestDatabase.Settings settings =
        settings().variable("PGOPTIONS", "-c my.note=a\\ b\\\\c -c search_path=\"a\\ b\"").build();
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings)) {
      assertThat(show(alice(lakebase), "my.note")).isEqualTo("a b\\c");
      assertThat(show(alice(lakebase), "search_path")).isEqualTo("\"a b\"");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-c role=postgres",
        "-crole=postgres",
        "--role=postgres",
        "-c ROLE=postgres",
        "-c ro\\le=postgres",
        "-c session_authorization=postgres",
        "--session-authorization=postgres",
        "-c Session-Authorization=postgres",
        "-c work_mem=1MB\t--role=postgres",
        "\\--role=postgres",
        "role=postgres",
        "-d 5",
        "-c",
        "-c work_mem",
        "-c work_mem=1MB -c",
        "-- role=postgres",
        "endpoint=ep-other"
      })
  void optionsThatWouldWorkAsSomebodyElseOrAreNoSettingsAreRefused(String options) {
    assertThatThrownBy(() -> settings().variable("PGOPTIONS", options).build())
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("PGOPTIONS ");
  }

  @Test
  void anyOtherPropertyOfTheDriverIsTakenHoweverItIsSpelt() throws SQLException {
    TestDatabase.Settings settings =
        settings()
            .with(it -> it.driverProperty("stringType", "unspecified"))
            .with(it -> it.driverProperty("REWRITEBATCHEDINSERTS", "true"))
            .with(it -> it.driverProperty("autosave", "conservative"))
            .build();
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings);
        Connection connection = alice(lakebase).getConnection();
        PreparedStatement statement =
            connection.prepareStatement("SELECT 1 OPERATOR(pg_catalog.=) ?")) {
      statement.setString(1, "1"); // else: operator does not exist: integer = character varying
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        assertThat(row.getBoolean(1)).isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "user",
        "password",
        "USER",
        "PGHOST",
        "service",
        "options",
        "ApplicationName",
        "sslmode",
        "sslMode",
        "ssl",
        "sslfactory",
        "sslhostnameverifier",
        "sslrootcert",
        "sslNegotiation",
        "gssEncMode",
        "jaasLogin",
        "useSpnego",
        "authenticationPluginClassName",
        "requireAuth",
        "socketFactory",
        "socketFactoryArg",
        "connectExecutor",
        "connectTimeout",
        "loginTimeout",
        "socketTimeout",
        "replication",
        "assumeMinServerVersion",
        "loggerLevel"
      })
  void aPropertyThatIsNotTheApplicationsToSetIsRefusedWithAReason(String name) {
    assertThatThrownBy(() -> settings().with(it -> it.driverProperty(name, "hush-hush")).build())
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("driverProperties." + name + " is not to be set: ")
        .hasMessageNotContaining("hush-hush");
  }

  @Test
  void whatTheDriverDoesNotKnowIsRefused() {
    assertThatThrownBy(
            () ->
                settings()
                    .with(it -> it.driverProperty("stringtypes", "unspecified"))
                    .with(it -> it.driverProperty("autosave", "sometimes"))
                    .with(it -> it.statementTimeout(Duration.ofDays(25)))
                    .with(it -> it.lockTimeout(Duration.ofMillis(-1)))
                    .with(it -> it.idleInTransactionTimeout(Duration.ofNanos(1)))
                    .asking(it -> it.workspaceProxy("proxy.example.com", 0))
                    .build())
        .hasMessageContaining("6 problems")
        .hasMessageContaining("driverProperties.stringtypes is no property")
        .hasMessageContaining("driverProperties.autosave is \"sometimes\", not one of")
        .hasMessageContaining("statementTimeout is PT600H")
        .hasMessageContaining("lockTimeout is PT-0.001S")
        .hasMessageContaining("idleInTransactionTimeout is PT0.000000001S")
        .hasMessageContaining("workspaceProxyPort is 0");
  }
}
