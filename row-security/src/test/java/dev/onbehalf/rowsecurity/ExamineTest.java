package dev.onbehalf.rowsecurity;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** How it is asked: without writing, without running anybody's code, by whomever. */
final class ExamineTest {
  private static final String SLOW =
      """
      INSERT INTO shop.orders (item, owner)
        SELECT 'more', 'person' || n % 500 FROM generate_series(1, 20000) n;
      ANALYZE shop.orders""";

  @Test
  void no_function_or_operator_that_somebody_planted_is_run() throws Exception {
    try (TestServer.Database database = TestServer.get().database()) {
      database.run(
          """
          CREATE TABLE public.called (what text); GRANT ALL ON public.called TO PUBLIC;
          CREATE FUNCTION public.current_setting(text) RETURNS text LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION 'planted'; END $$;
          CREATE FUNCTION public.aclexplode(aclitem[]) RETURNS TABLE (grantor oid, grantee oid,
            privilege_type text, is_grantable boolean) LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'planted'; END $$;
          CREATE FUNCTION public.same(name, name) RETURNS boolean LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION 'planted'; END $$;
          CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = name, FUNCTION = public.same);
          CREATE FUNCTION shop.trap() RETURNS boolean STABLE LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION 'planted'; END $$;
          CREATE POLICY trap ON shop.orders FOR DELETE USING (shop.trap());
          CREATE VIEW shop.trapped AS SELECT shop.trap();
          CREATE VIEW public.pg_roles AS SELECT 1 AS oid;
          ALTER ROLE postgres SET search_path = public, pg_catalog""");
      try {
        assertThat(database.ask("postgres", "SHOW search_path").get(0)).startsWith("public");
        assertThat(database.examine(TestServer.ALICE).serverVersion()).isPositive();
      } finally {
        database.run("ALTER ROLE postgres RESET search_path");
      }
    }
  }

  @Test
  void a_person_may_examine_and_nothing_is_left_changed() throws Exception {
    try (TestServer.Database database =
        TestServer.get().database().run("GRANT TRUNCATE ON shop.orders TO order_users").run(SLOW)) {
      Report report =
          RowSecurity.examine(database.dataSource(TestServer.ALICE), Scope.of("group:order_users"));
      assertThat(report.findings())
          .extracting(Finding::id)
          .contains("truncate-granted", "policy-without-index");
      assertThat(report.people()).isEqualTo(2);
      assertThat(report.worst()).contains(Severity.ERROR);
    }
  }

  @Test
  void who_may_not_act_as_the_person_gets_no_plan_and_is_told_so() throws Exception {
    try (TestServer.Database database = TestServer.get().database().run(SLOW)) {
      Report report =
          RowSecurity.examine(
              database.dataSource(TestServer.BOB), Scope.of(TestServer.ALICE).measured());
      assertThat(plan(report))
          .isEqualTo("No plan: who examines may not do it as alice@example.com (42501).");
    }
  }

  /** Planning calls what owners wrote, in the session of whoever examines. */
  @Test
  void no_function_of_an_owner_is_run_unless_it_is_measured() throws Exception {
    try (TestServer.Database database =
        TestServer.get()
            .database()
            .run(SLOW)
            .run(
                """
                CREATE SEQUENCE shop.runs;
                CREATE FUNCTION shop.spy(int) RETURNS boolean IMMUTABLE LANGUAGE plpgsql
                  AS $$ BEGIN RAISE EXCEPTION 'run while planning, as %', session_user; END $$;
                CREATE OR REPLACE FUNCTION shop.spy(int) RETURNS boolean IMMUTABLE LANGUAGE plpgsql
                  AS $$ BEGIN IF current_setting('transaction_read_only') = 'on' THEN
                    RAISE EXCEPTION 'run while planning, as %', session_user; END IF;
                    RETURN true; END $$;
                CREATE INDEX innocent ON shop.orders (owner) WHERE shop.spy(1);
                CREATE POLICY lang ON shop.orders AS RESTRICTIVE
                  USING (current_setting('lc_messages') <> '')""")) {
      Report report = database.examine(TestServer.ALICE);
      assertThat(report.findings()).isNotEmpty().allMatch(finding -> finding.plan().isEmpty());
    }
  }

  @Test
  void no_plan_is_made_where_a_policys_function_is_somebody_elses() throws Exception {
    try (TestServer.Database database =
        TestServer.get()
            .database()
            .run(
                """
                CREATE FUNCTION shop.me() RETURNS text STABLE LANGUAGE plpgsql
                  AS $$ BEGIN RAISE EXCEPTION 'run while planning'; END $$;
                ALTER FUNCTION shop.me() OWNER TO shop_owner;
                CREATE POLICY me ON shop.orders FOR SELECT USING (owner = shop.me())""")) {
      Report report =
          RowSecurity.examine(database.dataSource(), Scope.of(TestServer.ALICE).measured());
      assertThat(plan(report)).startsWith("No plan: making one could run a function of the policy");
    }
  }

  @Test
  void what_is_measured_is_rolled_back() throws Exception {
    try (TestServer.Database database = TestServer.get().database().run(SLOW)) {
      Report report =
          RowSecurity.examine(database.dataSource(), Scope.of(TestServer.ALICE).measured());
      assertThat(plan(report))
          .containsPattern("Before: Seq Scan on orders .*actual rows")
          .containsPattern("After: +(Bitmap Heap|Index) Scan");
      assertThat(
              database.ask("postgres", "SELECT 1 FROM pg_indexes WHERE indexdef LIKE '%(owner%'"))
          .isEmpty();
    }
  }

  @Test
  void the_connection_is_given_back_as_it_was() throws Exception {
    try (TestServer.Database database = TestServer.get().database();
        Connection connection = database.as("postgres")) {
      connection.setAutoCommit(false);
      RowSecurity.examine(lending(connection), Scope.of(TestServer.ALICE));
      assertThat(connection.getAutoCommit()).isFalse();
      connection.createStatement().execute("CREATE TABLE shop.made (n int)");
      connection.rollback();
    }
  }

  private static String plan(Report report) {
    List<String> plans =
        report.findings().stream().map(Finding::plan).filter(plan -> !plan.isEmpty()).toList();
    assertThat(plans).hasSize(1);
    return plans.get(0);
  }

  /** Always the same connection, which nobody closes. */
  private static DataSource lending(Connection connection) {
    Connection open =
        (Connection)
            Proxy.newProxyInstance(
                ExamineTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                  try {
                    return method.getName().equals("close")
                        ? null
                        : method.invoke(connection, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return (DataSource)
        Proxy.newProxyInstance(
            ExamineTest.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> open);
  }
}
