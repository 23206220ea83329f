package dev.onbehalf.rowsecurity.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.rowsecurity.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What is explained is what the server does: random schemas, policies, grants, groups and rows, and
 * each command really run by each person on their own login, rolled back. {@code
 * -Drow-security.seed=1} repeats a run, {@code -Drow-security.worlds=200} makes it longer.
 */
class DifferentialTest {
  private static final long SEED = Long.getLong("row-security.seed", System.nanoTime());

  /** So many in each build; the longer run has sixteen. */
  private static final int WORLDS = Integer.getInteger("row-security.worlds", 5);

  private static final int CASES_IN_A_WORLD = 150;
  private static final String ADMINISTRATOR = "administrator@example.com";

  private static final Map<String, Connection> PEOPLE = new HashMap<>();
  private static final List<Connection> ASKERS = new ArrayList<>();

  @BeforeAll
  static void logIn() throws SQLException {
    TestServer.Database server = TestServer.get().asItIs();
    for (String person : RandomWorld.PEOPLE) {
      server.person(person);
    }
    server.person(ADMINISTRATOR);
    server.run("CREATE SCHEMA IF NOT EXISTS d; CREATE SCHEMA IF NOT EXISTS closed_d");
    server.run(
        """
        DO $$ BEGIN
          EXECUTE format('ALTER DATABASE %I SET search_path = d, public', current_database());
          EXECUTE format('ALTER DATABASE %I SET app.tenant = %L', current_database(), 'it''s');
        END $$\
        """);
    server.run(RandomWorld.roles());
    server.run("ALTER ROLE \"p1@example.com\" SET app.tenant = 'a b'");
    // An administrator who is no superuser: reads all, and may become each person.
    server.run("ALTER ROLE \"%s\" BYPASSRLS".formatted(ADMINISTRATOR));
    for (String person : RandomWorld.PEOPLE) {
      server.run("GRANT \"%s\" TO \"%s\"".formatted(person, ADMINISTRATOR));
      PEOPLE.put(person, server.person(person).getConnection());
    }
    ASKERS.add(server.dataSource().getConnection());
    ASKERS.add(server.person(ADMINISTRATOR).getConnection());
  }

  @AfterAll
  static void logOut() throws SQLException {
    for (Connection connection : PEOPLE.values()) {
      connection.close();
    }
    for (Connection connection : ASKERS) {
      connection.close();
    }
    TestServer.get()
        .asItIs()
        .run(
            """
            DO $$ BEGIN
              EXECUTE format('ALTER DATABASE %I RESET ALL', current_database());
            END $$;
            DROP SCHEMA d CASCADE; DROP SCHEMA closed_d CASCADE;
            """);
  }

  @Test
  void whatIsExplainedIsWhatTheServerDoes() throws SQLException {
    compare(WORLDS);
  }

  @Tag("long")
  @Test
  void itIsSoOverThousandsOfCases() throws SQLException {
    compare(16);
  }

  private static void compare(int count) throws SQLException {
    Random random = new Random(SEED);
    int version = PEOPLE.values().iterator().next().getMetaData().getDatabaseMajorVersion();
    System.out.println("row-security.seed=" + SEED + ", PostgreSQL " + version);
    RandomWorld worlds = new RandomWorld(random, version);
    Map<String, Integer> tally = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    int reordered = 0; // a part fails, and the server may ask another part first, or none
    int unsaid = 0; // whoever asks is not the session's user
    long explaining = 0;
    for (int world = 0; world < count; world++) {
      TestServer.get().asItIs().run(worlds.statements());
      TestServer.get()
          .asItIs()
          .run(
              "GRANT USAGE ON SCHEMA d, closed_d TO \"%1$s\"; GRANT SELECT ON d.t0, d.t1 TO \"%1$s\""
                  .formatted(ADMINISTRATOR));
      List<Question> questions = new ArrayList<>();
      for (int i = 0; i < CASES_IN_A_WORLD; i++) {
        questions.add(question(random, worlds));
      }
      long begun = System.nanoTime();
      List<Explanation> explanations =
          RowExplainer.explain(
              ASKERS.get(world % ASKERS.size()), questions, PersonConnections.NONE);
      explaining += System.nanoTime() - begun;
      for (Explanation explained : explanations) {
        if (explained.verdict() == Verdict.UNKNOWN
            && explained.text().contains("ask for session_user, which is something else")) {
          assertThat(world % ASKERS.size()).as("not the superuser asks").isNotZero();
          unsaid++;
          continue;
        }
        Verdict done = done(explained.question());
        tally.merge(explained.question().command() + " " + explained.verdict(), 1, Integer::sum);
        if (explained.rights().stream().anyMatch(DifferentialTest::fromNowhere)) {
          wrong.add("A right from nowhere: " + explained.text());
        }
        boolean isRight = same(explained.verdict()) == done && explained.server().agreesWith(done);
        if (!isRight && explained.text().contains(" is an error: ")) {
          reordered++;
        } else if (!isRight) {
          wrong.add("world %s: the server: %s\n%s".formatted(world, done, explained.text()));
        }
      }
    }
    System.out.println(
        tally + ", not said: " + unsaid + ", ms explaining: " + explaining / 1_000_000);
    assertThat(wrong).as("seed %s", SEED).isEmpty();
    // One in two hundred as a rule; the fewer cases there are, the more chance has to say.
    assertThat(reordered).as("seed %s", SEED).isLessThan(count * CASES_IN_A_WORLD / 100 + 10);
    long unknown =
        tally.entrySet().stream()
            .filter(entry -> entry.getKey().endsWith("UNKNOWN"))
            .mapToInt(Map.Entry::getValue)
            .sum();
    assertThat(unknown).isZero();
  }

  private static boolean fromNowhere(Right right) {
    return right.held() && right.sources().isEmpty();
  }

  /** The server does not say why it finds no row. */
  private static Verdict same(Verdict explained) {
    return explained == Verdict.NO_SUCH_ROW ? Verdict.HIDDEN : explained;
  }

  private static Question question(Random random, RandomWorld world) {
    Command command = world.pick(List.of(Command.values()));
    TableName table = new TableName("d", world.pick(RandomWorld.TABLES));
    String person = world.pick(RandomWorld.PEOPLE);
    int id = random.nextInt(20) == 0 ? 77 : 1 + random.nextInt(RandomWorld.ROWS);
    Question question =
        Question.of(
            person,
            command,
            table,
            command.findsRow() ? Map.of("id", Integer.toString(id)) : Map.of());
    if (command.leavesRow() && random.nextInt(8) > 0) {
      question = question.proposing(proposed(random, world, question));
    }
    return random.nextInt(3) == 0 && command != Command.SELECT ? question.returningRow() : question;
  }

  private static Map<String, @Nullable String> proposed(
      Random random, RandomWorld world, Question question) {
    Map<String, @Nullable String> values = new LinkedHashMap<>();
    if (question.command() == Command.INSERT && random.nextBoolean()) {
      values.put("id", "1000");
    }
    if (random.nextInt(3) > 0) {
      values.put(
          "owner",
          random.nextInt(8) == 0
              ? null
              : random.nextBoolean() ? question.person() : world.pick(RandomWorld.PEOPLE));
    }
    if (random.nextBoolean()) {
      values.put("team", Integer.toString(random.nextInt(4)));
    }
    if (random.nextInt(3) == 0) {
      values.put("level", random.nextInt(8) == 0 ? null : Integer.toString(random.nextInt(10)));
    }
    if (random.nextInt(3) == 0) {
      values.put("flag", random.nextBoolean() ? "true" : null);
    }
    if (random.nextInt(20) == 0) {
      values.put("id", "2000"); // which may be generated, or in another partition
    }
    if (random.nextInt(60) == 0) {
      values.put("high", "true");
    }
    if (values.isEmpty()) {
      values.put("note", "a' \"\\b");
    }
    return values;
  }

  private static Verdict done(Question question) throws SQLException {
    Connection connection = PEOPLE.get(question.person());
    if (connection == null) {
      throw new IllegalStateException(question.person());
    }
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      if (statement.execute(sql(question))) {
        try (ResultSet rows = statement.getResultSet()) {
          return rows.next() ? Verdict.ALLOWED : Verdict.HIDDEN;
        }
      }
      return statement.getUpdateCount() > 0 ? Verdict.ALLOWED : Verdict.HIDDEN;
    } catch (SQLException e) {
      return "42501".equals(e.getSQLState()) ? Verdict.REFUSED : Verdict.FAILS;
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  private static String sql(Question question) {
    String where = " WHERE id = " + question.key().get("id");
    String returning = question.returning() ? " RETURNING *" : "";
    List<String> columns = new ArrayList<>(question.proposed().keySet());
    List<String> values = columns.stream().map(c -> quoted(question.proposed().get(c))).toList();
    return switch (question.command()) {
      case SELECT -> "SELECT id FROM " + question.table() + where;
      case DELETE -> "DELETE FROM " + question.table() + where + returning;
      case INSERT ->
          "INSERT INTO "
              + question.table()
              + (columns.isEmpty()
                  ? " DEFAULT VALUES"
                  : " (%s) VALUES (%s)"
                      .formatted(String.join(", ", columns), String.join(", ", values)))
              + returning;
      case UPDATE -> {
        List<String> set = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
          set.add(columns.get(i) + " = " + values.get(i));
        }
        yield "UPDATE "
            + question.table()
            + " SET "
            + (set.isEmpty() ? unchanged(question) : String.join(", ", set))
            + where
            + returning;
      }
    };
  }

  /** Some column that they may update, to what it is; any if there is none. */
  private static String unchanged(Question question) {
    try (Statement statement = ASKERS.get(0).createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT attname, quote_nullable(to_jsonb(t) ->> attname) || '::' || format_type(atttypid, atttypmod)
                FROM pg_attribute LEFT JOIN %1$s t ON t.id = %2$s
                WHERE attrelid = '%1$s'::regclass AND attnum > 0 AND attgenerated = '' AND attidentity <> 'a'
                ORDER BY NOT has_column_privilege('%3$s', attrelid, attnum, 'UPDATE'), attnum DESC LIMIT 1\
                """
                    .formatted(question.table(), question.key().get("id"), question.person()))) {
      row.next();
      return row.getString(1) + " = " + row.getString(2);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String quoted(@Nullable String value) {
    return value == null ? "NULL" : Sql.literal(value);
  }
}
