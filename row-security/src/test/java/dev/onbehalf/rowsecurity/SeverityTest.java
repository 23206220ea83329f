package dev.onbehalf.rowsecurity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How grave a finding is, where one rule has several answers; and for whom it is one. */
final class SeverityTest {
  private static final String AUDITORS =
      """
      CREATE ROLE auditors; CREATE ROLE "carol@example.com" LOGIN IN ROLE auditors;
      GRANT USAGE ON SCHEMA shop TO auditors; GRANT SELECT ON shop.orders TO auditors;
      CREATE POLICY audit ON shop.orders FOR SELECT TO auditors USING (true);""";

  @Test
  void what_counts_rows_is_a_note_and_what_names_their_owners_an_error() throws Exception {
    assertThat(
            severities(
                """
                SET ROLE shop_owner;
                CREATE MATERIALIZED VIEW shop.n AS SELECT count(*), sum(id) FROM shop.orders;
                CREATE VIEW shop.m AS SELECT count(DISTINCT owner) AS people FROM shop.orders;
                GRANT SELECT ON shop.n, shop.m TO order_users""",
                TestServer.ALICE))
        .containsExactly("NOTE shop.n", "NOTE shop.m");
    assertThat(
            severities(
                """
                SET ROLE shop_owner;
                CREATE MATERIALIZED VIEW shop.n AS SELECT owner, count(*) FROM shop.orders GROUP BY 1;
                CREATE VIEW shop.m AS SELECT max(item) AS item FROM shop.orders;
                GRANT SELECT ON shop.n, shop.m TO order_users""",
                TestServer.ALICE))
        .containsExactly("ERROR shop.n", "ERROR shop.m");
  }

  @Test
  void what_only_a_trigger_writes_to_others_is_a_warning_and_what_they_write_themselves_an_error()
      throws Exception {
    String notifying =
        """
        SET ROLE shop_owner;
        CREATE TABLE shop.tasks (title text, assignee text, owner text DEFAULT current_user);
        ALTER TABLE shop.tasks ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON shop.tasks USING (owner = current_user);
        GRANT INSERT ON shop.tasks TO order_users;
        CREATE TABLE shop.notifications (recipient text, title text);
        ALTER TABLE shop.notifications ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON shop.notifications USING (recipient = current_user);
        GRANT SELECT ON shop.notifications TO order_users;
        CREATE FUNCTION shop.tell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
          SET search_path = pg_catalog, pg_temp AS $$ BEGIN
          INSERT INTO shop.notifications (recipient, title) VALUES (NEW.assignee, NEW.title);
          RETURN NEW; END $$;
        CREATE TRIGGER tell AFTER INSERT ON shop.tasks FOR EACH ROW EXECUTE FUNCTION shop.tell();""";
    assertThat(severities(notifying, TestServer.ALICE))
        .containsExactly("WARNING shop.tasks trigger tell");
    assertThat(
            severities(
                notifying + "GRANT INSERT ON shop.notifications TO order_users", TestServer.ALICE))
        .containsExactly("ERROR shop.tasks trigger tell");
  }

  @Test
  void what_a_trigger_changes_in_what_people_point_at_is_a_warning_and_whose_it_is_an_error()
      throws Exception {
    String selling =
        """
        SET ROLE shop_owner;
        CREATE TABLE shop.products (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, seller text DEFAULT current_user, stock int);
        ALTER TABLE shop.products ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON shop.products USING (seller = current_user);
        GRANT SELECT, UPDATE (stock) ON shop.products TO order_users;
        CREATE TABLE shop.sales (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, product int REFERENCES shop.products, n int, buyer text DEFAULT current_user);
        ALTER TABLE shop.sales ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON shop.sales FOR INSERT WITH CHECK (buyer = current_user);
        GRANT INSERT ON shop.sales TO order_users;
        CREATE FUNCTION shop.sell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
          SET search_path = pg_catalog, pg_temp AS $$ BEGIN
          UPDATE shop.products SET %s WHERE id = NEW.product; RETURN NEW; END $$;
        CREATE TRIGGER sell AFTER INSERT ON shop.sales FOR EACH ROW EXECUTE FUNCTION shop.sell();""";
    assertThat(severities(selling.formatted("stock = stock - NEW.n"), TestServer.ALICE))
        .filteredOn(text -> text.contains("trigger"))
        .containsExactly("WARNING shop.sales trigger sell");
    assertThat(severities(selling.formatted("seller = NEW.buyer"), TestServer.ALICE))
        .filteredOn(text -> text.contains("trigger"))
        .containsExactly("ERROR shop.sales trigger sell");
  }

  @Test
  void who_may_let_others_in_is_a_warning() throws Exception {
    String admins =
        """
        SET ROLE shop_owner;
        CREATE TABLE shop.memberships (team int, person text COLLATE "C", is_admin boolean, PRIMARY KEY (person, team));
        CREATE FUNCTION shop.is_admin(which int) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
          SET search_path = pg_catalog, pg_temp AS
          'SELECT EXISTS (SELECT FROM shop.memberships m WHERE m.team = which AND m.person = session_user AND m.is_admin)';
        ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON shop.memberships FOR SELECT USING (person = current_user);
        CREATE POLICY admins ON shop.memberships FOR INSERT WITH CHECK (%s);
        GRANT SELECT, INSERT ON shop.memberships TO order_users;""";
    assertThat(severities(admins.formatted("shop.is_admin(team)"), TestServer.ALICE))
        .containsExactly("WARNING shop.memberships policy admins");
    String teams =
        """
        CREATE FUNCTION shop.admins_of() RETURNS int[] LANGUAGE sql STABLE SECURITY DEFINER
          SET search_path = pg_catalog, pg_temp AS
          'SELECT coalesce(array_agg(m.team), ''{}'') FROM shop.memberships m WHERE m.person = session_user AND m.is_admin';""";
    for (String asked :
        List.of(
            "team = ANY ((SELECT shop.admins_of())::int[])",
            "team IN (SELECT m.team FROM shop.memberships m WHERE m.person = current_user AND m.is_admin)")) {
      String policy = admins.replace("CREATE POLICY admins", teams + "CREATE POLICY admins");
      assertThat(severities(policy.formatted(asked), TestServer.ALICE))
          .containsExactly("WARNING shop.memberships policy admins");
    }
    assertThat(severities(admins.formatted("team > 0"), TestServer.ALICE))
        .containsExactly("ERROR shop.memberships policy admins");
  }

  @Test
  void who_is_in_a_group_of_few_that_a_policy_names_sees_what_it_says() throws Exception {
    assertThat(severities(AUDITORS, "group:auditors")).isEmpty();
    assertThat(severities(AUDITORS, "carol@example.com")).isEmpty();
    assertThat(severities(AUDITORS, "group:auditors", "group:order_users")).isEmpty();
  }

  @Test
  void a_group_in_which_all_are_is_none_of_few() throws Exception {
    String everybody = "CREATE POLICY audit ON shop.orders FOR SELECT TO order_users USING (true)";
    assertThat(severities(everybody, "group:order_users"))
        .containsExactly("ERROR shop.orders policy audit");
    assertThat(severities(everybody, TestServer.ALICE))
        .containsExactly("ERROR shop.orders policy audit");
    assertThat(severities(AUDITORS.replace("USING (true)", "USING (1 = 1)"), "group:auditors"))
        .containsExactly("ERROR shop.orders policy audit");
  }

  @Test
  void what_makes_the_policy_of_the_same_group_useless_is_a_mistake() throws Exception {
    assertThat(
            severities(
                """
                CREATE ROLE guests; CREATE ROLE "carol@example.com" LOGIN IN ROLE guests;
                GRANT USAGE ON SCHEMA shop TO guests; GRANT SELECT ON shop.orders TO guests;
                ALTER POLICY own ON shop.orders TO order_users;
                CREATE POLICY everybody ON shop.orders FOR SELECT TO order_users USING (true)""",
                TestServer.ALICE))
        .containsExactly("ERROR shop.orders policy everybody");
  }

  @Test
  void how_many_rows_there_are_is_a_note_at_whatever_depth_they_are_counted() throws Exception {
    assertThat(
            severities(
                """
                SET ROLE shop_owner;
                CREATE VIEW shop.numbers AS SELECT count(*) AS n FROM shop.orders;
                CREATE MATERIALIZED VIEW shop.stored AS SELECT n FROM shop.numbers;
                GRANT SELECT ON shop.stored TO order_users""",
                TestServer.ALICE))
        .containsExactly("NOTE shop.stored");
  }

  private static List<String> severities(String setup, String... people) throws Exception {
    try (TestServer.Database database = TestServer.get().database()) {
      return database.run(setup).examine(people).findings().stream()
          .map(finding -> finding.severity() + " " + finding.object())
          .toList();
    }
  }
}
