package dev.onbehalf.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.identity.InvalidSettingsException;
import dev.onbehalf.rowsecurity.Finding;
import dev.onbehalf.spring.RowSecurityException;
import dev.onbehalf.spring.RowSecurityReports;
import dev.onbehalf.spring.SharedLakebase;
import dev.onbehalf.spring.actuate.RowSecurityEndpoint;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

/** Whether Row-Level Security holds, as an application hears of it at its start and later. */
@ExtendWith(OutputCaptureExtension.class)
class RowSecurityStartTest {
  private static final DefaultApplicationArguments NONE = new DefaultApplicationArguments();

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  OnBehalfAutoConfiguration.class, OnBehalfRowSecurityAutoConfiguration.class))
          .withPropertyValues(
              SharedLakebase.get().environment().entrySet().stream()
                  .map(it -> it.getKey() + "=" + it.getValue())
                  .toArray(String[]::new));

  @BeforeAll
  static void make() throws SQLException {
    run(
        """
        CREATE ROLE careless NOLOGIN;
        CREATE ROLE careful NOLOGIN;
        GRANT careless TO "alice@example.com";
        GRANT careful TO "bob@example.com";
        CREATE SCHEMA half_open;
        GRANT USAGE ON SCHEMA half_open TO careless, careful;
        CREATE TABLE half_open.everybodys (id int PRIMARY KEY, owner text);
        GRANT SELECT ON half_open.everybodys TO careless;
        CREATE TABLE half_open.own (id int PRIMARY KEY, owner text COLLATE "C" NOT NULL);
        ALTER TABLE half_open.own ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON half_open.own USING (owner = current_user);
        GRANT SELECT ON half_open.own TO careful;
        """);
  }

  @AfterAll
  static void drop() throws SQLException {
    run("DROP SCHEMA half_open CASCADE; DROP ROLE careless; DROP ROLE careful");
  }

  private static void run(String sql) throws SQLException {
    try (Connection connection = SharedLakebase.get().superuser().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private ApplicationContextRunner checking(String check, String group) {
    return runner.withPropertyValues(
        "onbehalf.row-security.check=" + check,
        "onbehalf.row-security.schemas=half_open",
        "onbehalf.group=" + group);
  }

  private static void start(ApplicationContext context) throws SQLException {
    context.getBean(RowSecurityCheck.class).run(NONE);
  }

  @Test
  void theStartFailsWithWhatIsOpenAndTheSqlThatClosesIt() {
    checking("fail", "careless")
        .run(
            context ->
                assertThatThrownBy(() -> start(context))
                    .isInstanceOfSatisfying(
                        RowSecurityException.class,
                        e -> {
                          FailureAnalysis analysis = new RowSecurityFailureAnalyzer().analyze(e, e);
                          assertThat(analysis.getDescription())
                              .contains("table-without-rls", "half_open.everybodys");
                          assertThat(analysis.getAction()).contains("ENABLE ROW LEVEL SECURITY");
                        }));
  }

  @Test
  void theStartGoesOnWhereItHolds() {
    checking("fail", "careful").run(RowSecurityStartTest::start);
  }

  @Test
  void aWarningIsOneSummaryOffTheStartsWay(CapturedOutput output) {
    checking("warn", "careless")
        .run(
            context -> {
              start(context);
              await()
                  .atMost(Duration.ofSeconds(30))
                  .untilAsserted(
                      () ->
                          assertThat(output)
                              .contains("Row-Level Security for group:careless, in ")
                              .contains("ERROR table-without-rls, half_open.everybodys"));
            });
  }

  @Test
  void thatItHoldsIsSaidToo(CapturedOutput output) {
    checking("warn", "careful")
        .run(
            context -> {
              start(context);
              await()
                  .atMost(Duration.ofSeconds(30))
                  .untilAsserted(
                      () ->
                          assertThat(output)
                              .contains("Row-Level Security holds for group:careful"));
            });
  }

  @Test
  void aGroupThatIsNotThereIsSaidAndFailsNothing(CapturedOutput output) {
    checking("warn", "nobodys")
        .run(
            context -> {
              start(context);
              await()
                  .atMost(Duration.ofSeconds(30))
                  .untilAsserted(
                      () ->
                          assertThat(output)
                              .contains("could not be asked")
                              .contains("There is no role nobodys"));
            });
  }

  /** Nobody looks in production unless it is said, and nobody who does not say for whom. */
  @ParameterizedTest
  @ValueSource(strings = {"onbehalf.group=careless", "onbehalf.row-security.check=warn"})
  void nobodyLooksWhereItIsNotSaid(String property, CapturedOutput output) {
    runner
        .withPropertyValues(property)
        .run(
            context -> {
              start(context);
              assertThat(Thread.getAllStackTraces().keySet())
                  .noneMatch(it -> it.getName().equals("onbehalf-row-security"));
              assertThat(output).doesNotContain("Row-Level Security");
            });
  }

  @Test
  void toFailForNobodyIsAMistake() {
    runner
        .withPropertyValues("onbehalf.row-security.check=fail")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .isInstanceOf(InvalidSettingsException.class)
                    .hasMessageContaining("onbehalf.group is not set"));
  }

  @Test
  void withoutTheArtifactThereIsNothingOfIt() {
    checking("warn", "careless")
        .withClassLoader(new FilteredClassLoader("dev.onbehalf.rowsecurity"))
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("rowSecurityReports"));
  }

  @Test
  void theEndpointMasksAddressesUnlessToldOtherwise() throws SQLException {
    run(
        "GRANT SELECT ON half_open.own TO \"alice@example.com\"; ALTER TABLE half_open.own OWNER TO \"alice@example.com\"");
    try {
      checking("off", "careless")
          .run(
              context -> {
                RowSecurityReports reports = context.getBean(RowSecurityReports.class);
                assertThat(new RowSecurityEndpoint(reports, true).report().findings())
                    .extracting(Finding::sentence)
                    .anyMatch(it -> it.contains("a***@example.com"))
                    .noneMatch(it -> it.contains("alice@example.com"));
                assertThat(new RowSecurityEndpoint(reports, false).report().findings())
                    .extracting(Finding::sentence)
                    .anyMatch(it -> it.contains("alice@example.com"));
              });
    } finally {
      run("ALTER TABLE half_open.own OWNER TO CURRENT_USER");
    }
  }
}
