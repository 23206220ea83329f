package dev.onbehalf.sample;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static dev.onbehalf.spring.SharedLakebase.identity;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.NobodyBoundException;
import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.SharedLakebase;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import org.hibernate.Cache;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.jpa.AvailableHints;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** A Hibernate session, and what it leaves in the caches, is one person's. */
class SessionOwnerTest {
  private static final long ALICES = -1;
  private static final long EVERYBODYS = -3;

  private static ConfigurableApplicationContext application;
  private static EntityManagerFactory factory;
  private static OnBehalf onBehalf;

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {}

  @BeforeAll
  static void start() {
    Shop.reset();
    application =
        Batch.start(
            Application.class,
            "spring.jpa.hibernate.ddl-auto=update",
            "spring.jpa.properties.hibernate.cache.use_query_cache=true",
            "spring.jpa.properties.hibernate.generate_statistics=true");
    factory = application.getBean(EntityManagerFactory.class);
    onBehalf = application.getBean(OnBehalf.class);
  }

  @AfterAll
  static void stop() {
    application.close();
    Shop.execute("DROP TABLE draft");
  }

  private static boolean finds(String user, long item) {
    return onBehalf.asUser(
        identity(user),
        () -> {
          try (EntityManager session = factory.createEntityManager()) {
            return session.find(JpaItem.class, item) != null;
          }
        });
  }

  private static List<String> names(EntityManager session) {
    return session
        .createQuery("SELECT name FROM JpaItem ORDER BY name", String.class)
        .setHint(AvailableHints.HINT_CACHEABLE, true)
        .getResultList();
  }

  private static Statistics statistics() {
    return factory.unwrap(SessionFactory.class).getStatistics();
  }

  @Test
  void theSecondLevelCacheIsKeptByPerson() {
    assertThat(finds(ALICE, ALICES)).isTrue();
    long before = statistics().getSecondLevelCacheHitCount();
    assertThat(finds(ALICE, ALICES)).isTrue();
    assertThat(statistics().getSecondLevelCacheHitCount()).isEqualTo(before + 1);
    assertThat(finds(BOB, ALICES)).isFalse();
    assertThat(statistics().getSecondLevelCacheHitCount()).isEqualTo(before + 1);
  }

  @Test
  void theQueryCacheIsKeptByPerson() {
    factory.getCache().unwrap(Cache.class).evictQueryRegions();
    long before = statistics().getQueryCacheHitCount();
    for (int i = 0; i < 2; i++) {
      for (String user : List.of(ALICE, BOB)) {
        onBehalf.asUser(
            identity(user),
            () -> {
              try (EntityManager session = factory.createEntityManager()) {
                assertThat(names(session))
                    .containsExactly(user.equals(ALICE) ? "alice's" : "bob's", "everybody's");
              }
            });
      }
    }
    assertThat(statistics().getQueryCacheHitCount()).isEqualTo(before + 2);
  }

  @Test
  void whatTheApplicationReadsIsInNobodysCache() {
    onBehalf.asServicePrincipal(
        () -> {
          for (int i = 0; i < 2; i++) {
            try (EntityManager session = factory.createEntityManager()) {
              assertThat(names(session)).hasSize(3);
              assertThat(session.find(JpaItem.class, -2L)).isNotNull();
            }
          }
        });
    assertThat(finds(ALICE, -2)).isFalse();
  }

  @Test
  void aSessionThatIsKeptServesNobodyElse() {
    EntityManager alices =
        onBehalf.asUser(
            identity(ALICE),
            () -> {
              EntityManager session = factory.createEntityManager();
              assertThat(session.find(JpaItem.class, ALICES)).isNotNull();
              return session;
            });
    try (alices) {
      onBehalf.asUser(identity(BOB), () -> assertServesNobody(alices, BOB));
      onBehalf.asServicePrincipal(() -> assertServesNobody(alices, "the service principal"));
      assertServesNobody(alices, "nobody");
      onBehalf.asUser(identity(ALICE), () -> assertThat(names(alices)).hasSize(2));
    }
  }

  /** Neither what it has in memory nor what it would ask for, on the connection that it holds. */
  private static void assertServesNobody(EntityManager alices, String other) {
    for (long item : new long[] {ALICES, EVERYBODYS}) {
      assertThatThrownBy(() -> alices.find(JpaItem.class, item))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("opened for " + ALICE)
          .hasMessageContaining("the work of " + other);
    }
    assertThatThrownBy(() -> names(alices)).hasStackTraceContaining("opened for " + ALICE);
    assertThatThrownBy(() -> alices.createNativeQuery("SELECT 1").getResultList())
        .hasStackTraceContaining("opened for " + ALICE);
  }

  /** It tells no listener that it loads something. */
  @Test
  void aStatelessSessionIsItsOwnersToo() {
    SessionFactory sessions = factory.unwrap(SessionFactory.class);
    StatelessSession alices =
        onBehalf.asUser(
            identity(ALICE),
            () -> {
              StatelessSession session = sessions.openStatelessSession();
              assertThat(session.get(JpaItem.class, ALICES)).isNotNull();
              assertThat(session.get(JpaItem.class, ALICES)).isNotNull();
              return session;
            });
    try (alices) {
      onBehalf.asUser(
          identity(BOB),
          () -> {
            try (StatelessSession bobs = sessions.openStatelessSession()) {
              assertThat(bobs.get(JpaItem.class, ALICES)).isNull();
            }
            for (Runnable way : waysOf(alices)) {
              assertThatThrownBy(way::run).hasStackTraceContaining("opened for " + ALICE);
            }
          });
    }
  }

  private static List<Runnable> waysOf(StatelessSession session) {
    return List.of(
        () -> session.get(JpaItem.class, ALICES),
        () -> session.getMultiple(JpaItem.class, List.of(ALICES)),
        () ->
            session
                .createQuery("SELECT name FROM JpaItem ORDER BY name", String.class)
                .setCacheable(true)
                .getResultList());
  }

  @Test
  void aSessionThatWasOpenedForNobodyServesNobody() {
    try (EntityManager session = factory.createEntityManager()) {
      assertThatThrownBy(() -> names(session)).hasRootCauseInstanceOf(NobodyBoundException.class);
      onBehalf.asUser(
          identity(ALICE),
          () ->
              assertThatThrownBy(() -> names(session))
                  .hasStackTraceContaining("opened for nobody"));
    }
  }

  @Test
  void theSchemaToolWorksAsTheServicePrincipal() {
    assertThat(SchemaToolsTest.owner("draft")).isEqualTo(SharedLakebase.get().servicePrincipal());
  }
}
