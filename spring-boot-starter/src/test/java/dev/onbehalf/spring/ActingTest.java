package dev.onbehalf.spring;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static dev.onbehalf.spring.SharedLakebase.identity;
import static dev.onbehalf.spring.SharedLakebase.whoIs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.identity.NobodyBoundException;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebase.Lakebase;
import dev.onbehalf.pool.Secret;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import java.io.IOException;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** As whom work runs, who may change that, and when. */
class ActingTest {
  private static final String SERVICE_PRINCIPAL = SharedLakebase.get().servicePrincipal();

  private static OnBehalfDatabase lakebase;
  private static OnBehalf onBehalf;
  private static DataSource dataSource;

  @BeforeAll
  static void open() {
    lakebase = Lakebase.database(SharedLakebase.get().environment());
    onBehalf = new OnBehalf(lakebase);
    dataSource = onBehalf.dataSource();
  }

  @AfterAll
  static void close() {
    lakebase.close();
  }

  @AfterEach
  void nobodyIsLeftBehind() {
    assertThat(Acting.current()).isEqualTo(Acting.NOBODY);
  }

  private static TransactionTemplate transaction(int propagation) {
    TransactionTemplate template = new TransactionTemplate(new JdbcTransactionManager(dataSource));
    template.setPropagationBehavior(propagation);
    return template;
  }

  @Test
  void withNobodyBoundTheDataSourceThrowsAndNamesTheTwoWaysOut() {
    assertThatThrownBy(dataSource::getConnection)
        .isInstanceOf(NobodyBoundException.class)
        .hasMessageContaining("OnBehalf.asUser")
        .hasMessageContaining("a request that carries their identity")
        .hasMessageContaining("OnBehalf.asServicePrincipal")
        .hasMessageContaining("servicePrincipalDataSource")
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("28000");
    assertThat(onBehalf.currentUser()).isEmpty();
  }

  @Test
  void aNameAndAPasswordAreRefusedWhoeverIsBound() throws SQLException {
    onBehalf.asUser(
        identity(ALICE),
        () ->
            assertThatThrownBy(() -> dataSource.getConnection(BOB, "secret"))
                .isInstanceOf(SQLException.class));
  }

  @Test
  void workRunsAsTheUserAndTheApplicationAsItselfByName() throws SQLException {
    String user = onBehalf.asUser(identity(ALICE), () -> whoIs(dataSource));
    assertThat(user).isEqualTo(ALICE);
    String application = onBehalf.asServicePrincipal(() -> whoIs(dataSource));
    assertThat(application).isEqualTo(SERVICE_PRINCIPAL);
    assertThat(whoIs(onBehalf.servicePrincipalDataSource())).isEqualTo(SERVICE_PRINCIPAL);
  }

  @Test
  void theFormerIsBoundAgainWhateverHappens() throws SQLException {
    onBehalf.asUser(
        identity(ALICE),
        () -> {
          assertThatThrownBy(
                  () ->
                      onBehalf.asServicePrincipal(
                          () -> {
                            assertThat(onBehalf.currentUser()).isEmpty();
                            throw new IOException("in the middle");
                          }))
              .isInstanceOf(IOException.class);
          assertThat(onBehalf.currentUser()).hasValue(ALICE);
        });
    assertThatThrownBy(
            () ->
                onBehalf.asUser(
                    identity(ALICE),
                    () -> {
                      throw new AssertionError("in the middle");
                    }))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void aPersonsWorkNeverBecomesAnothersNotEvenThroughTheServicePrincipal() throws SQLException {
    onBehalf.asUser(
        identity(ALICE),
        () -> {
          assertThatThrownBy(() -> onBehalf.asUser(identity(BOB), () -> whoIs(dataSource)))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining(ALICE)
              .hasMessageContaining(BOB);
          onBehalf.asServicePrincipal(
              () ->
                  assertThatThrownBy(() -> onBehalf.asUser(identity(BOB), () -> whoIs(dataSource)))
                      .isInstanceOf(IllegalStateException.class));
          assertThat(onBehalf.asUser(identity(ALICE), () -> whoIs(dataSource))).isEqualTo(ALICE);
          assertThat(whoIs(dataSource)).isEqualTo(ALICE);
        });
  }

  @Test
  void aJobOfTheServicePrincipalMayWorkForOnePersonAfterAnother() throws SQLException {
    onBehalf.asServicePrincipal(
        () -> {
          assertThat(onBehalf.asUser(identity(ALICE), () -> whoIs(dataSource))).isEqualTo(ALICE);
          assertThat(onBehalf.asUser(identity(BOB), () -> whoIs(dataSource))).isEqualTo(BOB);
          assertThat(whoIs(dataSource)).isEqualTo(SERVICE_PRINCIPAL);
        });
  }

  @Test
  void theServicePrincipalsRightsEndWithTheirBlockOnItsThreadToo() throws SQLException {
    ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();
    onBehalf.asUser(
        identity(ALICE),
        () -> {
          ContextSnapshot captured = onBehalf.asServicePrincipal(() -> snapshots.captureAll());
          try (ContextSnapshot.Scope scope = captured.setThreadLocals()) {
            assertThat(scope).isNotNull();
            assertThat(whoIs(dataSource)).isEqualTo(ALICE);
          }
        });
    ContextSnapshot ofNobody = onBehalf.asServicePrincipal(() -> snapshots.captureAll());
    assertThatThrownBy(ofNobody.wrap(() -> whoIs(dataSource))::call)
        .isInstanceOf(NobodyBoundException.class);
  }

  /** A scope that a library opens in the block, and closes in it or after it. */
  @Test
  void scopesOfContextPropagationGiveNoRightsBackThatHaveEnded() throws Exception {
    ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();
    onBehalf.<Exception>asUser(
        identity(ALICE),
        () -> {
          ContextSnapshot alices = snapshots.captureAll();
          ContextSnapshot.Scope left =
              onBehalf.asServicePrincipal(
                  () -> {
                    assertThat(alices.wrap(() -> whoIs(dataSource)).call()).isEqualTo(ALICE);
                    assertThat(whoIs(dataSource)).isEqualTo(SERVICE_PRINCIPAL);
                    assertThat(snapshots.captureAll().wrap(() -> whoIs(dataSource)).call())
                        .isEqualTo(SERVICE_PRINCIPAL);
                    return alices.setThreadLocals();
                  });
          left.close();
          assertThat(whoIs(dataSource)).isEqualTo(ALICE);
        });
  }

  @Test
  void aBlockWithinABlockEndsAlone() throws SQLException {
    onBehalf.asServicePrincipal(
        () -> {
          onBehalf.asServicePrincipal(() -> {});
          assertThat(whoIs(dataSource)).isEqualTo(SERVICE_PRINCIPAL);
        });
  }

  @Test
  void theUserCannotChangeWithinATransaction() {
    onBehalf.asUser(
        identity(ALICE),
        () ->
            transaction(TransactionDefinition.PROPAGATION_REQUIRED)
                .executeWithoutResult(
                    status -> {
                      assertThatThrownBy(() -> onBehalf.asServicePrincipal(() -> {}))
                          .isInstanceOf(IllegalStateException.class)
                          .hasMessageContaining("transaction")
                          .hasMessageContaining(ALICE);
                      onBehalf.asUser(
                          identity(ALICE),
                          () -> assertThat(onBehalf.currentUser()).hasValue(ALICE));
                    }));
  }

  /** Such a scope keeps the connection of its first query, so the next would run as the former. */
  @Test
  void norWithinAScopeThatHasNoTransactionButKeepsItsConnection() throws SQLException {
    for (int propagation :
        new int[] {
          TransactionDefinition.PROPAGATION_SUPPORTS,
          TransactionDefinition.PROPAGATION_NOT_SUPPORTED
        }) {
      onBehalf.asServicePrincipal(
          () ->
              transaction(propagation)
                  .executeWithoutResult(
                      status ->
                          assertThatThrownBy(() -> onBehalf.asUser(identity(ALICE), () -> {}))
                              .isInstanceOf(IllegalStateException.class)
                              .hasMessageContaining("transaction")));
    }
  }

  @Test
  void aTransactionThatNobodyOpensHasNoConnection() {
    assertThatThrownBy(
            () ->
                transaction(TransactionDefinition.PROPAGATION_REQUIRED)
                    .executeWithoutResult(status -> {}))
        .hasRootCauseInstanceOf(NobodyBoundException.class);
  }

  @Test
  void anotherPersonsTokenBindsNobody() {
    ForwardedIdentity forged = new ForwardedIdentity(ALICE, Secret.of(SharedLakebase.token(BOB)));
    assertThatThrownBy(
            () ->
                onBehalf.asUser(
                    forged,
                    () -> {
                      throw new AssertionError("ran");
                    }))
        .isInstanceOf(IdentityException.class);
  }

  @Test
  void whoSignedOutHasNoConnectionLeft() throws SQLException {
    onBehalf.asUser(
        identity(ALICE),
        () -> {
          assertThat(whoIs(dataSource)).isEqualTo(ALICE);
          lakebase.revoke(ALICE);
          assertThatThrownBy(dataSource::getConnection)
              .isInstanceOf(SQLException.class)
              .hasMessageContaining(ALICE);
        });
  }
}
