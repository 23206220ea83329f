package dev.onbehalf.rowsecurity.explain;

import static dev.onbehalf.rowsecurity.explain.Shop.ALICE;
import static dev.onbehalf.rowsecurity.explain.Shop.BOB;
import static dev.onbehalf.rowsecurity.explain.Shop.NONE;
import static dev.onbehalf.rowsecurity.explain.Shop.OF_ALICE;
import static dev.onbehalf.rowsecurity.explain.Shop.OF_BOB;
import static dev.onbehalf.rowsecurity.explain.Shop.ORDERS;
import static dev.onbehalf.rowsecurity.explain.Shop.explain;
import static dev.onbehalf.rowsecurity.explain.Shop.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.rowsecurity.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may ask learns no more than they may see, and gives nobody their own rights. */
class WhoMayAskTest {
  private static final String AUDITOR = "auditor@example.com";
  private final TestServer.Database server = TestServer.get().asItIs();

  @BeforeEach
  void open() throws SQLException {
    server.person(AUDITOR);
    Shop.open();
    server.run(
        """
        ALTER ROLE "auditor@example.com" NOBYPASSRLS;
        REVOKE "bob@example.com" FROM "auditor@example.com"\
        """);
  }

  private Explanation asAuditor(Map<String, String> key) throws SQLException {
    return RowExplainer.asking(server.person(AUDITOR)).explain(BOB, ORDERS, key, Command.SELECT);
  }

  @Test
  void aPersonsOwnQuestionDoesNotTellWhetherThereIsARow() throws SQLException {
    for (Command command : Command.values()) {
      if (!command.findsRow()) {
        continue;
      }
      String hidden = own(Question.of(BOB, command, ORDERS, OF_ALICE));
      String missing = own(Question.of(BOB, command, ORDERS, NONE));
      assertThat(hidden).isEqualTo(missing).contains("NOT_SEEN").doesNotContain(ALICE);
    }
    Question change = Question.of(BOB, Command.UPDATE, ORDERS, OF_ALICE);
    assertThat(own(change.proposing(values("created_by", BOB, "total", "1"))))
        .isEqualTo(
            own(
                Question.of(BOB, Command.UPDATE, ORDERS, NONE)
                    .proposing(values("created_by", BOB, "total", "1"))));
  }

  private String own(Question question) throws SQLException {
    Explanation why = RowExplainer.explainToPerson(server.person(BOB), question);
    return (why.text() + why.json()).replace("42", "?").replace("99", "?");
  }

  @Test
  void aPersonsOwnQuestionAboutARowOfTheirsIsExplained() throws SQLException {
    Explanation why =
        RowExplainer.explainToPerson(
            server.person(BOB),
            Question.of(BOB, Command.UPDATE, ORDERS, OF_BOB)
                .proposing(values("created_by", ALICE)));
    assertThat(why.verdict()).as(why.text()).isEqualTo(Verdict.REFUSED);
    assertThat(why.headline()).contains("created_by is alice@example.com");
    assertThatThrownBy(
            () ->
                RowExplainer.explainToPerson(
                    server.person(BOB), Question.of(ALICE, Command.SELECT, ORDERS, OF_ALICE)))
        .hasMessage(
            "The connection is of bob@example.com, and the question about alice@example.com");
  }

  @Test
  void whoReadsSomeColumnsOnlyIsToldNoValues() throws SQLException {
    server.run(
        """
        REVOKE SELECT ON shop.orders FROM order_users;
        GRANT SELECT (id) ON shop.orders TO order_users\
        """);
    Explanation why =
        RowExplainer.explainToPerson(
            server.person(BOB), Question.of(BOB, Command.SELECT, ORDERS, OF_BOB));
    assertThat(why.verdict()).isEqualTo(Verdict.ALLOWED);
    assertThat(why.checks()).isEmpty();
    assertThat(own(Question.of(BOB, Command.SELECT, ORDERS, OF_ALICE)))
        .isEqualTo(own(Question.of(BOB, Command.SELECT, ORDERS, NONE)))
        .contains("NOT_SEEN");

    server.run(
        """
        ALTER ROLE "auditor@example.com" BYPASSRLS;
        GRANT "bob@example.com" TO "auditor@example.com";
        GRANT USAGE ON SCHEMA shop TO "auditor@example.com";
        REVOKE ALL ON shop.orders FROM "auditor@example.com"\
        """);
    assertThatThrownBy(() -> asAuditor(OF_BOB))
        .isInstanceOf(CannotAskException.class)
        .hasMessageContaining("GRANT SELECT ON \"shop\".\"orders\" TO \"auditor@example.com\"");
  }

  @Test
  void whoMayNotBecomeThePersonIsToldWhatIsMissing() throws SQLException {
    server.run(
        """
        ALTER ROLE "auditor@example.com" BYPASSRLS;
        GRANT order_users TO "auditor@example.com"\
        """);
    assertThatThrownBy(() -> asAuditor(OF_ALICE))
        .isInstanceOf(CannotAskException.class)
        .hasMessageContaining("auditor@example.com may not SET ROLE to bob@example.com")
        .hasMessageContaining("GRANT \"bob@example.com\" TO \"auditor@example.com\"");
    server.run("GRANT \"bob@example.com\" TO \"auditor@example.com\"");
    assertThat(asAuditor(OF_ALICE).verdict()).isEqualTo(Verdict.HIDDEN);
  }

  @Test
  void whoIsBoundThemselvesIsToldNothingOfRowsThatTheyDoNotSee() throws SQLException {
    server.run(
        """
        GRANT order_users TO "auditor@example.com";
        GRANT "bob@example.com" TO "auditor@example.com"\
        """);
    assertThat(asAuditor(OF_ALICE).verdict()).isEqualTo(Verdict.NOT_SEEN);
    assertThat(asAuditor(NONE).verdict()).isEqualTo(Verdict.NOT_SEEN);
  }

  @Test
  void sessionUserIsThePersonEvenWhereSetRoleLeavesIt() throws SQLException {
    server.run(
        """
        ALTER ROLE "auditor@example.com" BYPASSRLS;
        GRANT order_users TO "auditor@example.com";
        GRANT "bob@example.com" TO "auditor@example.com";
        DROP POLICY own_orders ON shop.orders;
        CREATE POLICY own_orders ON shop.orders USING (created_by = session_user)\
        """);
    assertThat(asAuditor(OF_BOB).checks()).allMatch(Check::passes);
    assertThat(explain(BOB, Command.SELECT, OF_BOB).verdict()).isEqualTo(Verdict.ALLOWED);
  }

  @Test
  void theRoleThatIsSetIsTheAskersDoing() throws SQLException {
    server.run(
        """
        ALTER ROLE "auditor@example.com" BYPASSRLS;
        GRANT order_users TO "auditor@example.com";
        GRANT "bob@example.com" TO "auditor@example.com"\
        """);
    for (String setting : List.of("role", "session_authorization")) {
      server.run(
          "ALTER POLICY own_orders ON shop.orders USING (created_by = current_setting('%s'))"
              .formatted(setting));
      Explanation why = asAuditor(OF_BOB);
      assertThat(why.verdict()).as(why.text()).isEqualTo(Verdict.UNKNOWN);
      assertThat(why.server().asked()).isEqualTo(ServerAnswer.Asked.NOT_ASKED);
      assertThat(explain(BOB, Command.SELECT, OF_BOB).verdict())
          .isEqualTo(setting.equals("role") ? Verdict.HIDDEN : Verdict.ALLOWED);
    }
  }

  /** Where it is further away, nothing can stand in its place. */
  @Test
  void whoIsNotTheSessionsUserIsNotToldWhatSomebodyFurtherAwayAsksThatUser() throws SQLException {
    server.run(
        """
        ALTER ROLE "auditor@example.com" BYPASSRLS;
        GRANT order_users TO "auditor@example.com";
        GRANT "bob@example.com" TO "auditor@example.com";
        CREATE TABLE shop.memberships (person text);
        INSERT INTO shop.memberships VALUES ('bob@example.com');
        GRANT SELECT ON shop.memberships TO order_users;
        DROP POLICY own_orders ON shop.orders;
        CREATE POLICY of_members ON shop.orders USING (EXISTS (SELECT FROM shop.memberships));
        CREATE FUNCTION shop.caller() RETURNS text LANGUAGE sql SET search_path = pg_catalog
          AS 'SELECT session_user::text';
        CREATE VIEW shop.mine AS SELECT person FROM shop.memberships WHERE person = session_user;
        GRANT SELECT ON shop.mine TO order_users\
        """);
    assertThat(asAuditor(OF_BOB).verdict()).isEqualTo(Verdict.ALLOWED);
    for (String mistake :
        List.of(
            "ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;"
                + " CREATE POLICY own ON shop.memberships USING (person = session_user)",
            "DROP POLICY own ON shop.memberships;"
                + " CREATE POLICY own ON shop.memberships USING (person = shop.caller())",
            "ALTER TABLE shop.memberships DISABLE ROW LEVEL SECURITY; DROP POLICY own ON"
                + " shop.memberships; ALTER POLICY of_members ON shop.orders"
                + " USING (EXISTS (SELECT FROM shop.mine))")) {
      server.run(mistake);
      Explanation why = asAuditor(OF_BOB);
      assertThat(why.verdict()).as(why.text()).isEqualTo(Verdict.UNKNOWN);
      assertThat(why.text()).contains("session_user");
      assertThat(explain(BOB, Command.SELECT, OF_BOB).verdict()).isEqualTo(Verdict.ALLOWED);
      assertThat(
              RowExplainer.explainToPerson(
                      server.person(BOB), Question.of(BOB, Command.SELECT, ORDERS, OF_BOB))
                  .verdict())
          .isEqualTo(Verdict.ALLOWED);
    }
  }

  @Test
  void aDefaultThatIsTheSessionsUserIsThePerson() throws SQLException {
    server.run(
        """
        ALTER ROLE "auditor@example.com" BYPASSRLS;
        GRANT order_users TO "auditor@example.com";
        GRANT "bob@example.com" TO "auditor@example.com";
        ALTER TABLE shop.orders ALTER created_by SET DEFAULT session_user\
        """);
    for (RowExplainer asking :
        List.of(RowExplainer.asking(server.person(AUDITOR)), Shop.administrator())) {
      Explanation why =
          asking.explain(
              Question.of(BOB, Command.INSERT, ORDERS, Map.of())
                  .proposing(values("id", "50", "status", "new")));
      assertThat(why.verdict()).as(why.text()).isEqualTo(Verdict.ALLOWED);
    }
  }

  @Test
  void whatAPolicyWritesIsRolledBack() throws SQLException {
    server.run(
        """
        CREATE TABLE shop.seen (id int);
        GRANT INSERT ON shop.seen TO PUBLIC;
        CREATE FUNCTION shop.note(int) RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog AS
          'BEGIN INSERT INTO shop.seen VALUES ($1); RETURN true; END';
        CREATE POLICY noted ON shop.orders USING (shop.note(id))\
        """);
    Explanation why = explain(BOB, Command.SELECT, OF_ALICE);
    assertThat(why.verdict()).as(why.text()).isEqualTo(Verdict.ALLOWED);
    Comparison compared = Shop.administrator().compare(ALICE, BOB, List.of(ORDERS));
    assertThat(compared.tables().get(0).second().rows()).as(compared.text()).isEqualTo(3);
    assertThat(number("SELECT count(*) FROM shop.seen")).isZero();
  }

  @Test
  void nothingThatSomebodyPlantedIsFound() throws SQLException {
    server.run(
        """
        DROP TABLE IF EXISTS public.planted;
        CREATE TABLE public.planted (as_whom text);
        GRANT ALL ON public.planted TO PUBLIC;
        CREATE TABLE shop.makers (maker varchar);
        INSERT INTO shop.makers VALUES ('alice@example.com');
        GRANT SELECT ON shop.makers TO PUBLIC;
        ALTER TABLE shop.orders ADD COLUMN maker varchar;
        UPDATE shop.orders SET maker = created_by;
        CREATE POLICY made ON shop.orders USING (maker IN (SELECT m.maker FROM shop.makers m));
        CREATE FUNCTION public.planted(varchar, varchar) RETURNS boolean LANGUAGE plpgsql AS
          'BEGIN INSERT INTO public.planted VALUES (current_user); RETURN true; END';
        CREATE OPERATOR public.= (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = public.planted);
        CREATE FUNCTION public.planted(text, name) RETURNS boolean LANGUAGE plpgsql AS
          'BEGIN INSERT INTO public.planted VALUES (current_user); RETURN true; END';
        CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = name, FUNCTION = public.planted)\
        """);
    try {
      Explanation why = explain(BOB, Command.SELECT, OF_ALICE);
      assertThat(why.verdict()).as(why.text()).isEqualTo(Verdict.ALLOWED);
      assertThat(explain(BOB, Command.SELECT, Map.of("id", "44")).verdict())
          .isEqualTo(Verdict.HIDDEN);
    } finally {
      server.run(
          """
          DROP FUNCTION public.planted(varchar, varchar) CASCADE;
          DROP FUNCTION public.planted(text, name) CASCADE;
          DROP TABLE public.planted\
          """);
    }
  }

  @Test
  void aPersonsSearchPathIsATextAndNoStatement() throws SQLException {
    server.run(
        """
        CREATE FUNCTION shop.mine(text) RETURNS boolean LANGUAGE sql STABLE AS
          'SELECT $1 = current_user';
        CREATE POLICY mine ON shop.orders USING (shop.mine(created_by))\
        """);
    try (Connection connection = server.person(BOB).getConnection();
        Statement statement = connection.createStatement()) {
      // PostgreSQL takes it for the name of one schema.
      statement.execute(
          "SELECT set_config('search_path', 'x;reset/**/session/**/authorization;create/**/table"
              + "/**/public.stolen/**/as/**/select/**/1;select', false)");
      statement.execute("ALTER ROLE CURRENT_USER SET search_path FROM CURRENT");
    }
    try {
      Explanation why = explain(BOB, Command.SELECT, OF_BOB);
      assertThat(why.verdict()).as(why.text()).isEqualTo(Verdict.UNKNOWN);
      assertThat(why.notes()).anyMatch(note -> note.contains("SET search_path"));
      assertThat(number("SELECT count(*) FROM pg_tables WHERE tablename = 'stolen'")).isZero();
    } finally {
      server.run("ALTER ROLE \"bob@example.com\" RESET ALL");
    }
  }

  /** It would run in the session of whoever asks, and could take its rights back. */
  @Test
  void whatAPersonPutIntoTheirSearchPathIsNotRun() throws SQLException {
    server.run(
        """
        CREATE FUNCTION shop.mine(o varchar) RETURNS boolean LANGUAGE plpgsql STABLE AS
          'BEGIN RETURN o = current_user::varchar; END';
        CREATE POLICY mine ON shop.orders USING (shop.mine(created_by::varchar));
        CREATE SCHEMA bobs AUTHORIZATION "bob@example.com"\
        """);
    try (Connection connection = server.person(BOB).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          GRANT USAGE ON SCHEMA bobs TO PUBLIC;
          CREATE TABLE bobs.ran (as_whom text);
          GRANT INSERT ON bobs.ran TO PUBLIC;
          CREATE FUNCTION bobs.eq(varchar, varchar) RETURNS boolean LANGUAGE plpgsql AS
            'BEGIN RAISE EXCEPTION ''it ran as %'', session_user; END';
          CREATE OPERATOR bobs.= (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = bobs.eq);
          ALTER ROLE CURRENT_USER SET search_path = bobs\
          """);
    }
    try {
      Explanation why = explain(BOB, Command.SELECT, OF_BOB);
      assertThat(why.text()).doesNotContain("it ran as");
      assertThat(why.verdict()).as(why.text()).isEqualTo(Verdict.UNKNOWN);
      assertThat(
              RowExplainer.explainToPerson(
                      server.person(BOB), Question.of(BOB, Command.SELECT, ORDERS, OF_BOB))
                  .text())
          .as("in their own session it is theirs to run")
          .contains("it ran as bob@example.com");
    } finally {
      server.run("ALTER ROLE \"bob@example.com\" RESET ALL; DROP SCHEMA bobs CASCADE");
    }
  }

  @Test
  void theAskersRoleAndSessionAreAsBefore() throws SQLException {
    try (Connection connection = server.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      String before = state(statement);
      RowExplainer.explain(
          connection,
          List.of(
              Question.of(BOB, Command.SELECT, ORDERS, OF_ALICE),
              Question.of(BOB, Command.UPDATE, ORDERS, OF_BOB)),
          PersonConnections.NONE);
      assertThat(state(statement)).isEqualTo(before);
    }
  }

  private static String state(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            """
            SELECT concat_ws('|', session_user, current_user, current_setting('search_path'),
              current_setting('row_security'), current_setting('statement_timeout'),
              (SELECT count(*) FROM pg_prepared_statements WHERE from_sql))\
            """)) {
      row.next();
      return row.getString(1);
    }
  }

  private long number(String sql) throws SQLException {
    try (Connection connection = server.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
