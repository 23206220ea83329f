package dev.onbehalf.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.onbehalf.identity.DatabaseCredential;
import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.IdentityVerifier;
import dev.onbehalf.identity.NobodyBoundException;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.PersonCredentials;
import dev.onbehalf.identity.PrimaryAndStandby;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.spring.Destinations.Destination;
import dev.onbehalf.spring.autoconfigure.OnBehalfActuatorAutoConfiguration;
import dev.onbehalf.spring.autoconfigure.OnBehalfAutoConfiguration;
import dev.onbehalf.spring.autoconfigure.OnBehalfHibernateAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** {@code @Transactional(readOnly = true)} runs on the read-only host, where there is one. */
class ReadOnlyTransactionsTest {
  private static final String ALICE = "alice@example.com";
  private static final String WHERE_AND_WHO =
      "SELECT current_user || CASE WHEN pg_is_in_recovery() THEN ' reads' ELSE ' writes' END";

  private static PrimaryAndStandby servers;

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withClassLoader(new FilteredClassLoader("dev.onbehalf.lakebase.", "com.databricks."))
          .withConfiguration(
              AutoConfigurations.of(
                  OnBehalfAutoConfiguration.class,
                  DataSourceAutoConfiguration.class,
                  DataSourceTransactionManagerAutoConfiguration.class,
                  TransactionAutoConfiguration.class,
                  JdbcTemplateAutoConfiguration.class))
          .withBean(
              IdentityVerifier.class,
              () -> identity -> new IdentityVerifier.Proof(identity.address(), Instant.MAX))
          .withBean(
              PersonCredentials.class,
              () -> (user, token) -> new DatabaseCredential(Secret.of("any"), Instant.MAX))
          .withPropertyValues(
              "onbehalf.credentials=bean",
              "PGHOST=localhost",
              "PGPORT=" + port(),
              "PGDATABASE=postgres",
              "PGSSLMODE=disable",
              "PGUSER=app",
              "PGPASSWORD=any");

  @BeforeAll
  static void start() throws Exception {
    servers = PrimaryAndStandby.start();
    servers.awaitCaughtUp();
  }

  @AfterAll
  static void stop() throws Exception {
    servers.close();
  }

  private static int port() {
    return servers.port();
  }

  private ApplicationContextRunner withReplica() {
    return runner.withPropertyValues(
        "onbehalf.read-only.host=localhost", "onbehalf.read-only.port=" + servers.readOnlyPort());
  }

  private static ForwardedIdentity alice() {
    return new ForwardedIdentity(ALICE, Secret.of("of-alice"));
  }

  private record Application(OnBehalf onBehalf, JdbcTemplate jdbc, TransactionTemplate writing) {
    static Application of(AssertableApplicationContext context) {
      assertThat(context).hasNotFailed();
      return new Application(
          context.getBean(OnBehalf.class),
          context.getBean(JdbcTemplate.class),
          new TransactionTemplate(context.getBean(PlatformTransactionManager.class)));
    }

    TransactionTemplate reading() {
      TransactionTemplate reading = new TransactionTemplate(transactions());
      reading.setReadOnly(true);
      return reading;
    }

    PlatformTransactionManager transactions() {
      return Objects.requireNonNull(writing.getTransactionManager());
    }

    String ask() {
      return Objects.requireNonNull(jdbc.queryForObject(WHERE_AND_WHO, String.class));
    }

    String asked(TransactionTemplate transaction) {
      return Objects.requireNonNull(transaction.execute(status -> ask()));
    }
  }

  @Test
  void aTransactionThatOnlyReadsRunsThereAndNothingElse() {
    withReplica()
        .run(
            context -> {
              Application application = Application.of(context);
              OnBehalf onBehalf = application.onBehalf();
              onBehalf.asUser(
                  alice(),
                  () -> {
                    assertThat(application.asked(application.reading()))
                        .isEqualTo(ALICE + " reads");
                    assertThat(application.asked(application.writing()))
                        .isEqualTo(ALICE + " writes");
                    assertThat(application.ask()).isEqualTo(ALICE + " writes");
                    String within =
                        application
                            .writing()
                            .execute(status -> application.asked(application.reading()));
                    assertThat(within).as("part of one that writes").isEqualTo(ALICE + " writes");
                  });
              assertThat(
                      onBehalf.asServicePrincipal(() -> application.asked(application.reading())))
                  .isEqualTo("app reads");
              assertThatThrownBy(() -> application.asked(application.reading()))
                  .hasRootCauseInstanceOf(NobodyBoundException.class);
            });
  }

  /** JPA's manager says that a transaction only reads when it has a connection already. */
  @Test
  void soDoesOneOfJpa() {
    withReplica()
        .withConfiguration(
            AutoConfigurations.of(
                HibernateJpaAutoConfiguration.class, OnBehalfHibernateAutoConfiguration.class))
        .run(
            context -> {
              assertThat(context).hasSingleBean(JpaTransactionManager.class);
              Application application = Application.of(context);
              EntityManager entities =
                  SharedEntityManagerCreator.createSharedEntityManager(
                      context.getBean(EntityManagerFactory.class));
              application
                  .onBehalf()
                  .asUser(
                      alice(),
                      () -> {
                        assertThat(asked(entities, application.reading()))
                            .isEqualTo(ALICE + " reads");
                        assertThat(asked(entities, application.writing()))
                            .isEqualTo(ALICE + " writes");
                      });
            });
  }

  private static Object asked(EntityManager entities, TransactionTemplate transaction) {
    return Objects.requireNonNull(
        transaction.execute(status -> entities.createNativeQuery(WHERE_AND_WHO).getSingleResult()));
  }

  /** Each host is looked at, and counted. */
  @Test
  void bothHostsAreSeen() {
    withReplica()
        .withConfiguration(AutoConfigurations.of(OnBehalfActuatorAutoConfiguration.class))
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .run(
            context -> {
              Application application = Application.of(context);
              String where =
                  application
                      .onBehalf()
                      .asUser(alice(), () -> application.asked(application.reading()));
              assertThat(where).isEqualTo(ALICE + " reads");
              MeterRegistry meters = context.getBean(MeterRegistry.class);
              context.getBeansOfType(MeterBinder.class).values().forEach(it -> it.bindTo(meters));
              assertThat(logins(meters, "read-only")).isEqualTo(1);
              assertThat(logins(meters, "primary")).isZero();
              assertThat(readOnlyHealth(context).health(false)).isEqualTo(Health.up().build());
            });
  }

  /** Nobody is sent away from an instance that does all else, nor waits for long to hear of it. */
  @Test
  void aReplicaThatIsGoneOrSilentDoesNotBringTheRestDown() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (int port : new int[] {1, silent.getLocalPort()}) {
        runner
            .withPropertyValues(
                "onbehalf.read-only.host=localhost", "onbehalf.read-only.port=" + port)
            .withConfiguration(AutoConfigurations.of(OnBehalfActuatorAutoConfiguration.class))
            .run(
                context -> {
                  HealthIndicator readOnly = readOnlyHealth(context);
                  Health said =
                      assertTimeout(
                          Duration.ofSeconds(5), // of the ten that a connection may take
                          () -> Objects.requireNonNull(readOnly.health(true)));
                  Status status = said.getStatus();
                  assertThat(status).isEqualTo(new Status("DEGRADED"));
                  assertThat(said.getDetails().toString()).contains("read-only host");
                  assertThat(StatusAggregator.getDefault().getAggregateStatus(status, Status.UP))
                      .isEqualTo(Status.UP);
                });
      }
    }
  }

  private static HealthIndicator readOnlyHealth(AssertableApplicationContext context) {
    CompositeHealthContributor health =
        context.getBean("onbehalfHealthContributor", CompositeHealthContributor.class);
    return (HealthIndicator) Objects.requireNonNull(health.getContributor("readOnlyDatabase"));
  }

  private static double logins(MeterRegistry meters, String database) {
    return meters.get("onbehalf.pool.logins").tag("database", database).functionCounter().count();
  }

  @Test
  void aTransactionThatSaysThatItOnlyReadsCantWrite() {
    runner
        .withPropertyValues(
            "PGHOST_READ_ONLY=localhost", "PGPORT_READ_ONLY=" + servers.readOnlyPort())
        .run(
            context -> {
              Application application = Application.of(context);
              assertThatThrownBy(
                      () ->
                          application
                              .onBehalf()
                              .asUser(
                                  alice(),
                                  () ->
                                      application
                                          .reading()
                                          .execute(
                                              status ->
                                                  application
                                                      .jdbc()
                                                      .update(
                                                          "INSERT INTO shop.orders VALUES ('x')"))))
                  .isInstanceOf(DataAccessException.class)
                  .hasMessageContaining("read-only transaction");
            });
  }

  @Test
  void workOfTheApplicationWithinDoesNotTakeThePersonsConnection() {
    withReplica()
        .run(
            context -> {
              Application application = Application.of(context);
              OnBehalf onBehalf = application.onBehalf();
              String said =
                  onBehalf.asUser(
                      alice(),
                      () ->
                          application
                              .writing()
                              .execute(
                                  status -> {
                                    String before = application.ask();
                                    assertThatThrownBy(
                                            () -> onBehalf.asServicePrincipal(application::ask))
                                        .isInstanceOf(IllegalStateException.class);
                                    return before;
                                  }));
              assertThat(said).isEqualTo(ALICE + " writes");
            });
  }

  /** Which host it is, is known late; whose connection it is, is not. */
  @Test
  void aConnectionIsWhoseItWasAskedForAndNobodyElsesWhenItIsFirstUsed() {
    withReplica()
        .run(
            context -> {
              Application application = Application.of(context);
              OnBehalf onBehalf = application.onBehalf();
              DataSource dataSource = context.getBean(DataSource.class);
              onBehalf.asUser(
                  alice(),
                  () -> {
                    for (boolean readOnly : List.of(false, true)) {
                      String where = readOnly ? " reads" : " writes";
                      try (Connection own = dataSource.getConnection()) {
                        own.setAutoCommit(false);
                        own.setReadOnly(readOnly);
                        assertThat(onBehalf.asServicePrincipal(() -> asked(own)))
                            .isEqualTo(ALICE + where);
                        assertThat(asked(own)).isEqualTo(ALICE + where);
                      }
                    }
                  });
              try (Connection own = onBehalf.asUser(alice(), () -> dataSource.getConnection())) {
                ForwardedIdentity bob =
                    new ForwardedIdentity("bob@example.com", Secret.of("of-bob"));
                assertThat(onBehalf.asUser(bob, () -> asked(own))).isEqualTo(ALICE + " writes");
              }
              assertThatThrownBy(dataSource::getConnection)
                  .as("nobody is bound when it is asked for")
                  .isInstanceOf(NobodyBoundException.class);
            });
  }

  private static String asked(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(WHERE_AND_WHO)) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void theDataSourceStillLeadsToWhoeverIsBoundAndNothingIsOpenedForIt() {
    withReplica()
        .run(
            context -> {
              DataSource dataSource = context.getBean(DataSource.class);
              assertThat(Destinations.from(context.getBean(OnBehalf.class)).of(dataSource))
                  .isEqualTo(Destination.WHOEVER_IS_BOUND);
              OnBehalfDatabase database = context.getBean(OnBehalfDatabase.class);
              assertThat(database.statistics().logins()).isZero();
              assertThat(database.readOnlyHost().orElseThrow().statistics().logins()).isZero();
            });
  }

  @Test
  void withoutOneTheyRunWhereTheOthersDo() {
    runner.run(
        context -> {
          Application application = Application.of(context);
          assertThat(
                  application
                      .onBehalf()
                      .asUser(alice(), () -> application.asked(application.reading())))
              .isEqualTo(ALICE + " writes");
        });
  }
}
