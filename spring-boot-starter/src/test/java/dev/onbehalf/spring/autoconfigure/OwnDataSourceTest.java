package dev.onbehalf.spring.autoconfigure;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.identity;
import static dev.onbehalf.spring.SharedLakebase.whoIs;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Named.named;

import com.zaxxer.hikari.HikariDataSource;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.SharedLakebase;
import dev.onbehalf.spring.TestApplication;
import dev.onbehalf.spring.WithoutSecurity;
import dev.onbehalf.spring.autoconfigure.Wrappings.Opaque;
import jakarta.persistence.EntityManagerFactory;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.session.SqlSessionFactory;
import org.apache.ibatis.session.SqlSessionFactoryBuilder;
import org.apache.ibatis.transaction.jdbc.JdbcTransactionFactory;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mybatis.spring.SqlSessionTemplate;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanDefinitionCustomizer;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** An application's own DataSource, beside ours or in its place. */
@ExtendWith(OutputCaptureExtension.class)
class OwnDataSourceTest {
  private static final Map<String, String> ENVIRONMENT = SharedLakebase.get().environment();

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  OnBehalfAutoConfiguration.class,
                  OnBehalfHibernateAutoConfiguration.class,
                  OnBehalfMyBatisAutoConfiguration.class,
                  OnBehalfSqlDialectAutoConfiguration.class,
                  DataSourceAutoConfiguration.class,
                  DataSourceTransactionManagerAutoConfiguration.class,
                  JdbcTemplateAutoConfiguration.class,
                  JdbcClientAutoConfiguration.class))
          .withPropertyValues(
              ENVIRONMENT.entrySet().stream()
                  .map(variable -> variable.getKey() + "=" + variable.getValue())
                  .toArray(String[]::new));

  /** Makes a bean of what the application has. */
  private interface Making<T> {
    T of(OnBehalf onBehalf, OnBehalfDatabase lakebase);
  }

  private static <T> ApplicationContextRunner with(
      ApplicationContextRunner runner,
      String name,
      Class<T> type,
      Making<T> making,
      BeanDefinitionCustomizer... customizers) {
    return runner.withInitializer(
        context ->
            ((GenericApplicationContext) context)
                .registerBean(
                    name,
                    type,
                    () ->
                        making.of(
                            context.getBean(OnBehalf.class),
                            context.getBean(OnBehalfDatabase.class)),
                    customizers));
  }

  private static void notByDefault(BeanDefinition definition) {
    ((AbstractBeanDefinition) definition).setDefaultCandidate(false);
  }

  private static SharedIdentityException refusal(AssertableApplicationContext context) {
    Throwable cause = requireNonNull(context.getStartupFailure(), "It started");
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    assertThat(cause).isInstanceOf(SharedIdentityException.class);
    return (SharedIdentityException) cause;
  }

  private static Stream<Named<UnaryOperator<DataSource>>> wrappings() {
    return Wrappings.all().entrySet().stream().map(it -> named(it.getKey(), it.getValue()));
  }

  @ParameterizedTest
  @MethodSource("wrappings")
  void theServicePrincipalsInThePlaceOfThePeoplesKeepsTheApplicationFromStarting(
      UnaryOperator<DataSource> wrapping) {
    with(
            runner,
            "sessions",
            DataSource.class,
            (onBehalf, lakebase) -> wrapping.apply(onBehalf.servicePrincipalDataSource()))
        .run(context -> assertThat(refusal(context)).hasMessageContaining("'sessions'"));
  }

  @ParameterizedTest
  @MethodSource("wrappings")
  void soDoesItsPool(UnaryOperator<DataSource> wrapping) {
    with(
            runner,
            "sessions",
            DataSource.class,
            (onBehalf, lakebase) -> wrapping.apply(lakebase.servicePrincipal()))
        .run(context -> assertThat(refusal(context)).hasMessageContaining("'sessions'"));
  }

  @Test
  void soDoesItsPoolWhoseDatabaseIsDown() {
    with(
            runner.withPropertyValues("PGHOST=localhost", "PGPORT=1", "PGSSLMODE=disable"),
            "sessions",
            DataSource.class,
            (onBehalf, lakebase) -> new Opaque(lakebase.servicePrincipal()))
        .run(OwnDataSourceTest::refusal);
  }

  @ParameterizedTest
  @MethodSource("wrappings")
  void thePeoplesInAnyWrapperIsThePeoples(
      UnaryOperator<DataSource> wrapping, CapturedOutput output) {
    with(
            runner,
            "wrapped",
            DataSource.class,
            (onBehalf, lakebase) -> wrapping.apply(onBehalf.dataSource()))
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              String user =
                  context
                      .getBean(OnBehalf.class)
                      .asUser(identity(ALICE), () -> whoIs(context.getBean(DataSource.class)));
              assertThat(user).isEqualTo(ALICE);
            });
    assertThat(output).doesNotContain("DataSource bean of its own");
  }

  private static String url(String driver) {
    return "jdbc:%s://127.0.0.1:%s/%s"
        .formatted(driver, ENVIRONMENT.get("PGPORT"), ENVIRONMENT.get("PGDATABASE"));
  }

  private static HikariDataSource pool(DataSource of) {
    HikariDataSource pool = new HikariDataSource();
    pool.setDataSource(of);
    return pool;
  }

  static Stream<Named<Making<DataSource>>> othersThatGiveEverybodyTheSameRole() {
    return Stream.of(
        named(
            "one target of a routing one",
            (onBehalf, lakebase) ->
                Wrappings.routing(
                    onBehalf.dataSource(), Map.of("all", onBehalf.servicePrincipalDataSource()))),
        named(
            "for transactions that only read",
            (onBehalf, lakebase) -> {
              LazyConnectionDataSourceProxy lazy =
                  new LazyConnectionDataSourceProxy(onBehalf.dataSource());
              lazy.setReadOnlyDataSource(onBehalf.servicePrincipalDataSource());
              return lazy;
            }),
        named(
            "where the people's fails",
            (onBehalf, lakebase) ->
                new Opaque(onBehalf.dataSource(), onBehalf.servicePrincipalDataSource())),
        named("its pool", (onBehalf, lakebase) -> pool(onBehalf.servicePrincipalDataSource())),
        named(
            "a pool of a fixed user",
            (onBehalf, lakebase) -> {
              HikariDataSource pool = new HikariDataSource();
              pool.setJdbcUrl(url("postgresql"));
              return pool;
            }),
        named(
            "a wrapping driver",
            (onBehalf, lakebase) -> new DriverManagerDataSource(url("p6spy:postgresql"))),
        named(
            "the driver's own",
            (onBehalf, lakebase) -> {
              PGSimpleDataSource own = new PGSimpleDataSource();
              own.setURL(url("postgresql"));
              return Wrappings.proxy(own);
            }));
  }

  @ParameterizedTest
  @MethodSource
  void othersThatGiveEverybodyTheSameRole(Making<DataSource> making) {
    with(runner, "own", DataSource.class, making)
        .run(
            context ->
                assertThat(refusal(context)).hasMessageContaining("as one and the same role"));
  }

  /** Alice's connection would be Bob's next. */
  @Test
  void aPoolOfThePeoplesConnectionsIsRefused() {
    with(
            runner,
            "pooled",
            DataSource.class,
            (onBehalf, lakebase) -> new Opaque(pool(onBehalf.dataSource())))
        .run(OwnDataSourceTest::refusal);
    with(runner, "pooled", DataSource.class, (onBehalf, lakebase) -> pool(onBehalf.dataSource()))
        .run(
            context ->
                assertThat(refusal(context)).hasMessageContaining("that another has opened"));
  }

  /** The bean is found by its name too, which is Onbehalf's own for the people's. */
  @Test
  void theUsualNameIsThePeoplesEvenWithoutQualifiers() {
    ApplicationContextRunner people =
        with(
            runner,
            "people",
            DataSource.class,
            (onBehalf, lakebase) -> onBehalf.dataSource(),
            it -> it.setPrimary(true));
    Making<DataSource> servicePrincipals =
        (onBehalf, lakebase) -> onBehalf.servicePrincipalDataSource();
    with(people, "dataSource", DataSource.class, servicePrincipals, OwnDataSourceTest::notByDefault)
        .run(context -> assertThat(refusal(context)).hasMessageContaining("'dataSource'"));
    with(people, "other", DataSource.class, servicePrincipals)
        .run(context -> assertThat(context).hasNotFailed());
  }

  private static <T> Arguments built(String name, Class<T> type, Function<DataSource, T> on) {
    return Arguments.of(named(type.getSimpleName(), type), name, on);
  }

  static Stream<Arguments> whatIsBuiltOnADataSource() {
    return Stream.of(
        built("jdbcTemplate", JdbcTemplate.class, JdbcTemplate::new),
        built("named", NamedParameterJdbcTemplate.class, NamedParameterJdbcTemplate::new),
        built("jdbcClient", JdbcClient.class, JdbcClient::create),
        built("manager", JdbcTransactionManager.class, JdbcTransactionManager::new),
        built("jooq", DSLContext.class, dataSource -> DSL.using(dataSource, SQLDialect.POSTGRES)),
        built("sqlSessionFactory", SqlSessionFactory.class, OwnDataSourceTest::sessions),
        built(
            "sqlSessions",
            SqlSessionTemplate.class,
            dataSource -> new SqlSessionTemplate(sessions(dataSource))),
        built("entityManagers", EntityManagerFactory.class, OwnDataSourceTest::entityManagers),
        built(
            "manager",
            JpaTransactionManager.class,
            dataSource -> new JpaTransactionManager(entityManagers(dataSource))));
  }

  private static SqlSessionFactory sessions(DataSource dataSource) {
    Environment environment = new Environment("own", new JdbcTransactionFactory(), dataSource);
    return new SqlSessionFactoryBuilder()
        .build(new org.apache.ibatis.session.Configuration(environment));
  }

  private static EntityManagerFactory entityManagers(DataSource dataSource) {
    LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
    factory.setDataSource(dataSource);
    factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
    factory.setPackagesToScan("dev.onbehalf.nothing.here");
    factory.setJpaPropertyMap(
        Map.of(
            "hibernate.boot.allow_jdbc_metadata_access", "false",
            "jakarta.persistence.database-product-name", "PostgreSQL"));
    factory.afterPropertiesSet();
    return requireNonNull(factory.getObject());
  }

  @ParameterizedTest
  @MethodSource("whatIsBuiltOnADataSource")
  <T> void whatIsBuiltOnTheServicePrincipalsIsRefusedUnlessItIsAskedForByName(
      Class<T> type, String name, Function<DataSource, T> built) {
    Making<T> making = (onBehalf, lakebase) -> built.apply(onBehalf.servicePrincipalDataSource());
    with(runner, name, type, making)
        .run(context -> assertThat(refusal(context)).hasMessageContaining("'" + name + "'"));
    Making<T> real = (onBehalf, lakebase) -> built.apply(lakebase.servicePrincipal());
    with(runner, name, type, real)
        .run(context -> assertThat(refusal(context)).hasMessageContaining("'" + name + "'"));
    with(runner, "mine", type, making, OwnDataSourceTest::notByDefault)
        .run(context -> assertThat(context).hasNotFailed());
    Making<T> people = (onBehalf, lakebase) -> built.apply(onBehalf.dataSource());
    with(with(runner, "mine", type, making), "people", type, people, it -> it.setPrimary(true))
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void lazyBeansAreLookedAtToo() {
    ApplicationContextRunner lazy =
        runner.withInitializer(
            context ->
                context.addBeanFactoryPostProcessor(
                    new LazyInitializationBeanFactoryPostProcessor()));
    Making<DataSource> sessions = (onBehalf, lakebase) -> onBehalf.servicePrincipalDataSource();
    with(lazy, "sessions", DataSource.class, sessions).run(OwnDataSourceTest::refusal);
    with(runner, "sessions", DataSource.class, sessions, it -> it.setLazyInit(true))
        .run(OwnDataSourceTest::refusal);
    with(
            lazy,
            "own",
            JdbcTemplate.class,
            (it, lakebase) -> new JdbcTemplate(sessions.of(it, lakebase)))
        .run(OwnDataSourceTest::refusal);
  }

  @Test
  void aPostProcessorThatPutsTheServicePrincipalsInPlaceOfOursIsNoticed() {
    runner
        .withInitializer(
            context ->
                context
                    .getBeanFactory()
                    .addBeanPostProcessor(
                        new BeanPostProcessor() {
                          @Override
                          public Object postProcessAfterInitialization(Object bean, String name) {
                            return name.equals("dataSource")
                                ? new Opaque(
                                    context.getBean(OnBehalf.class).servicePrincipalDataSource())
                                : bean;
                          }
                        }))
        .run(context -> assertThat(refusal(context)).hasMessageContaining("'dataSource'"));
  }

  @Test
  void anotherDatabaseIsTheApplicationsAffair(CapturedOutput output) {
    HikariDataSource elsewhere = new HikariDataSource();
    elsewhere.setJdbcUrl("jdbc:postgresql://elsewhere.example.com:5432/shop");
    with(runner, "own", DataSource.class, (onBehalf, lakebase) -> elsewhere)
        .run(context -> assertThat(context).hasNotFailed());
    assertThat(output).contains("The application has a DataSource bean of its own");
    assertThat(elsewhere.isRunning()).isFalse();
  }

  @Test
  void theAnalyzerSaysWhichBeanAndHowItIsDone() {
    with(
            runner,
            "sessions",
            DataSource.class,
            (onBehalf, lakebase) -> onBehalf.servicePrincipalDataSource())
        .run(
            context -> {
              FailureAnalysis analysis =
                  requireNonNull(
                      new SharedIdentityFailureAnalyzer()
                          .analyze(requireNonNull(context.getStartupFailure())));
              assertThat(analysis.getDescription()).contains("'sessions'", "the DataSource");
              assertThat(analysis.getAction())
                  .contains("@Bean(defaultCandidate = false)", "@Qualifier(\"sessions\")");
            });
  }

  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  static class Application {
    @Bean
    Endpoints endpoints(
        JdbcTemplate people, JdbcClient client, @Qualifier("own") JdbcTemplate own) {
      return new Endpoints(people, client, own);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @Import(Application.class)
  static class Wrong {
    @Bean
    DataSource sessions(OnBehalf onBehalf) {
      return onBehalf.servicePrincipalDataSource();
    }

    @Bean
    JdbcTemplate own(DataSource sessions) {
      return new JdbcTemplate(sessions);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @Import(Application.class)
  static class Right {
    @Bean(defaultCandidate = false)
    DataSource sessions(OnBehalf onBehalf) {
      return onBehalf.servicePrincipalDataSource();
    }

    @Bean(defaultCandidate = false)
    JdbcTemplate own(@Qualifier("sessions") DataSource sessions) {
      return new JdbcTemplate(sessions);
    }
  }

  @RestController
  record Endpoints(JdbcTemplate people, JdbcClient client, JdbcTemplate own) {
    @GetMapping("/who")
    String who() {
      String who = "SELECT current_user";
      return people.queryForObject(who, String.class)
          + " "
          + client.sql(who).query(String.class).single()
          + " "
          + own.queryForObject(who, String.class);
    }
  }

  @Test
  void anApplicationThatDeclaresItWronglyTakesNoRequest(CapturedOutput output) {
    assertThatThrownBy(() -> new TestApplication(Wrong.class))
        .isInstanceOf(SharedIdentityException.class);
    assertThat(output)
        .contains(
            "APPLICATION FAILED TO START", "'sessions', defined in", "defaultCandidate = false")
        .doesNotContain("Tomcat started");
  }

  @Test
  void oneThatDeclaresItRightlyHasBoth() {
    try (TestApplication application = new TestApplication(Right.class)) {
      assertThat(application.send(application.as(ALICE, "/who")).body())
          .isEqualTo(ALICE + " " + ALICE + " " + SharedLakebase.get().servicePrincipal());
    }
  }
}
