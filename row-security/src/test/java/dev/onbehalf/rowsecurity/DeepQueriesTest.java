package dev.onbehalf.rowsecurity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** However deep a view or a function is written, it is read in seconds. */
final class DeepQueriesTest {
  @Test
  void nested_conditions_sub_selects_and_names_end() throws Exception {
    StringBuilder selects =
        new StringBuilder("SELECT id FROM shop.orders WHERE owner = current_user");
    StringBuilder junctions = new StringBuilder("owner = current_user");
    StringBuilder names = new StringBuilder("WITH n0 AS (SELECT id FROM shop.orders)");
    for (int i = 1; i <= 30; i++) {
      selects.insert(0, "SELECT id FROM shop.orders WHERE id IN (").append(")");
      junctions
          .insert(0, "((")
          .append(i % 2 == 0 ? " OR id = 1)" : " AND id = 1)")
          .append(" IS TRUE)");
      if (i < 12) {
        names.append(", n%1$s AS (SELECT a.id FROM n%2$s a, n%2$s b)".formatted(i, i - 1));
      }
    }
    try (TestServer.Database database = TestServer.get().database()) {
      database.run(
          """
          SET ROLE shop_owner;
          CREATE VIEW shop.selects WITH (security_barrier) AS %1$s;
          CREATE VIEW shop.junctions WITH (security_barrier) AS SELECT id FROM shop.orders WHERE %2$s;
          CREATE VIEW shop.names AS %3$s SELECT id FROM n11;
          GRANT SELECT ON shop.selects, shop.junctions, shop.names TO order_users;
          CREATE FUNCTION shop.selects() RETURNS SETOF bigint SECURITY DEFINER LANGUAGE sql
            SET search_path = pg_catalog, pg_temp AS $$ %1$s $$;
          CREATE FUNCTION shop.long() RETURNS text SECURITY DEFINER LANGUAGE plpgsql
            SET search_path = pg_catalog, pg_temp AS $$ DECLARE t text %4$s; BEGIN RETURN t; END $$;"""
              .formatted(selects, junctions, names, "/* x */ ".repeat(50_000)));
      assertTimeout(
          Duration.ofSeconds(20),
          () ->
              assertThat(database.examine(TestServer.ALICE).findings())
                  .extracting(finding -> finding.id() + " " + finding.object())
                  .contains("view-runs-as-owner shop.names")
                  .noneMatch(text -> text.contains("rule ")));
    }
  }

  @Test
  void long_and_deep_functions_end_and_hide_no_other() throws Exception {
    String ifs = "IF NEW.id > 0 THEN ".repeat(3_000);
    String sets = "NEW.item := coalesce(NEW.item, 'x');".repeat(100);
    String values = "(NEW.id, session_user),".repeat(20_000) + "(NEW.id, session_user)";
    try (TestServer.Database database = TestServer.get().database()) {
      database.run(
          """
          SET ROLE shop_owner; SET check_function_bodies = off;
          CREATE TABLE shop.log (id bigint, owner text);
          CREATE FUNCTION shop.deep() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql
            SET search_path = pg_catalog, pg_temp AS $$ BEGIN %s %s %s RETURN NEW; END $$;
          CREATE FUNCTION shop.long() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql
            SET search_path = pg_catalog, pg_temp
            AS $$ BEGIN INSERT INTO shop.log (id, owner) VALUES %s; RETURN NEW; END $$;
          CREATE FUNCTION shop.merges() RETURNS void SECURITY DEFINER LANGUAGE sql
            SET search_path = pg_catalog, pg_temp AS $$ MERGE INTO shop.log %s $$;
          CREATE FUNCTION shop.updates() RETURNS void SECURITY DEFINER LANGUAGE sql
            SET search_path = pg_catalog, pg_temp AS $$ UPDATE shop.log %s $$;
          CREATE FUNCTION shop.open() RETURNS bigint SECURITY DEFINER LANGUAGE sql
            SET search_path = pg_catalog, pg_temp AS $$ SELECT count(*) FROM shop.orders $$;
          CREATE TRIGGER deep AFTER INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.deep();
          CREATE TRIGGER long AFTER INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.long();"""
              .formatted(
                  ifs,
                  sets,
                  "END IF;".repeat(3_000),
                  values,
                  "using x ".repeat(20_000),
                  "set from where using ".repeat(5_000)));
      assertTimeout(
          Duration.ofSeconds(20),
          () ->
              assertThat(database.examine(TestServer.ALICE).findings())
                  .extracting(finding -> finding.id() + " " + finding.object())
                  .contains("definer-unchecked function shop.open()"));
    }
  }

  @Test
  void views_that_read_each_other_end() throws Exception {
    try (TestServer.Database database = TestServer.get().database()) {
      database.run(
          """
          SET ROLE shop_owner;
          CREATE VIEW shop.a AS SELECT current_user::text AS person, 1 AS id;
          CREATE VIEW shop.b AS SELECT person, id FROM shop.a WHERE person = current_user;
          CREATE MATERIALIZED VIEW shop.stored AS SELECT id FROM shop.b;
          CREATE FUNCTION shop.reads() RETURNS SETOF int SECURITY DEFINER LANGUAGE sql
            SET search_path = pg_catalog, pg_temp AS $$ SELECT id FROM shop.b $$;
          CREATE FUNCTION shop.mine() RETURNS SETOF int SECURITY DEFINER LANGUAGE sql
            SET search_path = pg_catalog, pg_temp AS $$ SELECT id FROM shop.b WHERE person = session_user $$;
          CREATE OR REPLACE VIEW shop.a AS SELECT person, id FROM shop.b;
          GRANT SELECT, INSERT, UPDATE, DELETE ON shop.a, shop.b, shop.stored TO order_users;
          CREATE POLICY looked_up ON shop.orders
            USING (id IN (SELECT b.id FROM shop.b WHERE b.person = current_user));
          CREATE POLICY called ON shop.orders USING (id IN (SELECT shop.mine()));""");
      assertTimeoutPreemptively(
          Duration.ofSeconds(20),
          () ->
              assertThat(database.examine(TestServer.ALICE).findings())
                  .extracting(finding -> finding.id() + " " + finding.object())
                  .noneMatch(text -> text.contains("rule ")));
    }
  }
}
