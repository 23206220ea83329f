package dev.onbehalf.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.spring.test.OrdersApplication.Orders;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What tests of an application may assert of Row-Level Security, and what a failure says. */
@SuppressWarnings("NullAway.Init")
@SpringBootTest(properties = "onbehalf.group=order_users")
class RowSecurityTesterTest {
  private static final String ALICE = "alice@example.com";
  private static final String BOB = "bob@example.com";

  @Autowired RowSecurityTester rowSecurity;
  @Autowired LakebaseLocal lakebase;
  @Autowired Orders orders;
  @Autowired JdbcClient jdbc;

  @AfterEach
  void mend() throws SQLException {
    run("DELETE FROM public.orders; DROP VIEW IF EXISTS public.everything");
  }

  private void run(String sql) throws SQLException {
    try (Connection connection = lakebase.superuser().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long placedByAlice() {
    orders.place("tea");
    return jdbc.sql("SELECT max(id) FROM orders").query(Long.class).single();
  }

  @Test
  @WithUser(ALICE)
  void aRowIsVisibleToWhoOwnsItAndHiddenFromOthers() {
    long id = placedByAlice();
    rowSecurity.assertVisible(ALICE, "public.orders", id);
    rowSecurity.assertHidden(BOB, "public.orders", id);
  }

  @Test
  @WithUser(ALICE)
  void aFailureSaysWhy() {
    long id = placedByAlice();
    assertThatThrownBy(() -> rowSecurity.assertVisible(BOB, "public.orders", id))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("bob@example.com should see public.orders " + id)
        .hasMessageContaining("own_orders")
        .hasMessageContaining(ALICE);
    assertThatThrownBy(() -> rowSecurity.assertHidden(ALICE, "public.orders", id))
        .hasMessageContaining("alice@example.com should not see public.orders " + id);
  }

  @Test
  void aRowThatIsNotThereIsNeitherVisibleNorHidden() {
    for (Runnable asserting :
        new Runnable[] {
          () -> rowSecurity.assertVisible(BOB, "public.orders", -1),
          () -> rowSecurity.assertHidden(BOB, "public.orders", -1)
        }) {
      assertThatThrownBy(asserting::run)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("There is no such row");
    }
  }

  @Test
  void whatIsNoTableIsSaid() {
    assertThatThrownBy(() -> rowSecurity.assertHidden(BOB, "public.nothing", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("public.nothing has no primary key, or is no table");
  }

  @Test
  void itHoldsUntilAViewRunsAsItsOwner() throws SQLException {
    assertThat(rowSecurity).inSchemas("public").holdsFor("order_users");
    run(
        "CREATE VIEW public.everything AS SELECT * FROM public.orders;"
            + " GRANT SELECT ON public.everything TO order_users");
    assertThatThrownBy(() -> assertThat(rowSecurity).inSchemas("public").holdsFor("order_users"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("public.everything")
        .hasMessageContaining("security_invoker");
  }
}
