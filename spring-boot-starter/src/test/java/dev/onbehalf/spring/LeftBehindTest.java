package dev.onbehalf.spring;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static dev.onbehalf.spring.SharedLakebase.identity;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.transaction.TransactionDefinition.PROPAGATION_REQUIRED;
import static org.springframework.transaction.TransactionDefinition.PROPAGATION_SUPPORTS;

import dev.onbehalf.identity.NobodyBoundException;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebase.Lakebase;
import dev.onbehalf.servlet.ExemptPaths;
import dev.onbehalf.servlet.OnBehalfFilter;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import jakarta.persistence.EntityManagerFactory;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.ResourceHolderSupport;
import org.springframework.transaction.support.SimpleTransactionScope;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What one person's work forgets to end on a thread, the next one's does not meet. */
@ExtendWith(OutputCaptureExtension.class)
class LeftBehindTest {
  private static OnBehalfDatabase lakebase;
  private static OnBehalf onBehalf;
  private static DataSource dataSource;
  private static JdbcTemplate jdbc;
  private static JdbcTransactionManager transactions;
  private static EntityManagerFactory sessions;
  private static OnBehalfFilter filter;

  /** What of Spring keeps a connection, or a session, on the thread. */
  enum Forgotten {
    TRANSACTION(() -> transactions.getTransaction(new DefaultTransactionDefinition())),
    SCOPE_WITHOUT_TRANSACTION(
        () -> transactions.getTransaction(new DefaultTransactionDefinition(PROPAGATION_SUPPORTS))),
    CONNECTION_BOUND_BY_HAND(
        () ->
            TransactionSynchronizationManager.bindResource(
                dataSource, new ConnectionHolder(dataSource.getConnection()))),
    JPA_TRANSACTION(
        () ->
            new JpaTransactionManager(sessions).getTransaction(new DefaultTransactionDefinition())),
    JPA_SESSION_BOUND_BY_HAND(
        () ->
            TransactionSynchronizationManager.bindResource(
                sessions, new EntityManagerHolder(sessions.createEntityManager())));

    @SuppressWarnings("ImmutableEnumChecker")
    private final OnBehalf.Task<Exception> begin;

    Forgotten(OnBehalf.Task<Exception> begin) {
      this.begin = begin;
    }

    void begin() {
      beginAs(ALICE);
    }

    void beginAs(String user) {
      try {
        begin.run();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      assertThat(whoIs()).isEqualTo(user);
    }
  }

  @BeforeAll
  static void open() {
    lakebase = Lakebase.database(SharedLakebase.get().environment());
    onBehalf = new OnBehalf(lakebase);
    dataSource = onBehalf.dataSource();
    jdbc = new JdbcTemplate(dataSource);
    transactions = new JdbcTransactionManager(dataSource);
    filter = onBehalf.filter().exemptPaths(ExemptPaths.of(List.of("/open/*"))).build();
    LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
    factory.setDataSource(dataSource);
    factory.setPackagesToScan("dev.onbehalf.none");
    factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
    factory.setJpaPropertyMap(
        Map.of(
            "hibernate.boot.allow_jdbc_metadata_access",
            false,
            "hibernate.dialect",
            "org.hibernate.dialect.PostgreSQLDialect"));
    factory.afterPropertiesSet();
    sessions = requireNonNull(factory.getObject());
  }

  @AfterAll
  static void close() {
    sessions.close();
    lakebase.close();
  }

  @AfterEach
  void nothingIsOpenAndNobodyBound() {
    assertNothingOpen();
    assertThat(Acting.current()).isEqualTo(Acting.NOBODY);
    assertThat(lakebase.statistics().inUse()).isZero();
  }

  private static void assertNothingOpen() {
    assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
    assertThat(OpenWork.isTransactionOpen()).isFalse();
  }

  private static String whoIs() {
    return requireNonNull(jdbc.queryForObject("SELECT current_user", String.class));
  }

  private static void request(String path, @Nullable String user, Runnable work) throws Exception {
    MockHttpServletResponse response = new MockHttpServletResponse();
    List<String> ran = new ArrayList<>();
    filter.doFilter(
        SharedLakebase.request(path, user),
        response,
        (inner, answer) -> {
          ran.add(path);
          work.run();
        });
    assertThat(ran).as("answer %s", response.getStatus()).containsExactly(path);
  }

  private static void assertNobodys() {
    assertThatThrownBy(LeftBehindTest::whoIs).hasRootCauseInstanceOf(NobodyBoundException.class);
  }

  @ParameterizedTest
  @EnumSource
  void aRequestThatForgetsLeavesNothingToTheNextOfItsThread(Forgotten forgotten) throws Exception {
    request("/orders", ALICE, forgotten::begin);
    request("/open/page", null, LeftBehindTest::assertNobodys);
    request("/orders", BOB, () -> assertThat(whoIs()).isEqualTo(BOB));
    request("/orders", ALICE, () -> assertThat(whoIs()).isEqualTo(ALICE));
  }

  @ParameterizedTest
  @EnumSource
  void norDoesWorkThatWasHandedOver(Forgotten forgotten) {
    ContextSnapshot alices =
        onBehalf.asUser(
            identity(ALICE), () -> ContextSnapshotFactory.builder().build().captureAll());
    alices.wrap(forgotten::begin).run();
    assertNobodys();
  }

  @ParameterizedTest
  @EnumSource
  void norWorkInAsUser(Forgotten forgotten) {
    onBehalf.asUser(identity(ALICE), forgotten::begin);
    assertNobodys();
    onBehalf.asServicePrincipal(
        () -> {
          onBehalf.asUser(identity(ALICE), forgotten::begin);
          assertThat(whoIs()).isEqualTo(SharedLakebase.get().servicePrincipal());
        });
  }

  /** The scope in between set aside what Alice has open, and is never closed. */
  @ParameterizedTest
  @EnumSource
  void norWorkThatForgetsASomebodyElsesScopeToo(Forgotten forgotten) throws Exception {
    ContextSnapshot nobodys = ContextSnapshotFactory.builder().build().captureAll();
    ContextSnapshot bobs =
        onBehalf.asUser(identity(BOB), () -> ContextSnapshotFactory.builder().build().captureAll());
    for (ContextSnapshot others : List.of(nobodys, bobs)) {
      request(
          "/orders",
          ALICE,
          () -> {
            forgotten.begin();
            others.setThreadLocals();
          });
      assertNothingOpen();
      request("/orders", BOB, () -> assertThat(whoIs()).isEqualTo(BOB));
    }
  }

  /** Nobody's work has connections all the same: the service principal's. */
  @Test
  void norWorkOfNobody() throws Exception {
    ContextSnapshot nobodys = ContextSnapshotFactory.builder().build().captureAll();
    for (int propagation : new int[] {PROPAGATION_REQUIRED, PROPAGATION_SUPPORTS}) {
      Runnable forgets = () -> forgetAsServicePrincipal(propagation);
      request("/open/page", null, forgets);
      assertNothingOpen();
      request("/open/page", null, LeftBehindTest::assertNothingOpen);
      nobodys.wrap(forgets).run();
      assertNothingOpen();
      onBehalf.asServicePrincipal(
          () -> {
            onBehalf.asServicePrincipal(forgets::run);
            assertNothingOpen();
          });
    }
  }

  private static void forgetAsServicePrincipal(int propagation) {
    DataSource application = onBehalf.servicePrincipalDataSource();
    new JdbcTransactionManager(application)
        .getTransaction(new DefaultTransactionDefinition(propagation));
    new JdbcTemplate(application).execute("SELECT 1");
    assertThat(TransactionSynchronizationManager.hasResource(application)).isTrue();
  }

  @Test
  void norAPersonsWorkToTheirOwnAroundIt() {
    onBehalf.asUser(
        identity(ALICE),
        () -> {
          onBehalf.asUser(identity(ALICE), Forgotten.TRANSACTION::begin);
          assertNothingOpen();
        });
  }

  @Test
  void whatWasForgottenIsRolledBackAndToldSo() throws Exception {
    List<String> ended = new ArrayList<>();
    request(
        "/orders",
        ALICE,
        () -> {
          Forgotten.TRANSACTION.begin();
          jdbc.execute("CREATE TEMPORARY TABLE forgotten (id int)");
          TransactionSynchronizationManager.registerSynchronization(
              new TransactionSynchronization() {
                @Override
                public void afterCompletion(int status) {
                  ended.add(status + " as " + onBehalf.currentUser().orElse("nobody"));
                }
              });
        });
    assertThat(ended)
        .containsExactly(TransactionSynchronization.STATUS_ROLLED_BACK + " as " + ALICE);
    request(
        "/orders",
        ALICE,
        () ->
            assertThat(jdbc.queryForObject("SELECT to_regclass('forgotten')", String.class))
                .isNull());
  }

  @Test
  void whatCanNotBeClosedKeepsNothingElseOpen(CapturedOutput output) throws Exception {
    List<Integer> ended = new ArrayList<>();
    request(
        "/orders",
        ALICE,
        () -> {
          Forgotten.TRANSACTION.begin();
          TransactionSynchronizationManager.bindResource("broken", new ConnectionHolder(broken()));
          TransactionSynchronizationManager.bindResource("messages", new Messages());
          TransactionSynchronizationManager.registerSynchronization(
              new TransactionSynchronization() {
                @Override
                public void afterCompletion(int status) {
                  ended.add(status);
                }
              });
        });
    assertThat(ended).containsExactly(TransactionSynchronization.STATUS_ROLLED_BACK);
    assertThat(output)
        .contains("could not be closed: " + ConnectionHolder.class.getName())
        .contains(
            "its library ends, or is only taken from the thread, ["
                + Messages.class.getName()
                + "]");
  }

  private static Connection broken() {
    return (Connection)
        Proxy.newProxyInstance(
            LeftBehindTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (connection, method, arguments) -> {
              throw new NoClassDefFoundError("of the driver");
            });
  }

  /** What another library keeps on the thread. */
  private static final class Messages extends ResourceHolderSupport {}

  @Test
  void aBeanOfATransactionsScopeIsNotFoundByOthersInTheMidstOfIt() {
    SimpleTransactionScope scope = new SimpleTransactionScope();
    ContextSnapshot bobs = captured(BOB);
    TransactionTemplate transaction = new TransactionTemplate(transactions);
    Supplier<Object> cart =
        () -> scope.get("cart", () -> onBehalf.currentUser().orElse("nobody") + "'s");
    onBehalf.asUser(
        identity(ALICE),
        () ->
            transaction.executeWithoutResult(
                status -> {
                  assertThat(cart.get()).isEqualTo(ALICE + "'s");
                  bobs.wrap(
                          () ->
                              transaction.executeWithoutResult(
                                  within -> assertThat(cart.get()).isEqualTo(BOB + "'s")))
                      .run();
                  assertThat(cart.get()).isEqualTo(ALICE + "'s");
                }));
  }

  /** As by libraries that have a thread-local of their own. */
  @Test
  void whatASynchronizationKeepsOnTheThreadItTakesAwayAndBringsBack() {
    ContextSnapshot bobs = captured(BOB);
    ThreadLocal<String> cart = new ThreadLocal<>();
    List<@Nullable String> seen = new ArrayList<>();
    Runnable look = () -> seen.add(cart.get());
    onBehalf.asUser(
        identity(ALICE),
        () ->
            new TransactionTemplate(transactions)
                .executeWithoutResult(
                    status -> {
                      cart.set(ALICE + "'s");
                      TransactionSynchronizationManager.registerSynchronization(
                          new Keeping(cart, ALICE + "'s"));
                      bobs.wrap(look).run();
                      look.run();
                    }));
    look.run();
    assertThat(seen).containsExactly(null, ALICE + "'s", null);
  }

  private record Keeping(ThreadLocal<String> cart, String own)
      implements TransactionSynchronization {
    @Override
    public void suspend() {
      cart.remove();
    }

    @Override
    public void resume() {
      cart.set(own);
    }

    @Override
    public void afterCompletion(int status) {
      cart.remove();
    }
  }

  /** Of the others, those that keep something on the thread take it back. */
  @Test
  void aSynchronizationThatFailsIsAloneInThat(CapturedOutput output) {
    ContextSnapshot nobodys = ContextSnapshotFactory.builder().build().captureAll();
    ContextSnapshot bobs = captured(BOB);
    ThreadLocal<String> cart = new ThreadLocal<>();
    List<Integer> ended = new ArrayList<>();
    onBehalf.asUser(
        identity(ALICE),
        () ->
            new TransactionTemplate(transactions)
                .executeWithoutResult(
                    status -> {
                      TransactionSynchronizationManager.registerSynchronization(
                          new FailingToResume(ended));
                      cart.set(ALICE + "'s");
                      TransactionSynchronizationManager.registerSynchronization(
                          new Keeping(cart, ALICE + "'s"));
                      String backend = backend();
                      ContextSnapshot.Scope forgotten = bobs.setThreadLocals();
                      Forgotten.TRANSACTION.beginAs(BOB);
                      TransactionSynchronizationManager.registerSynchronization(
                          new FailingToResume(ended));
                      nobodys.wrap(LeftBehindTest::assertNobodys).run();
                      forgotten.close();
                      assertThat(cart.get()).isEqualTo(ALICE + "'s");
                      assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                          .isTrue();
                      assertThat(backend()).isEqualTo(backend);
                    }));
    assertThat(cart.get()).isNull();
    assertThat(ended)
        .containsExactly(
            TransactionSynchronization.STATUS_ROLLED_BACK,
            TransactionSynchronization.STATUS_COMMITTED);
    assertThat(output).contains("could not be resumed: " + FailingToResume.class.getName());
  }

  private record FailingToResume(List<Integer> ended) implements TransactionSynchronization {
    @Override
    public void resume() {
      throw new NoClassDefFoundError("of the library");
    }

    @Override
    public void afterCompletion(int status) {
      ended.add(status);
    }
  }

  /** What it keeps on the thread would be found by whoever comes in between. */
  @Test
  void whereOneCanNotBeSuspendedNobodyComesInBetween() {
    ContextSnapshot bobs = captured(BOB);
    ThreadLocal<String> cart = new ThreadLocal<>();
    onBehalf.asUser(
        identity(ALICE),
        () ->
            new TransactionTemplate(transactions)
                .executeWithoutResult(
                    status -> {
                      cart.set(ALICE + "'s");
                      TransactionSynchronizationManager.registerSynchronization(
                          new Keeping(cart, ALICE + "'s"));
                      TransactionSynchronizationManager.registerSynchronization(
                          new TransactionSynchronization() {
                            @Override
                            public void suspend() {
                              throw new IllegalStateException("not now");
                            }
                          });
                      List<String> ran = new ArrayList<>();
                      Runnable work = () -> ran.add(BOB);
                      assertThatThrownBy(bobs.wrap(work)::run).hasMessage("not now");
                      assertThat(ran).isEmpty();
                      assertThat(cart.get()).isEqualTo(ALICE + "'s");
                      assertThat(whoIs()).isEqualTo(ALICE);
                    }));
  }

  /** A connection that a scope without a transaction keeps is a synchronization's to unbind. */
  @Test
  void aScopeWithoutTransactionIsPutBackWithItsConnection() {
    ContextSnapshot bobs = captured(BOB);
    TransactionTemplate scope = new TransactionTemplate(transactions);
    scope.setPropagationBehavior(PROPAGATION_SUPPORTS);
    onBehalf.asUser(
        identity(ALICE),
        () ->
            scope.executeWithoutResult(
                status -> {
                  String backend = backend();
                  bobs.wrap(LeftBehindTest::assertNothingOpen).run();
                  Runnable work = () -> assertThat(whoIs()).isEqualTo(BOB);
                  bobs.wrap(work).run();
                  assertThat(backend()).isEqualTo(backend);
                }));
  }

  private static String backend() {
    return requireNonNull(jdbc.queryForObject("SELECT pg_backend_pid()::text", String.class));
  }

  /** A synchronization that is over leaves such a holder, which the manager hides. */
  @Test
  void aHolderThatIsVoidIsInNobodysWay() {
    ContextSnapshot bobs = captured(BOB);
    Messages messages = new Messages();
    messages.unbound();
    TransactionSynchronizationManager.bindResource("messages", messages);
    try {
      bobs.wrap(LeftBehindTest::assertNothingOpen).run();
    } finally {
      TransactionSynchronizationManager.unbindResourceIfPossible("messages");
    }
  }

  /** As a test that sends a request from within its own transaction. */
  @Test
  void aRequestWithinSomebodysWorkGivesItBackAsItWas(CapturedOutput output) {
    TransactionTemplate transaction = new TransactionTemplate(transactions);
    onBehalf.asUser(
        identity(ALICE),
        () ->
            transaction.executeWithoutResult(
                status -> {
                  String own = transactionId();
                  try {
                    request("/orders", ALICE, () -> assertThat(transactionId()).isEqualTo(own));
                    assertThat(output).doesNotContain("A request of");
                    request("/orders", BOB, () -> Forgotten.TRANSACTION.beginAs(BOB));
                    request("/open/page", null, LeftBehindTest::assertNobodys);
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                  assertThat(transactionId()).isEqualTo(own);
                }));
    assertThat(output)
        .contains("A request of %s came in a transaction of %s".formatted(BOB, ALICE))
        .contains("A request of nobody came in a transaction of " + ALICE);
  }

  /** As a callback of theirs that runs in the midst of a person's work elsewhere. */
  @Test
  void workThatWasHandedOverByTheServicePrincipalGivesItBackToo() {
    ContextSnapshot applications =
        onBehalf.asServicePrincipal(() -> ContextSnapshotFactory.builder().build().captureAll());
    onBehalf.asUser(
        identity(ALICE),
        () ->
            new TransactionTemplate(transactions)
                .executeWithoutResult(
                    status -> {
                      String own = transactionId();
                      applications.wrap(LeftBehindTest::assertNobodys).run();
                      assertThat(transactionId()).isEqualTo(own);
                    }));
  }

  /** As two of their browser's tabs that wait for one feed: one brings the other its values. */
  @Test
  void workOfAnotherRequestOfTheirsFindsNoTransactionButThatOfTheirOwnDoes() {
    ContextSnapshot others = captured(ALICE);
    ContextSnapshot own = captured(ALICE);
    Runnable callbacks =
        () ->
            new TransactionTemplate(transactions)
                .executeWithoutResult(
                    status -> {
                      String id = transactionId();
                      Runnable in = () -> assertThat(transactionId()).isEqualTo(id);
                      Runnable outside = () -> assertThat(transactionId()).isNotEqualTo(id);
                      own.wrap(in).run();
                      others.wrap(outside).run();
                      own.wrap(() -> own.wrap(in).run()).run();
                      others.wrap(() -> own.wrap(outside).run()).run();
                    });
    own.wrap(callbacks).run();
    own.wrap(() -> onBehalf.asUser(identity(ALICE), callbacks::run)).run();
  }

  private static ContextSnapshot captured(String user) {
    return onBehalf.asUser(
        identity(user), () -> ContextSnapshotFactory.builder().build().captureAll());
  }

  @Test
  void howeverManyScopesWereNeverClosedTheyEndWithTheWorkAroundThem() throws Exception {
    ContextSnapshot bobs = captured(BOB);
    request(
        "/orders",
        ALICE,
        () -> {
          for (int i = 0; i < 100_000; i++) {
            bobs.setThreadLocals();
          }
          assertThat(whoIs()).isEqualTo(BOB);
        });
    assertNobodys();
  }

  /** As those of a future whose callbacks run on whichever thread completes it. */
  @Test
  void aScopeThatIsClosedLateOrInOthersWorkGivesThatNobodysRights() throws Exception {
    ContextSnapshot alices = captured(ALICE);
    List<ContextSnapshot.Scope> scopes = new ArrayList<>();
    Runnable forgets = () -> scopes.add(alices.setThreadLocals());
    request("/orders", ALICE, forgets);
    onBehalf.asUser(identity(ALICE), forgets::run);
    alices.wrap(forgets).run();
    CompletableFuture.runAsync(alices.wrap(forgets)).join();
    onBehalf.asUser(identity(ALICE), () -> onBehalf.asServicePrincipal(forgets::run));

    scopes.forEach(ContextSnapshot.Scope::close);
    assertNobodys();
    request("/open/page", null, () -> assertClosing(scopes, LeftBehindTest::assertNobodys));
    Runnable isBobs = () -> assertThat(whoIs()).isEqualTo(BOB);
    request("/orders", BOB, () -> assertClosing(scopes, isBobs));
    request(
        "/orders",
        BOB,
        () ->
            new TransactionTemplate(transactions)
                .executeWithoutResult(
                    status -> {
                      String own = transactionId();
                      assertClosing(scopes, () -> assertThat(transactionId()).isEqualTo(own));
                      isBobs.run();
                    }));
  }

  private static void assertClosing(List<ContextSnapshot.Scope> scopes, Runnable same) {
    scopes.forEach(
        scope -> {
          scope.close();
          same.run();
        });
  }

  @Test
  void scopesThatAreClosedInTheWrongOrderLeaveNobodyBound() {
    ContextSnapshot.Scope outer = captured(ALICE).setThreadLocals();
    ContextSnapshot.Scope inner = captured(ALICE).setThreadLocals();
    outer.close();
    inner.close();
    assertNobodys();
  }

  private static String transactionId() {
    return requireNonNull(jdbc.queryForObject("SELECT pg_current_xact_id()::text", String.class));
  }
}
