package dev.onbehalf.spring;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static dev.onbehalf.spring.SharedLakebase.identity;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.spring.autoconfigure.OnBehalfAutoConfiguration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.PGConnection;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;

/** What a developer hears of tables that Row-Level Security does not protect, or hides. */
@ExtendWith(OutputCaptureExtension.class)
class RowSecurityHintsTest {
  private static final JdbcTemplate SUPERUSER = new JdbcTemplate(SharedLakebase.get().superuser());

  private final ApplicationContextRunner elsewhere =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(OnBehalfAutoConfiguration.class))
          .withPropertyValues(
              SharedLakebase.get().environment().entrySet().stream()
                  .map(Object::toString)
                  .toArray(String[]::new));

  private final ApplicationContextRunner development =
      elsewhere.withPropertyValues("onbehalf.development.enabled=true");

  @BeforeAll
  static void tables() {
    SUPERUSER.execute(
        """
        CREATE SCHEMA hints; GRANT USAGE ON SCHEMA hints TO PUBLIC;
        CREATE TABLE hints.bare (x int); CREATE TABLE hints.hidden (x int);
        CREATE TABLE hints.guarded (x int);
        ALTER TABLE hints.hidden ENABLE ROW LEVEL SECURITY;
        ALTER TABLE hints.guarded ENABLE ROW LEVEL SECURITY;
        CREATE POLICY all_of_it ON hints.guarded USING (true);
        GRANT SELECT ON ALL TABLES IN SCHEMA hints TO PUBLIC;
        """);
  }

  @AfterAll
  static void gone() {
    SUPERUSER.execute("DROP SCHEMA hints CASCADE");
  }

  private static void ask(ApplicationContext application, String user, String sql) {
    JdbcTemplate jdbc = new JdbcTemplate(application.getBean(DataSource.class));
    application
        .getBean(OnBehalf.class)
        .asUser(
            identity(user),
            () -> {
              jdbc.queryForList(sql);
              jdbc.queryForList(sql + " WHERE x = ?", 1);
            });
  }

  private static List<String> hints(CapturedOutput output) {
    return output.toString().lines().filter(it -> it.contains("A person's query names")).toList();
  }

  @Test
  void eachTableIsWarnedOfOnceHoweverManyAsk(CapturedOutput output) {
    development.run(
        context -> {
          for (String user : List.of(ALICE, BOB)) {
            ask(context, user, "SELECT * FROM hints.bare");
            ask(context, user, "SELECT * FROM hints.hidden");
            ask(context, user, "SELECT * FROM hints.guarded");
          }
        });
    assertThat(hints(output)).hasSize(2);
    assertThat(hints(output).get(0)).contains("hints.bare, which has no Row-Level Security");
    assertThat(hints(output).get(1)).contains("hints.hidden, which has Row-Level", "no policy");
  }

  @Test
  void theServicePrincipalsQueriesAreNotLookedAt(CapturedOutput output) {
    SUPERUSER.execute(
        "GRANT USAGE ON SCHEMA hints TO \"%s\"".formatted(SharedLakebase.get().servicePrincipal()));
    development.run(
        context ->
            context
                .getBean(OnBehalf.class)
                .asServicePrincipal(
                    () ->
                        new JdbcTemplate(context.getBean(DataSource.class))
                            .queryForList("SELECT * FROM hints.bare")));
    assertThat(hints(output)).isEmpty();
  }

  @Test
  void theConnectionIsStillTheDrivers() {
    development.run(
        context ->
            assertThat(
                    context
                        .getBean(OnBehalf.class)
                        .asUser(
                            identity(ALICE),
                            () ->
                                new JdbcTemplate(context.getBean(DataSource.class))
                                    .execute(
                                        (ConnectionCallback<Boolean>)
                                            it -> it.isWrapperFor(PGConnection.class))))
                .isTrue());
  }

  @Test
  void elsewhereThereIsNothingInBetween() {
    elsewhere.run(RowSecurityHintsTest::assertNothingBetween);
    development
        .withPropertyValues("DATABRICKS_APP_NAME=shop")
        .run(RowSecurityHintsTest::assertNothingBetween);
    development
        .withPropertyValues("onbehalf.development.check-row-security=false")
        .run(RowSecurityHintsTest::assertNothingBetween);
  }

  private static void assertNothingBetween(ApplicationContext application) {
    assertThat(application.getBean(DataSource.class))
        .isSameAs(application.getBean(OnBehalf.class).dataSource());
  }
}
