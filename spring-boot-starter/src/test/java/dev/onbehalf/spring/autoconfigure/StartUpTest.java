package dev.onbehalf.spring.autoconfigure;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.DatabaseSettings;
import dev.onbehalf.identity.IdentityHeaders;
import dev.onbehalf.identity.InvalidSettingsException;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebase.Lakebase;
import dev.onbehalf.pool.UserPool;
import dev.onbehalf.pool.metrics.LeaseTimers;
import dev.onbehalf.pool.metrics.PoolMetrics;
import dev.onbehalf.servlet.ExemptPaths;
import dev.onbehalf.servlet.OnBehalfFilter;
import dev.onbehalf.servlet.ProblemWriter;
import dev.onbehalf.servlet.Problems;
import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.OnBehalfProblems;
import dev.onbehalf.spring.ProblemResolver;
import dev.onbehalf.spring.SharedLakebase;
import dev.onbehalf.spring.actuate.MicrometerObserver;
import dev.onbehalf.spring.actuate.OnBehalfEndpoint;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.mock.env.MockEnvironment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an application finds when it starts, and what keeps it from starting. */
@ExtendWith(OutputCaptureExtension.class)
class StartUpTest {
  private static final int OWN_ORDER = -7;

  /** Takes a string for a number only where the driver leaves its type open. */
  private static final String SETTINGS =
      "SELECT pg_catalog.current_setting('statement_timeout') OPERATOR(pg_catalog.||) ' '"
          + " OPERATOR(pg_catalog.||) pg_catalog.current_setting('work_mem')"
          + " WHERE 1 OPERATOR(pg_catalog.=) ?";

  static final String[] GOOD = {
    "PGHOST=db.example.com",
    "PGDATABASE=shop",
    "LAKEBASE_ENDPOINT=projects/shop/branches/production/endpoints/primary",
    "DATABRICKS_HOST=https://dbc.example.com",
    "DATABRICKS_CLIENT_ID=shop-app",
    "DATABRICKS_CLIENT_SECRET=hush-hush"
  };
  private static final AutoConfigurations AUTO =
      AutoConfigurations.of(
          OnBehalfAutoConfiguration.class,
          OnBehalfWebAutoConfiguration.class,
          DataSourceAutoConfiguration.class,
          JdbcTemplateAutoConfiguration.class,
          JdbcClientAutoConfiguration.class);

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withConfiguration(AUTO).withPropertyValues(GOOD);

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {}

  static InvalidSettingsException invalid(@Nullable Throwable failure) {
    Throwable cause = requireNonNull(failure);
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    assertThat(cause).isInstanceOf(InvalidSettingsException.class);
    return (InvalidSettingsException) cause;
  }

  @Test
  void theRoutingDataSourceIsTheOneThatJdbcUsesAndTheServicePrincipalsIsThereByName() {
    runner.run(
        context -> {
          assertThat(context).hasNotFailed();
          assertThat(context.getBean(DataSource.class))
              .isSameAs(context.getBean(OnBehalf.class).dataSource())
              .isSameAs(context.getBean(JdbcTemplate.class).getDataSource());
          assertThat(context.getBean("servicePrincipalDataSource"))
              .isSameAs(context.getBean(OnBehalf.class).servicePrincipalDataSource());
          assertThat(context).doesNotHaveBean(OnBehalfFilter.class);
        });
  }

  @Test
  void aJobNeedsNeitherServletsNorSpringSecurity() {
    runner
        .withConfiguration(
            AutoConfigurations.of(
                OnBehalfSecurityAutoConfiguration.class, OnBehalfTaskAutoConfiguration.class))
        .withClassLoader(
            new FilteredClassLoader(
                "jakarta.servlet",
                "org.springframework.web",
                "org.springframework.http",
                "org.springframework.security",
                "org.springframework.boot.security",
                "org.springframework.boot.web"))
        .run(context -> assertThat(context).hasNotFailed().hasSingleBean(OnBehalf.class));
  }

  @Test
  void aServletApplicationHasTheFilter() {
    new WebApplicationContextRunner()
        .withConfiguration(AUTO)
        .withPropertyValues(GOOD)
        .run(context -> assertThat(context).hasSingleBean(OnBehalfFilter.class));
  }

  @Test
  void aReactiveApplicationIsRefusedWithASentence() {
    new ReactiveWebApplicationContextRunner()
        .withConfiguration(AUTO)
        .withPropertyValues(GOOD)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .hasRootCauseMessage(
                        "Property spring.main.web-application-type with value 'reactive' is invalid:"
                            + " Onbehalf works in servlet applications only: it binds a person to the"
                            + " thread that works for them. Use spring-boot-starter-webmvc in place of"
                            + " spring-boot-starter-webflux, or set the property to servlet or none."));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PGHOST", "PGDATABASE", "LAKEBASE_ENDPOINT", "DATABRICKS_HOST"})
  void eachMissingVariableIsNamedWithAnExample(String name) {
    runner
        .withPropertyValues(name + "=")
        .run(
            context ->
                assertThat(invalid(context.getStartupFailure()).problems())
                    .singleElement()
                    .asString()
                    .startsWith(name + " is not set. Example: " + name + "="));
  }

  @ParameterizedTest
  @CsvSource({
    "PGPORT, 99999",
    "PGSSLMODE, sometimes",
    "PGSSLMODE, disable",
    "PGSSLROOTCERT, /nowhere/ca.pem",
    "LAKEBASE_ENDPOINT, shop",
    "DATABRICKS_HOST, http://dbc.example.com",
    "DATABRICKS_HOST, https://dbc.example.com/path",
    "onbehalf.pool.max-connections, 0",
    "onbehalf.fleet.enabled, true",
    "onbehalf.pool.max-connections-per-user, -1",
    "onbehalf.pool.service-principal-max-connections, 0",
    "onbehalf.pool.connection-timeout, 0s",
    "onbehalf.pool.idle-timeout, -1s",
    "onbehalf.pool.max-lifetime, 400d",
    "onbehalf.pool.leak-detection-threshold, -1s",
    "onbehalf.pool.rls-check-max-age, 2h",
    "onbehalf.postgres.statement-timeout, 25d",
    "onbehalf.postgres.lock-timeout, -1s",
    "onbehalf.postgres.idle-in-transaction-timeout, 25d",
    "onbehalf.postgres.properties.user, postgres",
    "onbehalf.postgres.properties.sslmode, disable",
    "onbehalf.postgres.properties.autosave, sometimes",
    "PGOPTIONS, -c role=postgres",
    "onbehalf.identity.trusted-proxies, somewhere",
    "onbehalf.identity.trusted-proxies, ''",
    "onbehalf.identity.jwt.issuer, ''",
    "onbehalf.identity.jwt.audiences, ''",
    "onbehalf.identity.exempt-paths, /{open",
    "onbehalf.identity.exempt-paths, health",
    "onbehalf.headers.address, ''",
    "onbehalf.tracing.hash-key, too-short",
    "onbehalf.headers.access-token, X-Token: x",
    "onbehalf.headers.access-token, x-forwarded-email",
    "onbehalf.group, public",
    "onbehalf.group, pg_read_all_data"
  })
  void eachWrongValueIsNamed(String name, String value) {
    runner
        .withPropertyValues(verifierOf(name))
        .withPropertyValues(name + "=" + value)
        .run(
            context ->
                assertThat(invalid(context.getStartupFailure()).problems())
                    .singleElement()
                    .asString()
                    .contains(name));
  }

  /** As where a variable that it is taken from is not set. */
  @Test
  void aGroupOfNoNameIsNone() {
    runner
        .withPropertyValues("onbehalf.group= ")
        .run(context -> assertThat(context.getBean(OnBehalfProperties.class).group()).isNull());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 10, positive",
    "-1, 10, positive",
    "1, 10, at least 6",
    "5, 10, at least 6",
    "3, 1, at least 4"
  })
  void aFleetOfTooFewConnectionsIsRefused(int connections, int ofServicePrincipal, String least) {
    runner
        .withPropertyValues(
            "onbehalf.fleet.enabled=true",
            "onbehalf.fleet.max-connections=" + connections,
            "onbehalf.pool.service-principal-max-connections=" + ofServicePrincipal)
        .run(
            context ->
                assertThat(invalid(context.getStartupFailure()).problems())
                    .singleElement()
                    .asString()
                    .startsWith(
                        "onbehalf.fleet.max-connections is %s, and must be %s"
                            .formatted(connections, least)));
  }

  private static String[] verifierOf(String property) {
    if (property.startsWith("onbehalf.identity.trusted")) {
      return new String[] {"onbehalf.identity.verifier=trusted-proxy"};
    }
    return property.startsWith("onbehalf.identity.jwt")
        ? new String[] {
          "onbehalf.identity.verifier=jwt",
          "onbehalf.identity.jwt.issuer=https://login.example.com",
          "onbehalf.identity.jwt.jwks-uri=https://login.example.com/keys",
          "onbehalf.identity.jwt.audiences=shop"
        }
        : new String[0];
  }

  @Test
  void thePortOfTheProxyIsNamed() {
    runner
        .withPropertyValues(
            "onbehalf.workspace.proxy-host=proxy.example.com", "onbehalf.workspace.proxy-port=0")
        .run(
            context ->
                assertThat(invalid(context.getStartupFailure()))
                    .hasMessageContaining("onbehalf.workspace.proxy-port is 0"));
  }

  @Test
  void sessionsBeginWithWhatThePropertiesSay() {
    runner
        .withPropertyValues(
            SharedLakebase.get().environment().entrySet().stream()
                .map(Object::toString)
                .toArray(String[]::new))
        .withPropertyValues(
            "PGOPTIONS=-c work_mem=5MB",
            "onbehalf.postgres.statement-timeout=30s",
            "onbehalf.postgres.properties.stringtype=unspecified",
            "onbehalf.postgres.properties.reWriteBatchedInserts=true")
        .run(
            context -> {
              UserPool alice =
                  context.getBean(OnBehalfDatabase.class).asUser(SharedLakebase.identity(ALICE));
              assertThat(new JdbcTemplate(alice).queryForList(SETTINGS, String.class, "1"))
                  .containsExactly("30s 5MB");
            });
  }

  @Test
  void keysOverPlainHttpAreRefused() {
    runner
        .withPropertyValues(verifierOf("onbehalf.identity.jwt"))
        .withPropertyValues("onbehalf.identity.jwt.jwks-uri=http://login.example.com/keys")
        .run(
            context ->
                assertThat(invalid(context.getStartupFailure()))
                    .hasMessageContaining("onbehalf.identity.jwt: An issuer is asked over https"));
  }

  /** So that a start does not depend on the issuer. */
  @Test
  void theKeysOfAnIssuerAreNotLookedForBeforeTheyAreNeeded() {
    runner
        .withPropertyValues(
            "onbehalf.identity.verifier=jwt",
            "onbehalf.identity.jwt.issuer=https://nobody.invalid",
            "onbehalf.identity.jwt.audiences=shop",
            "onbehalf.identity.jwt.authorized-parties=proxy")
        .run(context -> assertThat(context).hasNotFailed());
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://login.example.com", "login.example.com", "https://x/?a", "a b"})
  void anIssuerWhoseKeysCannotBeLookedForIsRefused(String issuer) {
    runner
        .withPropertyValues(
            "onbehalf.identity.verifier=jwt",
            "onbehalf.identity.jwt.issuer=" + issuer,
            "onbehalf.identity.jwt.audiences=shop")
        .run(
            context ->
                assertThat(invalid(context.getStartupFailure()))
                    .hasMessageContaining("onbehalf.identity.jwt: "));
  }

  /** What Databricks Apps sets. */
  @Test
  void thePlatformsModeIsTakenAndItIsSaidOnceWhatItMeans(CapturedOutput output) {
    runner
        .withPropertyValues("PGSSLMODE=require")
        .run(context -> assertThat(context).hasNotFailed());
    assertThat(output.toString().lines().filter(line -> line.contains("PGSSLMODE")))
        .singleElement()
        .asString()
        .contains(
            "INFO",
            "PGSSLMODE=require is taken as verify-full",
            "db.example.com",
            "the JVM's trust store");
  }

  @Test
  void aClientWithoutItsSecretIsNamed() {
    runner
        .withPropertyValues("DATABRICKS_CLIENT_SECRET=")
        .run(
            context ->
                assertThat(invalid(context.getStartupFailure()))
                    .hasMessageContaining("DATABRICKS_CLIENT_SECRET is not set"));
  }

  @Test
  void allMistakesAreToldTogetherAndTheAnalyzerShowsHowItIsDone() {
    new ApplicationContextRunner()
        .withConfiguration(AUTO)
        .withPropertyValues(
            "DATABRICKS_CLIENT_SECRET=hush-hush",
            "onbehalf.pool.max-connections=0",
            "onbehalf.headers.address=",
            "onbehalf.identity.exempt-paths=/{open",
            "onbehalf.identity.verifier=jwt")
        .run(
            context -> {
              Throwable failure = requireNonNull(context.getStartupFailure());
              assertThat(invalid(failure).problems()).hasSize(10);
              FailureAnalysis analysis =
                  new InvalidSettingsFailureAnalyzer(new MockEnvironment()).analyze(failure);
              assertThat(analysis).isNotNull();
              assertThat(analysis.getDescription())
                  .contains("PGHOST")
                  .contains("DATABRICKS_CLIENT_ID")
                  .contains("onbehalf.pool.max-connections is 0")
                  .contains("onbehalf.identity.jwt.issuer")
                  .contains("onbehalf.identity.exempt-paths: \"/{open\" is no path pattern: ")
                  .doesNotContain("hush-hush");
              assertThat(analysis.getAction()).contains("LAKEBASE_ENDPOINT=projects/");
            });
  }

  @Test
  void whereOnlyPropertiesAreWrongTheAnalyzerShowsNoEnvironment() {
    runner
        .withPropertyValues("onbehalf.pool.max-connections-per-user=0")
        .run(
            context -> {
              Throwable failure = requireNonNull(context.getStartupFailure());
              FailureAnalysis analysis =
                  requireNonNull(
                      new InvalidSettingsFailureAnalyzer(new MockEnvironment()).analyze(failure));
              assertThat(analysis.getDescription())
                  .startsWith("A property of Onbehalf is wrong.")
                  .contains("onbehalf.pool.max-connections-per-user is 0");
              assertThat(analysis.getAction()).doesNotContain("PGHOST");
            });
  }

  @Test
  void aRealStartPrintsWhatIsMissingAndAnExample(CapturedOutput output) {
    SpringApplicationBuilder application =
        new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE);
    assertThatThrownBy(() -> application.run("--PGDATABASE=shop", "--PGHOST="))
        .hasRootCauseInstanceOf(InvalidSettingsException.class);
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("PGHOST is not set. Example: PGHOST=")
        .contains("DATABRICKS_HOST=https://dbc-a1b2c3d4-e5f6.cloud.databricks.com");
  }

  @Test
  void aDataSourceUrlIsSaidToBeUnused(CapturedOutput output) {
    runner
        .withPropertyValues("spring.datasource.url=jdbc:postgresql://elsewhere/shop")
        .run(
            context ->
                assertThat(context.getBean(DataSource.class))
                    .isSameAs(context.getBean(OnBehalf.class).dataSource()));
    assertThat(output.toString().lines().filter(line -> line.contains("spring.datasource.url")))
        .singleElement()
        .asString()
        .contains("not used");
  }

  @Test
  void theApplicationsOwnBeansWin() {
    OnBehalfDatabase own = Lakebase.database(SharedLakebase.get().environment());
    DataSource ownDataSource = new DriverManagerDataSource();
    runner
        .withBean("own", OnBehalfDatabase.class, () -> own)
        .withBean("ownDataSource", DataSource.class, () -> ownDataSource)
        .run(
            context -> {
              assertThat(context.getBean(OnBehalfDatabase.class)).isSameAs(own);
              assertThat(context.getBean(DataSource.class)).isSameAs(ownDataSource);
            });
  }

  /** One of each type that the starter would make itself. */
  @Configuration(proxyBeanMethods = false)
  static class Own {
    @Bean
    DatabaseConnectionDetails details() {
      return SharedLakebase.get()::environment;
    }

    @Bean
    DatabaseSettings settings(DatabaseConnectionDetails details) {
      return DatabaseSettings.fromEnvironment(details.variables());
    }

    @Bean
    OnBehalf acting(OnBehalfDatabase lakebase) {
      return new OnBehalf(lakebase);
    }

    @Bean
    DataSource servicePrincipalDataSource() {
      return new DriverManagerDataSource();
    }

    @Bean
    IdentityHeaders headers() {
      return new IdentityHeaders("X-Person", "X-Token");
    }

    @Bean
    ExemptPaths paths() {
      return ExemptPaths.of(List.of("/open"));
    }

    @Bean
    Problems problems(OnBehalf onBehalf) {
      return new Problems(SharedLakebase.platform(), null, onBehalf::ranAs);
    }

    @Bean
    OnBehalfProblems asSpringHasThem(Problems problems) {
      return new OnBehalfProblems(problems);
    }

    @Bean
    OnBehalfFilter filter(
        OnBehalf onBehalf, IdentityHeaders headers, ExemptPaths paths, ProblemWriter problems) {
      return onBehalf.filter().headers(headers).exemptPaths(paths).problems(problems).build();
    }

    @Bean
    FilterRegistrationBean<OnBehalfFilter> onBehalfFilterRegistration(OnBehalfFilter filter) {
      FilterRegistrationBean<OnBehalfFilter> registration = new FilterRegistrationBean<>(filter);
      registration.setOrder(OWN_ORDER);
      return registration;
    }

    @Bean
    ProblemWriter writer(Problems problems) {
      return new ProblemWriter(problems);
    }

    @Bean
    ProblemResolver resolver(ProblemWriter problems) {
      return new ProblemResolver(problems);
    }

    @Bean
    ContextPropagatingTaskDecorator decorator() {
      return new ContextPropagatingTaskDecorator();
    }

    @Bean
    MicrometerObserver observer() {
      return new MicrometerObserver(ObservationRegistry.NOOP, null);
    }

    @Bean
    LeaseTimers timers(MeterRegistry meters) {
      return new LeaseTimers(meters);
    }

    @Bean
    PoolMetrics metrics(OnBehalfDatabase lakebase) {
      return PoolMetrics.of(lakebase);
    }

    @Bean
    OnBehalfEndpoint endpoint(OnBehalfDatabase lakebase) {
      return new OnBehalfEndpoint(lakebase, true);
    }

    @Bean
    HealthContributor onbehalfHealthContributor() {
      return (HealthIndicator) () -> Health.up().build();
    }

    @Bean
    HealthContributor dbHealthContributor() {
      return (HealthIndicator) () -> Health.up().build();
    }
  }

  @Test
  void eachBeanThatTheApplicationDefinesTakesThePlaceOfOurs() {
    List<String> own =
        Stream.of(Own.class.getDeclaredMethods())
            .filter(method -> method.isAnnotationPresent(Bean.class))
            .map(Method::getName)
            .toList();
    new WebApplicationContextRunner()
        .withUserConfiguration(Own.class)
        .withBean(SimpleMeterRegistry.class)
        .withConfiguration(AUTO)
        .withConfiguration(
            AutoConfigurations.of(
                OnBehalfActuatorAutoConfiguration.class, OnBehalfTaskAutoConfiguration.class))
        .withPropertyValues("management.endpoints.web.exposure.include=onbehalf")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              for (String bean : own) {
                Class<?> type = requireNonNull(context.getType(bean));
                if (!List.of(
                        DataSource.class, HealthContributor.class, FilterRegistrationBean.class)
                    .contains(type)) {
                  assertThat(context.getBeanNamesForType(type)).containsExactly(bean);
                }
              }
              assertThat(context.getBean("onBehalfFilterRegistration"))
                  .extracting("order")
                  .isEqualTo(OWN_ORDER);
              assertThat(context.getBean("servicePrincipalDataSource"))
                  .isInstanceOf(DriverManagerDataSource.class);
              assertThat(context.getBeanNamesForType(HealthContributor.class))
                  .containsExactly("onbehalfHealthContributor", "dbHealthContributor");
            });
  }

  private static List<String> warningsOfAnotherDataSource(CapturedOutput output) {
    return output.toString().lines().filter(line -> line.contains("DataSource bean")).toList();
  }

  @Test
  void aDataSourceOfTheApplicationsOwnIsSaidToTakeThePlaceOfOurs(CapturedOutput output) {
    runner
        .withBean("own", DataSource.class, DriverManagerDataSource::new)
        .run(context -> assertThat(context).hasNotFailed());
    assertThat(warningsOfAnotherDataSource(output))
        .singleElement()
        .asString()
        .contains("do not run as the person", "defaultCandidate = false", "OnBehalf.dataSource()");
  }

  @Test
  void bothWaysThatTheWarningNamesLeadToThePerson(CapturedOutput output) {
    DataSource own = new DriverManagerDataSource();
    runner
        .withBean(
            "own",
            DataSource.class,
            () -> own,
            bean -> ((AbstractBeanDefinition) bean).setDefaultCandidate(false))
        .run(
            context -> {
              assertThat(context.getBean(JdbcTemplate.class).getDataSource())
                  .isSameAs(context.getBean(OnBehalf.class).dataSource());
              assertThat(context.getBean("own")).isSameAs(own);
            });
    runner
        .withUserConfiguration(Returning.class)
        .run(
            context ->
                assertThat(context.getBean(JdbcTemplate.class).getDataSource())
                    .isSameAs(context.getBean(OnBehalf.class).dataSource()));
    assertThat(warningsOfAnotherDataSource(output)).isEmpty();
  }

  @Configuration(proxyBeanMethods = false)
  static class Returning {
    @Bean
    DataSource mine(OnBehalf onBehalf) {
      return onBehalf.dataSource();
    }
  }

  @Test
  void theMetadataDescribesEveryProperty() throws IOException {
    JsonNode metadata;
    try (InputStream file =
        OnBehalfProperties.class.getResourceAsStream(
            "/META-INF/spring-configuration-metadata.json")) {
      metadata = JsonMapper.shared().readTree(requireNonNull(file));
    }
    JsonNode properties = metadata.get("properties");
    assertThat(properties).hasSizeGreaterThanOrEqualTo(19);
    assertThat(properties)
        .extracting(property -> property.path("name").asString(""))
        .contains("PGHOST", "PGSSLMODE", "DATABRICKS_CLIENT_SECRET", "LAKEBASE_ENDPOINT");
    assertThat(properties)
        .allSatisfy(
            property ->
                assertThat(property.path("description").asString(""))
                    .as(property.toString())
                    .isNotBlank());
  }
}
