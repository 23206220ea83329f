package dev.onbehalf.rowsecurity.explain;

import static dev.onbehalf.rowsecurity.explain.Shop.ALICE;
import static dev.onbehalf.rowsecurity.explain.Shop.BOB;
import static dev.onbehalf.rowsecurity.explain.Shop.NONE;
import static dev.onbehalf.rowsecurity.explain.Shop.OF_ALICE;
import static dev.onbehalf.rowsecurity.explain.Shop.OF_BOB;
import static dev.onbehalf.rowsecurity.explain.Shop.ORDERS;
import static dev.onbehalf.rowsecurity.explain.Shop.administrator;
import static dev.onbehalf.rowsecurity.explain.Shop.explain;
import static dev.onbehalf.rowsecurity.explain.Shop.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.onbehalf.rowsecurity.TestServer;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExplainTest {
  private final TestServer.Database server = TestServer.get().asItIs();

  @BeforeEach
  void open() throws SQLException {
    Shop.open();
  }

  @Test
  void aHiddenRowIsExplainedByThePolicyAndTheValuesThatHideIt() throws SQLException {
    Explanation why = explain(BOB, Command.SELECT, OF_ALICE);
    assertThat(why.verdict()).isEqualTo(Verdict.HIDDEN);
    assertThat(why.headline())
        .isEqualTo(
            "bob@example.com does not see shop.orders (id = 42): policy \"own_orders\" says"
                + " created_by = current_user; created_by is alice@example.com, current_user is"
                + " bob@example.com.");
    assertThat(why.server().asked()).isEqualTo(ServerAnswer.Asked.SET_ROLE);
    assertThat(why.server().verdict()).isEqualTo(Verdict.HIDDEN);
    assertThat(why.text())
        .contains(
            "SELECT on shop.orders: granted to order_users, through bob@example.com -> team ->"
                + " order_users")
        .contains("The server, as them, by SET ROLE: the same, 0 rows");
    assertThat(explain(ALICE, Command.SELECT, OF_ALICE).headline())
        .isEqualTo(
            "alice@example.com sees shop.orders (id = 42): policy \"own_orders\" says created_by ="
                + " current_user; created_by is alice@example.com, current_user is"
                + " alice@example.com.");
  }

  @Test
  void nullIsNotTrue() throws SQLException {
    Explanation why = explain(BOB, Command.SELECT, Map.of("id", "44"));
    assertThat(why.verdict()).isEqualTo(Verdict.HIDDEN);
    assertThat(why.headline()).contains("created_by is null");
    assertThat(why.text()).contains("created_by = current_user is null, which counts as false");
  }

  @Test
  void aRowThatDoesNotExistIsToldFromOneThatIsNotSeen() throws SQLException {
    Explanation why = explain(BOB, Command.SELECT, NONE);
    assertThat(why.verdict()).isEqualTo(Verdict.NO_SUCH_ROW);
    assertThat(why.headline()).isEqualTo("There is no row shop.orders (id = 99).");
  }

  @Test
  void ofAndAndOrThePartsAreNamedThatDecide() throws SQLException {
    server.run(
        """
        CREATE POLICY cheap ON shop.orders AS RESTRICTIVE FOR SELECT
          USING (total < 5 OR (status = 'paid' AND total < 100))\
        """);
    Explanation why = explain(BOB, Command.SELECT, OF_BOB);
    assertThat(why.headline())
        .startsWith(
            "bob@example.com does not see shop.orders (id = 43): restrictive policy \"cheap\" says")
        .contains(
            "of which total < 5 and status = 'paid'::text are false; total is 8, status is new");
  }

  @Test
  void withoutAPermissivePolicyNothingIsAdmitted() throws SQLException {
    server.run(
        """
        DROP POLICY own_orders ON shop.orders;
        CREATE POLICY narrow ON shop.orders AS RESTRICTIVE USING (true)\
        """);
    assertThat(explain(BOB, Command.SELECT, OF_BOB).headline())
        .endsWith(
            "no permissive policy for SELECT applies to bob@example.com, so no row is admitted.");
  }

  @Test
  void aRowThatIsGivenAwayIsRefused() throws SQLException {
    Explanation why =
        administrator()
            .explain(
                Question.of(BOB, Command.UPDATE, ORDERS, OF_BOB)
                    .proposing(values("created_by", ALICE)));
    assertThat(why.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(why.headline())
        .startsWith(
            "bob@example.com may not update shop.orders (id = 43): of the row as it would be,"
                + " policy \"own_orders\" says");
    assertThat(why.statement())
        .isEqualTo("UPDATE shop.orders SET created_by = 'alice@example.com' WHERE id = 43");
  }

  @Test
  void anUpdatedRowMustBeSeenAfterwardsToo() throws SQLException {
    server.run(
        """
        DROP POLICY own_orders ON shop.orders;
        CREATE POLICY seen ON shop.orders FOR SELECT USING (status = 'new');
        CREATE POLICY changed ON shop.orders FOR UPDATE USING (true)\
        """);
    Explanation why =
        administrator()
            .explain(
                Question.of(BOB, Command.UPDATE, ORDERS, OF_BOB).proposing(values("status", "x")));
    assertThat(why.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(why.headline()).contains("policy \"seen\" says");
    assertThat(why.checks()).extracting(Check::passes).containsExactly(true, true, true, false);
  }

  @Test
  void anInsertNeedsToSeeItsRowOnlyIfItReturnsIt() throws SQLException {
    server.run(
        """
        DROP POLICY own_orders ON shop.orders;
        CREATE POLICY drop_in ON shop.orders FOR INSERT WITH CHECK (created_by = current_user)\
        """);
    Question insert =
        Question.of(BOB, Command.INSERT, ORDERS, Map.of()).proposing(values("id", "45"));
    Explanation why = administrator().explain(insert);
    assertThat(why.verdict()).as(why.text()).isEqualTo(Verdict.ALLOWED);
    assertThat(why.headline()).as("a default is the person's").contains("created_by is " + BOB);
    assertThat(administrator().explain(insert.returningRow()).verdict()).isEqualTo(Verdict.REFUSED);
  }

  @Test
  void aMissingGrantComesWithTheStatementThatGivesIt() throws SQLException {
    server.run("REVOKE DELETE ON shop.orders FROM order_users");
    Explanation why = explain(BOB, Command.DELETE, OF_BOB);
    assertThat(why.verdict()).isEqualTo(Verdict.REFUSED);
    String mend = "GRANT DELETE ON \"shop\".\"orders\" TO \"bob@example.com\"";
    assertThat(why.headline())
        .isEqualTo(
            "bob@example.com may not delete shop.orders (id = 43): DELETE on shop.orders: missing."
                + " It would be given by: "
                + mend
                + ".");
    server.run(mend);
    assertThat(explain(BOB, Command.DELETE, OF_BOB).verdict()).isEqualTo(Verdict.ALLOWED);
  }

  @Test
  void whatTheServerAloneGeneratesIsSaidByNobody() throws SQLException {
    server.run(
        """
        ALTER TABLE shop.orders ADD number int GENERATED ALWAYS AS IDENTITY,
          ADD twice int GENERATED ALWAYS AS (total * 2) STORED;
        REVOKE UPDATE ON shop.orders FROM order_users\
        """);
    for (String column : List.of("number", "twice")) {
      Explanation why =
          administrator()
              .explain(
                  Question.of(BOB, Command.UPDATE, ORDERS, OF_BOB)
                      .proposing(Shop.values(column, "5")));
      assertThat(why.verdict()).isEqualTo(Verdict.FAILS);
      assertThat(why.headline()).contains("nobody says what is in " + column);
    }
  }

  @Test
  void aGroupWhoseRightsAreNotInheritedIsNamed() throws SQLException {
    server.run(
        """
        REVOKE team FROM "bob@example.com";
        GRANT USAGE ON SCHEMA shop TO PUBLIC;
        CREATE ROLE aside NOINHERIT IN ROLE order_users;
        GRANT aside TO "bob@example.com"\
        """);
    try {
      Explanation why = explain(BOB, Command.SELECT, OF_BOB);
      assertThat(why.verdict()).isEqualTo(Verdict.REFUSED);
      assertThat(why.headline())
          .contains("through bob@example.com -> aside -> order_users, but not inherited");
    } finally {
      server.run("DROP ROLE aside");
    }
  }

  @Test
  void columnsDecideWhereTheyAreWhatIsGranted() throws SQLException {
    server.run(
        """
        REVOKE SELECT ON shop.orders FROM order_users;
        GRANT SELECT (status) ON shop.orders TO order_users\
        """);
    Explanation why = explain(BOB, Command.SELECT, OF_BOB);
    assertThat(why.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(why.headline()).contains("SELECT on shop.orders (id): missing");
    server.run("GRANT SELECT (id) ON shop.orders TO PUBLIC");
    assertThat(explain(BOB, Command.SELECT, OF_BOB).text())
        .contains("SELECT on shop.orders (id): granted to PUBLIC, column id");
  }

  @Test
  void whomNoPolicyBindsIsToldSo() throws SQLException {
    server.run("ALTER TABLE shop.orders OWNER TO \"bob@example.com\"");
    assertThat(explain(BOB, Command.SELECT, OF_ALICE).headline())
        .isEqualTo(
            "bob@example.com sees shop.orders (id = 42): Row-Level Security is on, but not FORCEd,"
                + " and bob@example.com has the owner's rights, so no policy binds them.");
    server.run("ALTER TABLE shop.orders FORCE ROW LEVEL SECURITY");
    assertThat(explain(BOB, Command.SELECT, OF_ALICE).verdict()).isEqualTo(Verdict.HIDDEN);
    server.run("ALTER ROLE \"bob@example.com\" BYPASSRLS");
    try {
      assertThat(explain(BOB, Command.SELECT, OF_ALICE).headline())
          .contains("bob@example.com has BYPASSRLS, so no policy binds them");
    } finally {
      server.run("ALTER ROLE \"bob@example.com\" NOBYPASSRLS");
    }
    server.run("ALTER TABLE shop.orders DISABLE ROW LEVEL SECURITY");
    assertThat(explain(BOB, Command.SELECT, OF_ALICE).headline())
        .contains("Row-Level Security is off: every row is in reach of whoever has the grants");
  }

  @Test
  void settingsOfThePersonsLoginCount() throws SQLException {
    server.run(
        """
        CREATE POLICY tenant ON shop.orders AS RESTRICTIVE
          USING (status = current_setting('app.status', true));
        ALTER ROLE "bob@example.com" SET app.status = 'new'\
        """);
    Explanation why = explain(BOB, Command.SELECT, OF_BOB);
    assertThat(why.verdict()).as(why.text()).isEqualTo(Verdict.ALLOWED);
    assertThat(why.text()).contains("current_setting('app.status', true) is new");
    try {
      for (String off : List.of("off", "OFF", "of", "f", "Fal", "n", "0")) {
        server.run("ALTER ROLE \"bob@example.com\" SET row_security = '%s'".formatted(off));
        why = explain(BOB, Command.SELECT, OF_BOB);
        assertThat(why.verdict()).as(off).isEqualTo(Verdict.REFUSED);
        assertThat(why.headline()).contains("row_security is off in their sessions");
        assertThat(server.person(BOB)).satisfies(own -> assertThat(refuses(own)).isTrue());
      }
    } finally {
      server.run("ALTER ROLE \"bob@example.com\" RESET ALL");
    }
  }

  private static boolean refuses(DataSource own) throws SQLException {
    try (var connection = own.getConnection();
        var statement = connection.createStatement()) {
      statement.execute("SELECT id FROM shop.orders");
      return false;
    } catch (SQLException e) {
      return "42501".equals(e.getSQLState());
    }
  }

  @Test
  void theServerIsAskedOnThePersonsOwnConnectionAndNothingStays() throws SQLException {
    RowExplainer explainer =
        administrator().withConnectionsOf(person -> server.person(person).getConnection());
    for (Command command : List.of(Command.SELECT, Command.UPDATE, Command.DELETE)) {
      for (Map<String, String> key : List.of(OF_ALICE, OF_BOB)) {
        Explanation why = explainer.explain(BOB, ORDERS, key, command);
        assertThat(why.server().asked()).isEqualTo(ServerAnswer.Asked.OWN_CONNECTION);
        assertThat(why.server().verdict()).as(why.text()).isEqualTo(why.verdict());
      }
    }
    Explanation refused =
        explainer.explain(
            Question.of(BOB, Command.INSERT, ORDERS, Map.of())
                .proposing(values("id", "50", "created_by", ALICE)));
    assertThat(refused.server().verdict()).as(refused.text()).isEqualTo(Verdict.REFUSED);
    Explanation constrained =
        explainer.explain(
            Question.of(BOB, Command.UPDATE, ORDERS, OF_BOB)
                .proposing(values("status", "impossible")));
    assertThat(constrained.verdict()).isEqualTo(Verdict.ALLOWED);
    assertThat(constrained.server().verdict()).isEqualTo(Verdict.ALLOWED);
    assertThat(constrained.server().detail()).contains("23514");
    assertThat(explain(BOB, Command.SELECT, OF_BOB).verdict()).isEqualTo(Verdict.ALLOWED);
  }

  @Test
  void whatATriggerDoesIsSaidToBeUnknownAndSeenByTheServer() throws SQLException {
    server.run(
        """
        CREATE FUNCTION shop.stamp() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN NEW.created_by := ''somebody''; RETURN NEW; END';
        CREATE TRIGGER stamp BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.stamp()\
        """);
    Explanation why =
        administrator()
            .withConnectionsOf(person -> server.person(person).getConnection())
            .explain(BOB, ORDERS, OF_BOB, Command.UPDATE);
    assertThat(why.verdict()).isEqualTo(Verdict.ALLOWED);
    assertThat(why.server().verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(why.notes())
        .contains(
            "Triggers run before the checks and may change the row or drop it: stamp",
            "The server does something else than what is explained: believe the server");
  }

  @Test
  void thatARuleMakesAnotherCommandOfItIsSaid() throws SQLException {
    server.run("CREATE RULE kept AS ON DELETE TO shop.orders DO INSTEAD NOTHING");
    String note =
        "Rules put other commands beside this one or in its place, which are not looked into: kept";
    assertThat(explain(BOB, Command.DELETE, OF_BOB).notes()).contains(note);
    assertThat(explain(BOB, Command.UPDATE, OF_BOB).notes()).doesNotContain(note);
  }

  /** Some it changes itself, and others are whoever asks them has. */
  @Test
  void whatIsOtherInThePersonsOwnSessionsIsNotSaidForThem() throws SQLException {
    RowExplainer onOwn =
        administrator().withConnectionsOf(person -> server.person(person).getConnection());
    for (String asked :
        List.of(
            "current_setting('statement_timeout') <> '0'",
            "current_setting('search_path') <> current_setting('Lock_Timeout')",
            "status = current_schema()",
            "status <> current_setting('application_name')")) {
      server.run(
          "DROP POLICY own_orders ON shop.orders; CREATE POLICY own_orders ON shop.orders USING (%s)"
              .formatted(asked));
      Explanation why = explain(BOB, Command.SELECT, OF_BOB);
      assertThat(why.verdict()).as(why.text()).isEqualTo(Verdict.UNKNOWN);
      assertThat(why.server().asked()).isEqualTo(ServerAnswer.Asked.NOT_ASKED);
      assertThat(why.notes()).noneMatch(note -> note.contains("reads a setting"));
      assertThat(onOwn.explain(BOB, ORDERS, OF_BOB, Command.SELECT).server().asked())
          .as(asked)
          .isEqualTo(
              asked.toLowerCase(Locale.ROOT).contains("_timeout")
                  ? ServerAnswer.Asked.NOT_ASKED
                  : ServerAnswer.Asked.OWN_CONNECTION);
    }
    server.run(
        "ALTER POLICY own_orders ON shop.orders USING (current_setting('server_encoding') <> '')");
    assertThat(explain(BOB, Command.SELECT, OF_BOB).verdict()).isEqualTo(Verdict.ALLOWED);
  }

  @Test
  void systemUserIsWhoAsksWhoeverTheyBecome() throws SQLException {
    assumeTrue(server.version() >= 16, "system_user came with 16");
    server.run("ALTER POLICY own_orders ON shop.orders USING (created_by = system_user OR true)");
    Explanation why = explain(BOB, Command.SELECT, OF_BOB);
    assertThat(why.verdict()).as(why.text()).isEqualTo(Verdict.UNKNOWN);
    assertThat(why.text()).contains("ask for system_user");
    assertThat(
            RowExplainer.explainToPerson(
                    server.person(BOB), Question.of(BOB, Command.SELECT, ORDERS, OF_BOB))
                .verdict())
        .isEqualTo(Verdict.ALLOWED);
  }

  @Test
  void aPolicyThatFailsSaysHow() throws SQLException {
    server.run("CREATE POLICY broken ON shop.orders AS RESTRICTIVE USING (1 / (total - 8) > 0)");
    Explanation why = explain(BOB, Command.SELECT, OF_BOB);
    assertThat(why.verdict()).as(why.text()).isEqualTo(Verdict.FAILS);
    assertThat(why.headline()).contains("division by zero (22012)");
    assertThat(why.server().verdict()).isEqualTo(Verdict.FAILS);
  }

  @Test
  void recursionIsFoundWhateverTheRowIs() throws SQLException {
    server.run(
        """
        CREATE POLICY again ON shop.orders
          USING (EXISTS (SELECT 1 FROM shop.orders o WHERE o.total > orders.total))\
        """);
    for (Map<String, String> key : List.of(OF_BOB, NONE)) {
      Explanation why = explain(BOB, Command.SELECT, key);
      assertThat(why.verdict()).as(why.text()).isEqualTo(Verdict.FAILS);
      assertThat(why.headline()).contains("infinite recursion").contains("42P17");
    }
  }

  /** It is the table that is met again, by another of its policies, which looks up a third. */
  @Test
  void recursionByWayOfAnotherPolicyComesBeforeAnyRight() throws SQLException {
    server.run(
        """
        CREATE TABLE shop.teams (id int, owner text);
        GRANT SELECT ON shop.teams TO PUBLIC;
        CREATE TABLE shop.closed (id int);
        CREATE TABLE shop.tasks (id int PRIMARY KEY, team int);
        INSERT INTO shop.tasks VALUES (1, 1);
        GRANT SELECT ON shop.tasks TO PUBLIC;
        ALTER TABLE shop.teams ENABLE ROW LEVEL SECURITY;
        ALTER TABLE shop.tasks ENABLE ROW LEVEL SECURITY;
        CREATE POLICY read ON shop.tasks FOR SELECT
          USING (NOT EXISTS (SELECT 1 FROM shop.closed c WHERE c.id = tasks.id));
        CREATE POLICY of_task ON shop.teams
          USING (EXISTS (SELECT 1 FROM shop.tasks t WHERE t.team = teams.id));
        CREATE POLICY write ON shop.tasks FOR INSERT
          WITH CHECK (EXISTS (SELECT 1 FROM shop.teams t WHERE t.id = tasks.team));
        CREATE POLICY change ON shop.tasks FOR DELETE
          USING (EXISTS (SELECT 1 FROM shop.teams t WHERE t.id = tasks.team));\
        """);
    TableName tasks = new TableName("shop", "tasks");
    List<Question> endless =
        List.of(
            Question.of(BOB, Command.INSERT, tasks, Map.of()).proposing(Map.of("id", "2")),
            Question.of(BOB, Command.DELETE, tasks, Map.of("id", "1")),
            Question.of(BOB, Command.DELETE, tasks, Map.of("id", "77")));
    for (String grant : List.of("SELECT", "INSERT, DELETE")) {
      server.run("GRANT %s ON shop.tasks TO PUBLIC".formatted(grant));
      for (Question question : endless) {
        Explanation why =
            RowExplainer.asking(server.dataSource())
                .withConnectionsOf(person -> server.person(person).getConnection())
                .explain(question);
        assertThat(why.verdict()).as(why.text()).isEqualTo(Verdict.FAILS);
        assertThat(why.headline()).contains("infinite recursion").contains("42P17");
        assertThat(why.notes()).as(why.text()).hasSize(1);
        assertThat(why.server().agreesWith(Verdict.FAILS)).as(why.text()).isTrue();
      }
    }
    Explanation why = explain(BOB, Command.SELECT, OF_BOB);
    assertThat(why.verdict()).as(why.text()).isEqualTo(Verdict.ALLOWED);
    why =
        RowExplainer.asking(server.dataSource())
            .explain(Question.of(BOB, Command.SELECT, tasks, Map.of("id", "1")));
    assertThat(why.verdict()).as(why.text()).isEqualTo(Verdict.REFUSED);
  }

  @Test
  void aTableOfWhichAnIndexIsBeingMadeIsExplainedAllTheSame() throws SQLException {
    try (Connection other = server.dataSource().getConnection();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("LOCK TABLE shop.orders IN SHARE MODE");
      assertThat(explain(BOB, Command.UPDATE, OF_BOB).verdict()).isEqualTo(Verdict.ALLOWED);
      other.rollback();
    }
  }

  @Test
  void aPartitionedTableIsAskedByItsOwnPolicies() throws SQLException {
    server.run(
        """
        CREATE TABLE shop.parts (id int, owner text, at int) PARTITION BY RANGE (at);
        CREATE TABLE shop.parts_old (at int, id int, owner text);
        ALTER TABLE shop.parts ATTACH PARTITION shop.parts_old FOR VALUES FROM (0) TO (10);
        INSERT INTO shop.parts VALUES (1, 'bob@example.com', 1), (2, 'alice@example.com', 2);
        ALTER TABLE shop.parts ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON shop.parts
          USING (owner = current_user AND tableoid = 'shop.parts_old'::regclass);
        GRANT ALL ON shop.parts TO PUBLIC\
        """);
    TableName parts = TableName.parse("shop.parts");
    assertThat(administrator().explain(BOB, parts, Map.of("id", "1"), Command.SELECT).verdict())
        .isEqualTo(Verdict.ALLOWED);
    assertThat(administrator().explain(BOB, parts, Map.of("id", "2"), Command.SELECT).verdict())
        .isEqualTo(Verdict.HIDDEN);
  }

  @Test
  void namesAreAnyNames() throws SQLException {
    String person = "o'hara\\{x}?\"q\"@example.com";
    server.run(
        """
        DROP SCHEMA IF EXISTS "Odd.S" CASCADE;
        DROP ROLE IF EXISTS %1$s;
        CREATE ROLE %1$s LOGIN;
        CREATE SCHEMA "Odd.S";
        CREATE TABLE "Odd.S"."T ""x""y" ("Id?" int, "o'{w}" text, gone int, "END" text);
        ALTER TABLE "Odd.S"."T ""x""y" DROP COLUMN gone;
        INSERT INTO "Odd.S"."T ""x""y" VALUES (1, 'a AND '' OR "b"', 'z'), (2, 'c\\d', NULL);
        ALTER TABLE "Odd.S"."T ""x""y" ENABLE ROW LEVEL SECURITY;
        CREATE POLICY "p ""q"" r" ON "Odd.S"."T ""x""y" TO %1$s
          USING ("o'{w}" = 'a AND '' OR "b"' AND "END" IS NOT NULL);
        GRANT ALL ON SCHEMA "Odd.S" TO PUBLIC;
        GRANT ALL ON "Odd.S"."T ""x""y" TO PUBLIC;
        """
            .formatted(Names.quoted(person)));
    TableName table = TableName.parse("\"Odd.S\".\"T \"\"x\"\"y\"");
    assertThat(administrator().explain(person, table, Map.of("Id?", "1"), Command.SELECT).verdict())
        .isEqualTo(Verdict.ALLOWED);
    Explanation why = administrator().explain(person, table, Map.of("Id?", "2"), Command.UPDATE);
    assertThat(why.verdict()).as(why.text()).isEqualTo(Verdict.HIDDEN);
    assertThat(why.headline()).contains("o'{w} is c\\d, END is null");
    server.run("DROP SCHEMA \"Odd.S\" CASCADE; DROP ROLE " + Names.quoted(person));
  }

  @Test
  void whatIsAskedMustExist() {
    assertThatThrownBy(() -> explain("nobody@example.com", Command.SELECT, OF_BOB))
        .hasMessage("There is no role nobody@example.com");
    assertThatThrownBy(() -> explain(BOB, Command.SELECT, Map.of("no", "1")))
        .hasMessage("shop.orders has no column no");
    assertThatThrownBy(() -> explain(BOB, Command.SELECT, Map.of("status", "new")))
        .hasMessageStartingWith("Several rows of shop.orders have status = new");
    assertThatThrownBy(
            () -> administrator().explain(BOB, new TableName("shop", "no"), OF_BOB, Command.SELECT))
        .hasMessage("There is no table shop.no");
  }
}
