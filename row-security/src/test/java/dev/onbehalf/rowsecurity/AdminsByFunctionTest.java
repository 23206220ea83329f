package dev.onbehalf.rowsecurity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Called for each row it is slow, and no leak. */
final class AdminsByFunctionTest {
  @Test
  void who_may_by_a_function_that_is_told_who_asks_is_no_error() throws Exception {
    try (TestServer.Database database = TestServer.get().database()) {
      database.run(
          """
          CREATE SCHEMA hidden AUTHORIZATION shop_owner;
          SET ROLE shop_owner;
          CREATE TABLE hidden.user_roles (person text, role text);
          CREATE FUNCTION hidden.has_role(text, text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
            SET search_path = pg_catalog, pg_temp
            AS $$ SELECT EXISTS (SELECT FROM hidden.user_roles WHERE person = $1 AND role = $2) $$;
          ALTER POLICY own ON shop.orders
            USING (owner = current_user OR hidden.has_role(current_user, 'admin'))
            WITH CHECK (owner = current_user OR hidden.has_role(current_user, 'admin'));
          CREATE TABLE shop.notes (kind text, owner text NOT NULL DEFAULT current_user);
          ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY;
          CREATE POLICY everything ON shop.notes USING (true);
          CREATE POLICY own ON shop.notes AS RESTRICTIVE
            USING (owner = current_user OR (kind = 'open' AND hidden.has_role(current_user, 'admin')));
          GRANT SELECT, INSERT, UPDATE, DELETE ON shop.notes TO order_users;""");
      assertThat(database.examine(TestServer.ALICE, TestServer.BOB).findings())
          .extracting(Finding::id)
          .containsOnly("policy-calls-per-row");
    }
  }
}
