package dev.onbehalf.spring;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static dev.onbehalf.spring.SharedLakebase.identity;
import static dev.onbehalf.spring.SharedLakebase.whoIs;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.NobodyBoundException;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebase.Lakebase;
import dev.onbehalf.servlet.ExemptPaths;
import io.micrometer.context.ContextSnapshotFactory;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.transaction.support.TransactionTemplate;

/** Rights at one database are none at another. */
class TwoDatabasesTest {
  private static final String SERVICE_PRINCIPAL = SharedLakebase.get().servicePrincipal();

  private final OnBehalfDatabase one = Lakebase.database(SharedLakebase.get().environment());
  private final OnBehalfDatabase another = Lakebase.database(SharedLakebase.get().environment());
  private final OnBehalf here = new OnBehalf(one);
  private final OnBehalf there = new OnBehalf(another);

  @AfterEach
  void close() {
    assertThat(Acting.current()).isEqualTo(Acting.NOBODY);
    one.close();
    another.close();
  }

  private static void assertNobodys(ThrowingCallable work) {
    assertThatThrownBy(work).isInstanceOf(NobodyBoundException.class);
  }

  @Test
  void whoIsBoundAtOneIsNobodyAtTheOther() throws SQLException {
    here.asUser(
        identity(ALICE),
        () -> {
          assertThat(there.currentUser()).isEmpty();
          assertNobodys(() -> whoIs(there.dataSource()));
          assertNobodys(
              ContextSnapshotFactory.builder()
                      .build()
                      .captureAll()
                      .wrap(() -> whoIs(there.dataSource()))
                  ::call);
          assertThat(whoIs(here.dataSource())).isEqualTo(ALICE);
        });
  }

  @Test
  void theServicePrincipalOfOneIsNotThatOfTheOther() throws SQLException {
    here.asServicePrincipal(
        () -> {
          assertNobodys(() -> whoIs(there.dataSource()));
          assertThat(whoIs(here.dataSource())).isEqualTo(SERVICE_PRINCIPAL);
        });
    here.asUser(
        identity(ALICE),
        () ->
            there.asServicePrincipal(
                () -> {
                  assertNobodys(() -> whoIs(here.dataSource()));
                  assertThat(whoIs(there.dataSource())).isEqualTo(SERVICE_PRINCIPAL);
                }));
  }

  @Test
  void workMayTurnToTheOtherForTheSamePersonAlsoWithinATransaction() throws SQLException {
    TransactionTemplate transaction =
        new TransactionTemplate(new JdbcTransactionManager(here.dataSource()));
    here.asUser(
        identity(ALICE),
        () ->
            transaction.executeWithoutResult(
                status -> {
                  try {
                    there.asUser(
                        identity(ALICE),
                        () -> {
                          assertThat(whoIs(there.dataSource())).isEqualTo(ALICE);
                          assertNobodys(() -> whoIs(here.dataSource()));
                        });
                    assertThat(whoIs(here.dataSource())).isEqualTo(ALICE);
                  } catch (SQLException e) {
                    throw new IllegalStateException(e);
                  }
                }));
  }

  /** Neither what it leaves in the caches nor a session that is kept. */
  @Test
  void norIsWhatHibernateKeepsForThem() {
    UserTenancy tenancy = new UserTenancy(there, there.dataSource());
    String nobodys = tenancy.resolveCurrentTenantIdentifier();
    SessionGuard guard = there.asUser(identity(ALICE), SessionGuard::new);
    here.asUser(
        identity(ALICE),
        () -> {
          assertThat(tenancy.resolveCurrentTenantIdentifier()).isEqualTo(nobodys);
          assertThatThrownBy(() -> tenancy.requireOwner(ALICE))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("opened for " + ALICE + ", and this is the work of nobody");
          assertThatThrownBy(guard::cacheGetStart).isInstanceOf(IllegalStateException.class);
        });
    here.asServicePrincipal(
        () -> assertThat(tenancy.resolveCurrentTenantIdentifier()).isEqualTo(nobodys));
    there.asUser(
        identity(ALICE),
        () -> {
          assertThat(tenancy.resolveCurrentTenantIdentifier()).isEqualTo(ALICE);
          guard.cacheGetStart();
        });
  }

  /** As where a request passes the filters of both, whose people need not be called alike. */
  @Test
  void eachFilterBindsAtItsOwn() throws Exception {
    behindBoth(
        BOB,
        () -> {
          assertThat(whoIs(here.dataSource())).isEqualTo(ALICE);
          assertThat(whoIs(there.dataSource())).isEqualTo(BOB);
          inTransactionHere(
              () -> {
                String own = transactionId();
                here.asUser(
                    identity(ALICE),
                    () -> {
                      assertThat(transactionId()).isEqualTo(own);
                      assertThat(whoIs(there.dataSource())).isEqualTo(BOB);
                    });
              });
          assertThatThrownBy(() -> here.asUser(identity(BOB), () -> {}))
              .isInstanceOf(IllegalStateException.class);
          assertThat(
                  ContextSnapshotFactory.builder()
                      .build()
                      .captureAll()
                      .wrap(() -> whoIs(here.dataSource()))
                      .call())
              .isEqualTo(ALICE);
        });
  }

  /** A transaction keeps connections of whoever is bound in it, at any database. */
  @Test
  void whatTheSecondFilterFindsOpenIsSetAsideAndWhatItLeavesOpenEnds() throws Exception {
    JdbcTemplate at = new JdbcTemplate(there.dataSource());
    request(
        here,
        "/orders",
        ALICE,
        () ->
            inTransactionHere(
                () -> {
                  String own = transactionId();
                  for (String user : List.of(BOB, ALICE)) {
                    request(
                        there,
                        "/orders",
                        user,
                        () -> {
                          assertThat(at.queryForObject("SELECT current_user", String.class))
                              .isEqualTo(user);
                          assertThat(transactionId()).isNotEqualTo(own);
                        });
                  }
                  assertThat(transactionId()).isEqualTo(own);
                }));
  }

  @Test
  void aHibernateSessionStaysItsOwnersBehindBoth() throws Exception {
    List<SessionGuard> guards = new ArrayList<>();
    request(here, "/orders", ALICE, () -> guards.add(new SessionGuard()));
    behindBoth(BOB, () -> guards.add(new SessionGuard()));
    behindBoth(BOB, () -> guards.forEach(SessionGuard::jdbcExecuteStatementStart));
    request(
        here,
        "/orders",
        BOB,
        () ->
            request(
                there,
                "/orders",
                BOB,
                () ->
                    assertThat(guards)
                        .allSatisfy(
                            guard ->
                                assertThatThrownBy(guard::jdbcExecuteStatementStart)
                                    .isInstanceOf(IllegalStateException.class)
                                    .hasMessageContaining("opened for " + ALICE))));
  }

  @Test
  void theAuditNamesWhoseWorkItIsAtTheDatabase() throws Exception {
    List<String> people = new ArrayList<>();
    AuditTrail trail =
        new AuditTrail(
            lease -> people.add(lease.person().orElse("nobody")), SERVICE_PRINCIPAL::equals);
    behindBoth(BOB, () -> here.asServicePrincipal(() -> trail.began(SERVICE_PRINCIPAL).ended()));
    behindBoth(BOB, () -> there.asServicePrincipal(() -> trail.began(SERVICE_PRINCIPAL).ended()));
    assertThat(people).containsExactly(ALICE, BOB);
  }

  @Test
  void theServicePrincipalOfOneIsAloneBehindTheFiltersOfBoth() throws Exception {
    TransactionTemplate transaction =
        new TransactionTemplate(new JdbcTransactionManager(there.dataSource()));
    request(
        here,
        "/orders",
        ALICE,
        () ->
            request(
                there,
                "/orders",
                BOB,
                () -> {
                  there.asServicePrincipal(
                      () ->
                          transaction.executeWithoutResult(
                              status ->
                                  there.asServicePrincipal(
                                      () -> assertNobodys(() -> whoIs(here.dataSource())))));
                  assertThat(whoIs(here.dataSource())).isEqualTo(ALICE);
                }));
  }

  @Test
  void behindAFilterThereIsNoServicePrincipalOfTheOther() throws Exception {
    here.<Exception>asServicePrincipal(
        () -> {
          request(there, "/orders", BOB, () -> assertNobodys(() -> whoIs(here.dataSource())));
          request(there, "/open/page", null, () -> assertNobodys(() -> whoIs(here.dataSource())));
        });
  }

  @Test
  void anExemptPathOfOneIsNotOneOfTheOther() throws Exception {
    request(
        here,
        "/orders",
        ALICE,
        () -> {
          request(there, "/open/page", null, () -> assertAliceAtOneAlone());
          request(
              there,
              "/orders",
              BOB,
              () -> request(there, "/open/page", null, this::assertAliceAtOneAlone));
        });
  }

  private void assertAliceAtOneAlone() throws SQLException {
    assertThat(whoIs(here.dataSource())).isEqualTo(ALICE);
    assertNobodys(() -> whoIs(there.dataSource()));
  }

  private String transactionId() {
    return requireNonNull(
        new JdbcTemplate(here.dataSource())
            .queryForObject("SELECT pg_current_xact_id()::text", String.class));
  }

  /** Alice's at the one. */
  private void behindBoth(String user, OnBehalf.Task<Exception> work) throws Exception {
    request(here, "/orders", ALICE, () -> request(there, "/orders", user, work));
  }

  private void inTransactionHere(OnBehalf.Task<Exception> work) {
    new TransactionTemplate(new JdbcTransactionManager(here.dataSource()))
        .executeWithoutResult(status -> run(work));
  }

  private static void request(
      OnBehalf door, String path, @Nullable String user, OnBehalf.Task<Exception> work)
      throws Exception {
    AtomicBoolean ran = new AtomicBoolean();
    door.filter()
        .exemptPaths(ExemptPaths.of(List.of("/open/*")))
        .build()
        .doFilter(
            SharedLakebase.request(path, user),
            new MockHttpServletResponse(),
            (inner, answer) -> {
              run(work);
              ran.set(true);
            });
    assertThat(ran).isTrue();
  }

  private static void run(OnBehalf.Task<Exception> work) {
    try {
      work.run();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void norIsAPersonsWorkAnothersThere() throws SQLException {
    here.asUser(
        identity(ALICE),
        () ->
            there.asServicePrincipal(
                () ->
                    assertThatThrownBy(
                            () -> there.asUser(identity(BOB), () -> whoIs(there.dataSource())))
                        .isInstanceOf(IllegalStateException.class)));
  }
}
