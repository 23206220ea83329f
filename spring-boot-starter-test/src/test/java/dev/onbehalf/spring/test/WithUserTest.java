package dev.onbehalf.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import dev.onbehalf.identity.NobodyBoundException;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.test.OrdersApplication.Orders;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationCredentialsNotFoundException;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.test.context.TestConstructor;
import org.springframework.test.context.jdbc.Sql;
import org.springframework.test.context.transaction.BeforeTransaction;
import org.springframework.test.context.transaction.TestTransaction;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.transaction.annotation.Transactional;

/** A test of an application that says as whom it runs. */
@SpringBootTest(properties = "onbehalf.group=order_users")
@AutoConfigureMockMvc
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestConstructor(autowireMode = TestConstructor.AutowireMode.ALL)
class WithUserTest {
  private static final String ALICE = "alice@example.com";
  private static final String BOB = "bob@example.com";

  private final Orders orders;
  private final OnBehalf onBehalf;
  private final JdbcClient jdbc;
  private final MockMvc mvc;
  private final LakebaseLocal lakebase;

  WithUserTest(
      Orders orders, OnBehalf onBehalf, JdbcClient jdbc, MockMvc mvc, LakebaseLocal lakebase) {
    this.orders = orders;
    this.onBehalf = onBehalf;
    this.jdbc = jdbc;
    this.mvc = mvc;
    this.lakebase = lakebase;
  }

  private String whoAmI() {
    return jdbc.sql("SELECT current_user").query(String.class).single();
  }

  private long all() {
    return JdbcClient.create(onBehalf.servicePrincipalDataSource())
        .sql("SELECT count(*) FROM orders")
        .query(Long.class)
        .single();
  }

  @Test
  void aGroupOfNoNameIsNone() {
    TestLakebase.admit("no-group@example.com", " ", onBehalf.servicePrincipalDataSource());
    assertThat(lakebase.users()).contains("no-group@example.com");
  }

  @AfterEach
  void empty() {
    JdbcClient.create(lakebase.superuser()).sql("DELETE FROM orders").update();
    SecurityContextHolder.clearContext();
  }

  @AfterAll
  void nobodyIsLeftBehind() {
    assertThat(onBehalf.currentUser()).isEmpty();
  }

  @Test
  @WithUser(ALICE)
  void itsQueriesRunAsThePerson() {
    assertThat(whoAmI()).isEqualTo(ALICE);
    orders.place("tea");
    assertThat(orders.items()).containsExactly("tea");
  }

  @Test
  @WithUser(BOB)
  void rowLevelSecurityIsReal() {
    lakebase.addUser("another@example.com");
    JdbcClient.create(lakebase.superuser())
        .sql("INSERT INTO orders (item, owner) VALUES ('tea', 'another@example.com')")
        .update();
    assertThat(orders.items()).isEmpty();
    assertThat(onBehalf.asServicePrincipal(orders::items)).containsExactly("tea");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @WithUser("somebody.new@example.com")
  void whoeverIsNamedHasARole(int time) {
    assertThat(whoAmI()).isEqualTo("somebody.new@example.com");
    assertThat(orders.items()).isEmpty();
  }

  @Test
  void withoutOneTheDataSourceThrows() {
    assertThat(onBehalf.currentUser()).isEmpty();
    assertThatThrownBy(orders::items).hasRootCauseInstanceOf(NobodyBoundException.class);
  }

  @Test
  @Transactional
  @WithUser(ALICE)
  void theTransactionOfATestIsThePersonsAndRolledBack() {
    orders.place("tea");
    assertThat(whoAmI()).isEqualTo(ALICE);
    assertThat(orders.items()).containsExactly("old", "tea");
    TestTransaction.end();
    assertThat(all()).isOne();
    assertThat(whoAmI()).isEqualTo(ALICE);
  }

  @BeforeTransaction
  void seed() {
    onBehalf.asServicePrincipal(
        () -> jdbc.sql("INSERT INTO orders (item, owner) VALUES ('old', ?)").param(ALICE).update());
  }

  @Test
  @Transactional
  @WithUser(ALICE)
  void theApplicationCanPrepareRowsBeforeTheTransaction() {
    assertThat(orders.items()).containsExactly("old");
  }

  @Test
  @WithUser(ALICE)
  @Sql(statements = "INSERT INTO orders (item) VALUES ('scripted')")
  void scriptsRunAsThePersonToo() {
    assertThat(orders.items()).containsExactly("scripted");
  }

  @Test
  @WithUser(ALICE)
  void requestsCarryThePersonsIdentity() throws Exception {
    orders.place("tea");
    mvc.perform(get("/orders")).andExpect(status().isOk()).andExpect(content().json("[\"tea\"]"));
  }

  @Test
  @WithUser(ALICE)
  void aRequestThatCarriesAnIdentityKeepsIt() throws Exception {
    lakebase.addUser("carol@example.com");
    String carols = lakebase.accessToken("carol@example.com", Duration.ofHours(1));
    mvc.perform(
            get("/orders")
                .header("X-Forwarded-Email", ALICE)
                .header("X-Forwarded-Access-Token", carols))
        .andExpect(status().isForbidden());
  }

  @Test
  @WithUser(ALICE)
  void aSessionThatTheTestGivesIsThePersonsAndNobodyElses() throws Exception {
    MockHttpSession session = new MockHttpSession();
    session.setAttribute("cart", "tea");
    for (MockHttpServletRequestBuilder request :
        List.of(get("/cart").sessionAttr("cart", "tea"), get("/cart").session(session))) {
      mvc.perform(request).andExpect(content().string("cart tea"));
    }
    lakebase.addUser("dora@example.com");
    mvc.perform(
            get("/cart")
                .session(session)
                .header("X-Forwarded-Email", "dora@example.com")
                .header(
                    "X-Forwarded-Access-Token",
                    lakebase.accessToken("dora@example.com", Duration.ofHours(1))))
        .andExpect(content().string("cart null"));
  }

  @Test
  void aRequestOfNobodyIsRefused() throws Exception {
    mvc.perform(get("/orders")).andExpect(status().isUnauthorized());
  }

  private void admit(String user) {
    TestLakebase.admit(user, null, onBehalf.servicePrincipalDataSource());
  }

  @Test
  @WithUser(ALICE)
  void theTestsPersonIsAuthenticatedAlsoAfterARequest() throws Exception {
    assertThat(orders.alicesOnly()).isEqualTo("alice's");
    mvc.perform(get("/orders")).andExpect(status().isOk());
    assertThat(orders.alicesOnly()).isEqualTo("alice's");
  }

  @Test
  @WithUser(BOB)
  void anotherIsDenied() {
    assertThatThrownBy(orders::alicesOnly).isInstanceOf(AccessDeniedException.class);
  }

  @Test
  void nobodyIsNotAuthenticated() {
    assertThatThrownBy(orders::alicesOnly)
        .hasRootCauseInstanceOf(AuthenticationCredentialsNotFoundException.class);
  }

  @Test
  void whomCodeBindsIsAuthenticatedForThatLong() {
    admit(ALICE);
    assertThat(onBehalf.asUser(TestLakebase.identity(ALICE), orders::alicesOnly))
        .isEqualTo("alice's");
    assertThat(SecurityContextHolder.getContext().getAuthentication()).isNull();
  }

  @Test
  void whoWasAuthenticatedBeforeIsAfterwardsWhateverHappens() {
    admit(BOB);
    Authentication former = new TestingAuthenticationToken("former", "");
    SecurityContextHolder.getContext().setAuthentication(former);
    assertThatThrownBy(() -> onBehalf.asUser(TestLakebase.identity(BOB), () -> orders.alicesOnly()))
        .isInstanceOf(AccessDeniedException.class);
    assertThat(SecurityContextHolder.getContext().getAuthentication()).isSameAs(former);
  }

  @Test
  @WithUser(ALICE)
  void theServicePrincipalIsNoPersonAndChangesNothing() {
    assertThat(onBehalf.asServicePrincipal(orders::alicesOnly)).isEqualTo("alice's");
  }

  @Test
  @WithUser("a.member@example.com")
  void theRolesOfTheDatabaseAreAuthoritiesInRequestsToo() throws Exception {
    mvc.perform(get("/members")).andExpect(status().isOk()).andExpect(content().string("a member"));
  }

  @Test
  void soAreThoseThatOneHasNot() throws Exception {
    lakebase.addUser("no.member@example.com");
    String token = lakebase.accessToken("no.member@example.com", Duration.ofHours(1));
    mvc.perform(
            get("/members")
                .header("X-Forwarded-Email", "no.member@example.com")
                .header("X-Forwarded-Access-Token", token))
        .andExpect(status().isForbidden());
  }

  @Nested
  @WithUser(BOB)
  class OfAClass {
    @BeforeEach
    void place() {
      orders.place("coffee");
    }

    @Test
    void isThereBeforeEachTestOfIt() {
      assertThat(whoAmI()).isEqualTo(BOB);
      assertThat(orders.items()).containsExactly("coffee");
    }

    @Test
    @WithUser(ALICE)
    void givesWayToThatOfAMethod() {
      assertThat(whoAmI()).isEqualTo(ALICE);
    }

    @Nested
    class Within {
      @Test
      void isInherited() {
        assertThat(whoAmI()).isEqualTo(BOB);
      }
    }
  }
}
