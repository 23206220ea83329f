package dev.onbehalf.rowsecurity.explain;

import dev.onbehalf.rowsecurity.internal.catalog.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes the SQL of a schema with policies, grants, memberships and rows as chance has them. */
final class RandomWorld {
  static final List<String> PEOPLE =
      IntStream.range(0, 6).mapToObj(i -> "p" + i + "@example.com").toList();
  static final List<String> GROUPS = List.of("grp0", "grp1", "grp2", "grp3");
  static final List<String> TABLES = List.of("t0", "t1");
  static final int ROWS = 9;

  private final Random random;
  private final int version;

  /** Of a hundred conditions, so many are such as fail or lead in circles. */
  private int oddness;

  RandomWorld(Random random, int version) {
    this.random = random;
    this.version = version;
  }

  /** Once, before anybody has logged in. */
  static String roles() {
    return GROUPS.stream()
            .map(group -> "DROP ROLE IF EXISTS %1$s; CREATE ROLE %1$s; ".formatted(group))
            .collect(Collectors.joining())
        + "DROP ROLE IF EXISTS table_owner; CREATE ROLE table_owner;";
  }

  String statements() {
    oddness = pick(List.of(6, 6, 40));
    List<String> sql = new ArrayList<>();
    sql.add("DROP SCHEMA IF EXISTS d CASCADE; DROP SCHEMA IF EXISTS closed_d CASCADE");
    sql.add("CREATE SCHEMA d; CREATE SCHEMA closed_d");
    memberships(sql);
    helpers(sql);
    for (String table : TABLES) {
      table(table, sql);
    }
    for (String table : TABLES) {
      for (int i = 1 + random.nextInt(6); i > 0; i--) {
        sql.add(policy(table, i));
      }
    }
    sql.add("GRANT USAGE ON SCHEMA d TO " + (chance(96) ? "PUBLIC" : grantees()));
    return String.join(";\n", sql);
  }

  private void memberships(List<String> sql) {
    String all =
        PEOPLE.stream().map(Names::quoted).collect(Collectors.joining(", "))
            + ", "
            + String.join(", ", GROUPS);
    sql.add("REVOKE %s FROM %s".formatted(String.join(", ", GROUPS), all));
    sql.add("REVOKE table_owner FROM " + all);
    for (String person : PEOPLE) {
      sql.add(
          "ALTER ROLE %s %s %s"
              .formatted(
                  Names.quoted(person),
                  chance(70) ? "INHERIT" : "NOINHERIT",
                  chance(4) ? "BYPASSRLS" : "NOBYPASSRLS"));
    }
    for (int i = 0; i < 8; i++) {
      sql.add(grant(pick(GROUPS), Names.quoted(pick(PEOPLE))));
    }
    // A group is a member of higher ones only, for a cycle is refused.
    for (int i = 0; i < 3; i++) {
      int member = random.nextInt(GROUPS.size() - 1);
      int group = member + 1 + random.nextInt(GROUPS.size() - member - 1);
      sql.add(grant(GROUPS.get(group), GROUPS.get(member)));
    }
    if (chance(30)) {
      sql.add(grant("table_owner", Names.quoted(pick(PEOPLE))));
    }
  }

  private String grant(String group, String member) {
    return "GRANT %s TO %s%s"
        .formatted(
            group, member, version < 16 ? "" : " WITH INHERIT " + (chance(70) ? "TRUE" : "FALSE"));
  }

  private void helpers(List<String> sql) {
    sql.add("CREATE TABLE d.members (person text, team int)");
    sql.add("CREATE TABLE d.secret (person text, level int)");
    sql.add("CREATE TABLE d.closed (x int)");
    sql.add(
        "CREATE FUNCTION d.looked() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'");
    sql.add("ALTER TABLE d.secret ENABLE ROW LEVEL SECURITY");
    sql.add("CREATE POLICY own ON d.secret USING (person = current_user)");
    for (String person : PEOPLE) {
      for (int i = 0; i < 2; i++) {
        sql.add("INSERT INTO d.members VALUES ('%s', %s)".formatted(person, random.nextInt(4)));
      }
      sql.add("INSERT INTO d.secret VALUES ('%s', %s)".formatted(person, random.nextInt(10)));
    }
    sql.add("INSERT INTO d.closed VALUES (1), (2)");
    sql.add("GRANT SELECT ON d.members, d.secret TO " + (chance(96) ? "PUBLIC" : grantees()));
    sql.add("GRANT SELECT ON d.closed TO " + (chance(75) ? "PUBLIC" : grantees()));
    // Where a function looks names up in the caller's search_path, there is no verdict.
    sql.add(
        """
        CREATE FUNCTION d.in_team(int) RETURNS boolean LANGUAGE sql STABLE SET search_path = d AS
        'SELECT EXISTS (SELECT 1 FROM members WHERE person = current_user AND team = $1)'\
        """);
    sql.add(
        """
        CREATE FUNCTION d.level_of(text) RETURNS int LANGUAGE plpgsql STABLE SET search_path = d AS
        'BEGIN RETURN (SELECT max(level) FROM secret WHERE person = $1); END'\
        """);
    sql.add(
        """
        CREATE FUNCTION closed_d.level_of(text) RETURNS int LANGUAGE sql STABLE SECURITY DEFINER
        SET search_path = d AS 'SELECT max(level) FROM secret WHERE person = $1'\
        """);
    sql.add(
        """
        DO $do$ BEGIN
          IF current_setting('server_version_num')::int >= 140000 THEN
            EXECUTE 'CREATE FUNCTION d.for_few(int) RETURNS boolean LANGUAGE sql IMMUTABLE
              RETURN $1 > 1';
          ELSE
            EXECUTE 'CREATE FUNCTION d.for_few(int) RETURNS boolean LANGUAGE sql IMMUTABLE
              SET search_path = pg_catalog AS ''SELECT $1 > 1''';
          END IF;
        END $do$\
        """);
    sql.add(
        "REVOKE EXECUTE ON FUNCTION d.for_few FROM PUBLIC; GRANT EXECUTE ON FUNCTION d.for_few TO "
            + grantees()
            + ", grp0, "
            + PEOPLE.subList(0, 4).stream().map(Names::quoted).collect(Collectors.joining(", ")));
  }

  private void table(String table, List<String> sql) {
    boolean isPartitioned = table.equals("t1") && chance(40);
    sql.add(
        """
        CREATE TABLE d.%s (id int %s, owner text DEFAULT current_user, team int DEFAULT 1,
          level int, flag boolean, note text, high boolean GENERATED ALWAYS AS (level > 5) %s) %s\
        """
            .formatted(
                table,
                table.equals("t0")
                    ? "GENERATED %s AS IDENTITY (START 100) PRIMARY KEY"
                        .formatted(chance(30) ? "ALWAYS" : "BY DEFAULT")
                    : "DEFAULT 500 PRIMARY KEY",
                version >= 18 && table.equals("t1") ? "VIRTUAL" : "STORED",
                isPartitioned ? "PARTITION BY RANGE (id)" : ""));
    if (isPartitioned) {
      sql.add("CREATE TABLE d.t1_low PARTITION OF d.t1 FOR VALUES FROM (MINVALUE) TO (5)");
      sql.add("CREATE TABLE d.t1_rest PARTITION OF d.t1 DEFAULT");
      sql.add(
          "ALTER TABLE d.t1_%s ENABLE ROW LEVEL SECURITY".formatted(pick(List.of("low", "rest"))));
    }
    if (chance(30)) {
      sql.add(
          "CREATE TRIGGER looked BEFORE INSERT OR UPDATE ON d.%s FOR EACH ROW EXECUTE FUNCTION d.looked()"
              .formatted(table));
    }
    sql.add(
        """
        CREATE FUNCTION d.whole_%1$s(d.%1$s) RETURNS boolean LANGUAGE sql STABLE
        SET search_path = d AS
        'SELECT $1.team > 1 AND ($1.owner = current_user OR $1.high)'\
        """
            .formatted(table));
    for (int id = 1; id <= ROWS; id++) {
      sql.add(
          "INSERT INTO d.%s OVERRIDING SYSTEM VALUE VALUES (%s, %s)"
              .formatted(
                  table, id, String.join(", ", List.of(owner(), team(), level(), flag(), note()))));
    }
    if (chance(88)) {
      sql.add("ALTER TABLE d.%s ENABLE ROW LEVEL SECURITY".formatted(table));
    }
    if (chance(40)) {
      sql.add("ALTER TABLE d.%s FORCE ROW LEVEL SECURITY".formatted(table));
    }
    for (String command : List.of("SELECT", "INSERT", "UPDATE", "DELETE")) {
      int shape = random.nextInt(10);
      if (shape < 8) {
        sql.add("GRANT %s ON d.%s TO PUBLIC".formatted(command, table));
      } else if (shape < 9 || command.equals("DELETE")) {
        sql.add("GRANT %s ON d.%s TO %s".formatted(command, table, grantees()));
      } else {
        sql.add(
            "GRANT %s (id, owner, %s) ON d.%s TO %s"
                .formatted(command, pick(List.of("team", "level", "note")), table, grantees()));
        sql.add("GRANT %s (id) ON d.%s TO %s".formatted(command, table, grantees()));
      }
    }
    if (chance(15)) {
      sql.add("ALTER TABLE d.%s OWNER TO %s".formatted(table, Names.quoted(pick(PEOPLE))));
    } else {
      sql.add("ALTER TABLE d.%s OWNER TO table_owner".formatted(table));
    }
  }

  private String policy(String table, int number) {
    String command =
        pick(List.of("ALL", "ALL", "ALL", "SELECT", "SELECT", "INSERT", "UPDATE", "DELETE"));
    boolean using = !command.equals("INSERT") && chance(95);
    boolean check =
        command.equals("INSERT") || (List.of("ALL", "UPDATE").contains(command) && chance(50));
    boolean permissive = chance(72);
    return "CREATE POLICY %s_%s ON d.%s AS %s FOR %s TO %s%s%s"
        .formatted(
            pick(List.of("a", "b", "z")),
            number,
            table,
            permissive ? "PERMISSIVE" : "RESTRICTIVE",
            command,
            chance(60) ? "PUBLIC" : grantees(),
            using ? " USING (" + condition(table, permissive) + ")" : "",
            check ? " WITH CHECK (" + condition(table, permissive) + ")" : "");
  }

  /** A restrictive one lets more through, or it would hide what the others do. */
  private String condition(String table, boolean permissive) {
    String any = condition(table, 2);
    return permissive && chance(60) ? any : any + " OR " + condition(table, 1);
  }

  private String condition(String table, int depth) {
    int shape = random.nextInt(10);
    if (depth == 0 || shape < 5) {
      return atom(table);
    }
    if (shape == 5) {
      return "NOT (" + condition(table, depth - 1) + ")";
    }
    return "(%s %s %s)"
        .formatted(
            condition(table, depth - 1), chance(40) ? "AND" : "OR", condition(table, depth - 1));
  }

  private String atom(String table) {
    List<Supplier<String>> usual =
        List.of(
            () -> "owner = current_user",
            () -> "owner = current_user",
            () -> "owner IS NULL",
            () -> "owner <> current_user",
            () -> "team = " + random.nextInt(4),
            () -> "level > " + random.nextInt(8),
            () -> "flag",
            () -> "coalesce(flag, true)",
            () -> "high",
            () -> "note LIKE 'a%'",
            () -> "session_user = owner",
            () -> "true",
            () -> "team < 3",
            () -> "note IS DISTINCT FROM 'a b'",
            () -> "CASE WHEN flag THEN owner = current_user AND team > 0 ELSE NULL END",
            () -> "team IN (SELECT m.team FROM d.members m WHERE m.person = current_user)",
            () -> "EXISTS (SELECT 1 FROM d.secret s WHERE s.person = owner)",
            () -> "EXISTS (SELECT 1 FROM d.secret s WHERE s.level >= %s.level)".formatted(table),
            () -> "d.in_team(team)",
            () -> "d.level_of(owner) >= level",
            () -> "closed_d.level_of(owner) < 5",
            () -> "d.whole_%1$s(%1$s)".formatted(table),
            () -> "current_user = ANY (ARRAY['p0@example.com', 'p1@example.com', owner])",
            () -> "pg_has_role(current_user, '%s', 'USAGE')".formatted(pick(GROUPS)),
            () -> "row(team, level) > row(1, 3)",
            () -> "current_setting('app.tenant', true) = note");
    List<Supplier<String>> odd =
        List.of(
            () -> "false",
            () -> "NULL::boolean",
            () -> "tableoid = 'd.%s'::regclass".formatted(table),
            () -> "d.for_few(team)",
            () -> "EXISTS (SELECT 1 FROM d.closed c WHERE c.x = team)",
            () -> "(true OR EXISTS (SELECT 1 FROM d.closed c WHERE c.x = team))",
            () ->
                "EXISTS (SELECT 1 FROM d.%s o WHERE o.team = %s.team)"
                    .formatted(table.equals("t0") ? "t1" : "t0", table));
    return chance(oddness) ? pick(odd).get() : pick(usual).get();
  }

  String owner() {
    return chance(15) ? "NULL" : "'" + pick(PEOPLE) + "'";
  }

  String team() {
    return chance(10) ? "NULL" : Integer.toString(random.nextInt(4));
  }

  String level() {
    return chance(10) ? "NULL" : Integer.toString(random.nextInt(10));
  }

  String flag() {
    return pick(List.of("true", "false", "NULL"));
  }

  String note() {
    return pick(List.of("'a b'", "'it''s'", "NULL", "E'tab\\t\"q\",(x)\\\\'", "''"));
  }

  private String grantees() {
    return IntStream.rangeClosed(0, random.nextInt(2))
        .mapToObj(i -> chance(60) ? pick(GROUPS) : Names.quoted(pick(PEOPLE)))
        .distinct()
        .collect(Collectors.joining(", "));
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  <T> T pick(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
