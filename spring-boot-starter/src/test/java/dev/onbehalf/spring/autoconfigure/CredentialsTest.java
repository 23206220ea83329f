package dev.onbehalf.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.identity.DatabaseCredential;
import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.InvalidSettingsException;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.PersonCredentials;
import dev.onbehalf.identity.Platform;
import dev.onbehalf.identity.RoleNames;
import dev.onbehalf.identity.ServicePrincipalCredentials;
import dev.onbehalf.lakebase.Lakebase;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.spring.OnBehalf;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;

/** An application whose class path has nothing of Databricks. */
class CredentialsTest {
  private static final String ALICE = "alice@example.com";
  private static final String BOB = "bob@example.com";
  private static final Duration HOUR = Duration.ofHours(1);

  private static LakebaseLocal local;

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withClassLoader(new FilteredClassLoader("dev.onbehalf.lakebase.", "com.databricks."))
          .withConfiguration(
              AutoConfigurations.of(
                  OnBehalfAutoConfiguration.class,
                  DataSourceAutoConfiguration.class,
                  JdbcTemplateAutoConfiguration.class))
          .withPropertyValues(
              "PGHOST=" + variable("PGHOST"),
              "PGPORT=" + variable("PGPORT"),
              "PGDATABASE=" + variable("PGDATABASE"),
              "PGSSLROOTCERT=" + variable("PGSSLROOTCERT"),
              "PGUSER=" + variable("DATABRICKS_CLIENT_ID"));

  @BeforeAll
  static void start() {
    local = LakebaseLocal.builder().takesAccessTokens(true).user(ALICE).user(BOB).start();
  }

  @AfterAll
  static void stop() {
    local.close();
  }

  private static String variable(String name) {
    Map<String, String> environment = local.environment();
    return Objects.requireNonNull(environment.get(name));
  }

  private static String issuer() {
    return variable("DATABRICKS_HOST") + "/oidc";
  }

  private ApplicationContextRunner on(String credentials, String verifier) {
    return runner.withPropertyValues(
        "onbehalf.credentials=" + credentials,
        "onbehalf.identity.verifier=" + verifier,
        "onbehalf.identity.jwt.issuer=" + issuer(),
        "onbehalf.identity.jwt.audiences=7405605519549535",
        "onbehalf.identity.userinfo.issuer=" + issuer(),
        "onbehalf.token-exchange.issuer=" + issuer(),
        "onbehalf.token-exchange.client-id=" + variable("DATABRICKS_CLIENT_ID"),
        "onbehalf.token-exchange.client-secret=" + variable("DATABRICKS_CLIENT_SECRET"));
  }

  private static String currentUser(JdbcTemplate jdbc) {
    return Objects.requireNonNull(jdbc.queryForObject("SELECT current_user", String.class));
  }

  private static void assertPeopleAreThemselves(AssertableApplicationContext context) {
    assertThat(context).hasNotFailed();
    OnBehalf onBehalf = context.getBean(OnBehalf.class);
    JdbcTemplate jdbc = new JdbcTemplate(context.getBean(DataSource.class));
    for (String user : new String[] {ALICE, BOB}) {
      ForwardedIdentity identity =
          new ForwardedIdentity(user, Secret.of(local.accessToken(user, HOUR)));
      assertThat(onBehalf.asUser(identity, () -> currentUser(jdbc))).isEqualTo(user);
    }
    assertThat(onBehalf.asServicePrincipal(() -> currentUser(jdbc)))
        .isEqualTo(variable("DATABRICKS_CLIENT_ID"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"jwt", "userinfo"})
  void theTokenIsExchanged(String verifier) {
    on("token-exchange", verifier)
        .withPropertyValues("onbehalf.token-exchange.audiences=database")
        .run(CredentialsTest::assertPeopleAreThemselves);
  }

  @Test
  void theTokenIsExchangedOnBehalfOf() {
    on("token-exchange", "userinfo")
        .withPropertyValues(
            "onbehalf.token-exchange.form=on-behalf-of", "onbehalf.token-exchange.scopes=postgres")
        .run(CredentialsTest::assertPeopleAreThemselves);
  }

  @Test
  void theTokenIsThePassword() {
    on("access-token", "userinfo")
        .withBean(
            ServicePrincipalCredentials.class,
            () ->
                () ->
                    new DatabaseCredential(
                        Secret.of(local.databaseCredential(variable("DATABRICKS_CLIENT_ID"), HOUR)),
                        Instant.now().plus(HOUR)))
        .run(CredentialsTest::assertPeopleAreThemselves);
  }

  @Test
  void theApplicationLogsInWithATokenOfItsOwnBesideThem() {
    on("access-token", "jwt")
        .withPropertyValues("onbehalf.token-exchange.audiences=database")
        .run(CredentialsTest::assertPeopleAreThemselves);
  }

  @Test
  void aBeanSaysWhatPeopleLogInWith() {
    PersonCredentials vault =
        (user, token) ->
            new DatabaseCredential(
                Secret.of(local.databaseCredential(user, HOUR)), Instant.now().plus(HOUR));
    ServicePrincipalCredentials own =
        () -> vault.of(variable("DATABRICKS_CLIENT_ID"), Secret.of("x"));
    on("bean", "jwt")
        .withBean(PersonCredentials.class, () -> vault)
        .withBean(ServicePrincipalCredentials.class, () -> own)
        .run(CredentialsTest::assertPeopleAreThemselves);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "onbehalf.identity.verifier=workspace | onbehalf.identity.verifier is workspace, which only Lakebase has",
        "onbehalf.identity.userinfo.issuer= | onbehalf.identity.userinfo.issuer is not set",
        "onbehalf.identity.userinfo.issuer=http://login.example.com | An issuer is asked over https",
        "PGUSER= | PGUSER is not set",
      })
  void whatIsMissingKeepsItFromStartingAndIsNamed(String property, String said) {
    on("access-token", "userinfo")
        .withPropertyValues("PGPASSWORD=x", property)
        .run(context -> assertProblem(context, said));
  }

  @Test
  void nothingToLogInWithIsSaidAtTheStart() {
    on("access-token", "userinfo")
        .withPropertyValues("onbehalf.token-exchange.client-id=")
        .run(context -> assertProblem(context, "nothing tells what the application logs in with"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"issuer", "client-id", "client-secret"})
  void aClientThatIsNotWholeIsNamed(String part) {
    on("token-exchange", "userinfo")
        .withPropertyValues("onbehalf.token-exchange." + part + "=")
        .run(context -> assertProblem(context, "onbehalf.token-exchange." + part + " is not set"));
  }

  @Test
  void allThatIsMissingIsToldAtOnceHoweverTheKindIsSpelt() {
    runner
        .withPropertyValues("onbehalf.credentials=TOKEN_EXCHANGE", "PGDATABASE=", "PGUSER=")
        .run(
            context -> {
              for (String missing :
                  new String[] {
                    "PGDATABASE is not set",
                    "PGUSER is not set",
                    "onbehalf.token-exchange.issuer is not set",
                    "onbehalf.token-exchange.client-id is not set",
                    "onbehalf.token-exchange.client-secret is not set",
                    "onbehalf.identity.verifier is workspace"
                  }) {
                assertProblem(context, missing);
              }
            });
  }

  @ParameterizedTest
  @CsvSource({
    "bean, there is no bean of type PersonCredentials",
    "rds-iam, onbehalf.rds-iam.region is not set",
    "'', onbehalf.credentials is not set"
  })
  void whatAKindNeedsIsNamed(String credentials, String said) {
    on(credentials, "userinfo")
        .withPropertyValues("PGPASSWORD=x")
        .run(context -> assertProblem(context, said));
  }

  @ParameterizedTest
  @ValueSource(strings = {"access-token", "token-exchange", "rds-iam"})
  void anotherBeanDoesNotTakeTheirPlaceUnsaid(String credentials) {
    PersonCredentials vault = (user, token) -> new DatabaseCredential(token, Instant.MAX);
    on(credentials, "userinfo")
        .withPropertyValues("PGPASSWORD=x", "onbehalf.rds-iam.region=eu-west-1")
        .withBean("vault", PersonCredentials.class, () -> vault)
        .run(
            context ->
                assertProblem(
                    context,
                    "onbehalf.credentials is %s, and the bean vault says".formatted(credentials)));
  }

  @Test
  void rolesAreNamedAsThePropertiesSay() {
    on("bean", "jwt")
        .withPropertyValues(
            "onbehalf.identity.role.lower-case=true",
            "onbehalf.identity.role.strip-domain=example.com")
        .withBean(
            PersonCredentials.class,
            () ->
                (role, token) ->
                    new DatabaseCredential(
                        Secret.of(local.databaseCredential(role + "@example.com", HOUR)),
                        Instant.MAX))
        .withBean(
            ServicePrincipalCredentials.class,
            () -> () -> new DatabaseCredential(Secret.of("x"), Instant.MAX))
        .run(
            context -> {
              ForwardedIdentity alice =
                  new ForwardedIdentity(ALICE, Secret.of(local.accessToken(ALICE, HOUR)));
              assertThat(context.getBean(OnBehalfDatabase.class).asUser(alice).user())
                  .isEqualTo("alice");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "onbehalf.identity.role.strip-domain=@example.com | \"@example.com\" is no domain",
        "onbehalf.identity.role.lower-case=true | there is a bean of type RoleNames",
      })
  void roleNamesThatCantBeAreSaidAtTheStart(String property, String said) {
    on("access-token", "userinfo")
        .withPropertyValues("PGPASSWORD=x", property)
        .withBean(RoleNames.class, RoleNames::ofAddress)
        .run(context -> assertProblem(context, said));
  }

  @Test
  void aClaimNeedsAVerifierThatTellsClaims() {
    on("access-token", "trusted-proxy")
        .withPropertyValues(
            "PGPASSWORD=x",
            "onbehalf.identity.trusted-proxies=10.0.0.0/8",
            "onbehalf.identity.role.claim=upn")
        .run(context -> assertProblem(context, "the verifier trusted-proxy tells no claims"));
  }

  @Test
  void lowerCaseNeedsAVerifierThatTellsPeopleApartByMoreThanSpelling() {
    on("access-token", "trusted-proxy")
        .withPropertyValues(
            "PGPASSWORD=x",
            "onbehalf.identity.trusted-proxies=10.0.0.0/8",
            "onbehalf.identity.role.lower-case=true")
        .run(context -> assertProblem(context, "knows a person by the spelling of their address"));
  }

  private static void assertProblem(AssertableApplicationContext context, String said) {
    assertThat(context).hasFailed();
    assertThat(context.getStartupFailure())
        .rootCause()
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(said);
  }

  @Test
  void withLakebasesModuleThereItIsLakebaseUnlessToldOtherwise() {
    runner
        .withClassLoader(CredentialsTest.class.getClassLoader())
        .withPropertyValues(
            local.environment().entrySet().stream()
                .map(it -> it.getKey() + "=" + it.getValue())
                .toArray(String[]::new))
        .run(
            context -> {
              assertThat(context.getBean(Platform.class)).isInstanceOf(Lakebase.class);
              assertThat(context.getBean(OnBehalfDatabase.class).platform())
                  .isInstanceOf(Lakebase.class);
            });
  }
}
