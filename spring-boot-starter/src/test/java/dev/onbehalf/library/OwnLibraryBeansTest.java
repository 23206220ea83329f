package dev.onbehalf.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;

import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.autoconfigure.OnBehalfAutoConfiguration;
import dev.onbehalf.spring.autoconfigure.OnBehalfBatchAutoConfiguration;
import dev.onbehalf.spring.autoconfigure.OnBehalfFlywayAutoConfiguration;
import dev.onbehalf.spring.autoconfigure.OnBehalfLiquibaseAutoConfiguration;
import dev.onbehalf.spring.autoconfigure.OnBehalfModulithAutoConfiguration;
import dev.onbehalf.spring.autoconfigure.OnBehalfMyBatisAutoConfiguration;
import dev.onbehalf.spring.autoconfigure.OnBehalfQuartzAutoConfiguration;
import dev.onbehalf.spring.autoconfigure.OnBehalfSessionAutoConfiguration;
import dev.onbehalf.spring.autoconfigure.OnBehalfShedLockAutoConfiguration;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import net.javacrumbs.shedlock.core.LockProvider;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.session.SqlSessionFactory;
import org.apache.ibatis.session.SqlSessionFactoryBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mybatis.spring.transaction.SpringManagedTransactionFactory;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.batch.autoconfigure.BatchTransactionManager;
import org.springframework.boot.batch.jdbc.autoconfigure.BatchDataSource;
import org.springframework.boot.flyway.autoconfigure.FlywayDataSource;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.liquibase.autoconfigure.LiquibaseDataSource;
import org.springframework.boot.quartz.autoconfigure.QuartzDataSource;
import org.springframework.boot.quartz.autoconfigure.QuartzTransactionManager;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.modulith.events.core.EventPublicationRepository;
import org.springframework.session.jdbc.config.annotation.SpringSessionDataSource;
import org.springframework.session.jdbc.config.annotation.SpringSessionTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.ResourceTransactionManager;

/** What an application defines for a library itself is taken, and ours is not there. */
class OwnLibraryBeansTest {
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  OnBehalfAutoConfiguration.class,
                  OnBehalfBatchAutoConfiguration.class,
                  OnBehalfFlywayAutoConfiguration.class,
                  OnBehalfLiquibaseAutoConfiguration.class,
                  OnBehalfModulithAutoConfiguration.class,
                  OnBehalfQuartzAutoConfiguration.class,
                  OnBehalfSessionAutoConfiguration.class,
                  OnBehalfShedLockAutoConfiguration.class,
                  DataSourceTransactionManagerAutoConfiguration.class))
          .withPropertyValues(
              "PGHOST=db.example.com",
              "PGDATABASE=shop",
              "LAKEBASE_ENDPOINT=projects/shop/branches/production/endpoints/primary",
              "DATABRICKS_HOST=https://dbc.example.com",
              "DATABRICKS_CLIENT_ID=shop-app",
              "DATABRICKS_CLIENT_SECRET=hush-hush");

  private static DataSource own() {
    return new PGSimpleDataSource();
  }

  @Configuration(proxyBeanMethods = false)
  static class OfBatch {
    @Bean(defaultCandidate = false)
    @BatchDataSource
    DataSource jobs() {
      return own();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OfQuartz {
    @Bean(defaultCandidate = false)
    @QuartzDataSource
    DataSource jobs() {
      return own();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OfSession {
    @Bean(defaultCandidate = false)
    @SpringSessionDataSource
    DataSource sessions() {
      return own();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OfSchemaTools {
    @Bean(defaultCandidate = false)
    @FlywayDataSource
    @LiquibaseDataSource
    DataSource migrations() {
      return own();
    }
  }

  static Stream<Arguments> libraries() {
    return Stream.of(
        Arguments.of("Batch", named("own", OfBatch.class)),
        Arguments.of("Quartz", named("own", OfQuartz.class)),
        Arguments.of("Session", named("own", OfSession.class)),
        Arguments.of("Flyway", named("own", OfSchemaTools.class)),
        Arguments.of("Liquibase", named("own", OfSchemaTools.class)));
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void aDataSourceOfTheApplicationsOwnIsTakenWithItsTransactions(String name, Class<?> own) {
    String dataSource = "onBehalf" + name + "DataSource";
    String transactions = "onBehalf" + name + "TransactionManager";
    runner.run(context -> assertThat(context).hasNotFailed().hasBean(dataSource));
    runner
        .withUserConfiguration(own)
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(dataSource)
                    .doesNotHaveBean(transactions));
  }

  @Configuration(proxyBeanMethods = false)
  static class Transactions {
    @Bean(defaultCandidate = false)
    @BatchTransactionManager
    @QuartzTransactionManager
    @SpringSessionTransactionManager
    PlatformTransactionManager transactions() {
      return new JdbcTransactionManager(own());
    }
  }

  @Test
  void soAreTransactions() {
    runner
        .withUserConfiguration(Transactions.class)
        .run(
            context -> {
              assertThat(context)
                  .hasBean("onBehalfBatchDataSource")
                  .doesNotHaveBean("onBehalfBatchTransactionManager")
                  .doesNotHaveBean("onBehalfQuartzTransactionManager")
                  .doesNotHaveBean("onBehalfSessionTransactionManager");
            });
  }

  @Test
  void soAreLocks() {
    runner
        .withBean(LockProvider.class, () -> configuration -> Optional.empty())
        .run(context -> assertThat(context).doesNotHaveBean("onBehalfLockProvider"));
  }

  @Test
  void soIsARepositoryOfEventPublications() {
    EventPublicationRepository own =
        (EventPublicationRepository)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {EventPublicationRepository.class},
                (proxy, method, arguments) ->
                    method.getName().equals("hashCode")
                        ? 1
                        : method.getName().equals("equals") ? false : null);
    runner
        .withBean(EventPublicationRepository.class, () -> own)
        .run(
            context ->
                assertThat(context.getBean(EventPublicationRepository.class) == own).isTrue());
  }

  @Test
  void nobodyGetsTheServicePrincipalsTransactionsByAccident() {
    runner.run(
        context -> {
          OnBehalf onBehalf = context.getBean(OnBehalf.class);
          assertThat(context.getBean(DataSource.class)).isSameAs(onBehalf.dataSource());
          assertThat(context.getBean(PlatformTransactionManager.class))
              .isInstanceOfSatisfying(
                  ResourceTransactionManager.class,
                  it -> assertThat(it.getResourceFactory()).isSameAs(onBehalf.dataSource()));
          assertThat(context.getBean("onBehalfBatchDataSource"))
              .isSameAs(onBehalf.servicePrincipalDataSource());
        });
  }

  @Test
  void whereTheApplicationsDatabaseIsAnotherTheLibrariesUseThat() {
    DataSource elsewhere = own();
    runner
        .withBean("elsewhere", DataSource.class, () -> elsewhere, it -> it.setPrimary(true))
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(context.getBean("onBehalfBatchDataSource")).isSameAs(elsewhere);
              assertThat(context.getBean("onBehalfBatchTransactionManager"))
                  .isSameAs(context.getBean("transactionManager"));
            });
  }

  private static SqlSessionFactory onDataSource(DataSource dataSource) {
    return new SqlSessionFactoryBuilder()
        .build(
            new org.apache.ibatis.session.Configuration(
                new Environment("people", new SpringManagedTransactionFactory(), dataSource)));
  }

  @Configuration(proxyBeanMethods = false)
  static class Mappers {
    @Bean
    SqlSessionFactory peoples(OnBehalf onBehalf) {
      return onDataSource(onBehalf.dataSource());
    }

    @Bean
    SqlSessionFactory others() {
      return onDataSource(own());
    }
  }

  /** Whichever DataSource is the primary one. */
  @Test
  void mappersOfPeopleHaveNoCacheWhoeverMakesThemAndOthersHave() {
    ApplicationContextRunner mappers =
        runner
            .withConfiguration(AutoConfigurations.of(OnBehalfMyBatisAutoConfiguration.class))
            .withUserConfiguration(Mappers.class);
    for (ApplicationContextRunner each :
        List.of(
            mappers.withBean("elsewhere", DataSource.class, () -> own(), it -> it.setPrimary(true)),
            mappers)) {
      each.run(
          context -> {
            assertThat(context).hasNotFailed();
            assertThat(cached(context, "peoples")).isFalse();
            assertThat(cached(context, "others")).isTrue();
          });
    }
  }

  private static boolean cached(ApplicationContext context, String factory) {
    return context.getBean(factory, SqlSessionFactory.class).getConfiguration().isCacheEnabled();
  }
}
