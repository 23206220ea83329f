package dev.onbehalf.spring;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What PostgreSQL refuses with 42501, told apart: what it was, and what changes it. */
class RefusalsTest {
  private static final String GROUP = "refusals_users";

  /** What people have no rights on, made by the database's administrator. */
  private static final String SET_UP =
      """
      CREATE ROLE refusals_users NOLOGIN;
      CREATE ROLE refusals_role NOLOGIN;
      CREATE SCHEMA refusals;
      CREATE SCHEMA refusals_hidden;
      GRANT USAGE ON SCHEMA refusals TO PUBLIC;
      CREATE TABLE refusals.orders (id bigint PRIMARY KEY, item text);
      CREATE TABLE refusals."Weird ""Table" (id bigint);
      CREATE TABLE refusals_hidden.secrets (id bigint);
      GRANT SELECT ON refusals_hidden.secrets TO PUBLIC;
      CREATE VIEW refusals.everything AS SELECT * FROM refusals.orders;
      CREATE MATERIALIZED VIEW refusals.kept AS SELECT * FROM refusals.orders;
      CREATE SEQUENCE refusals.numbers;
      CREATE FUNCTION refusals.twice(i int) RETURNS int LANGUAGE sql AS 'SELECT 2 * i';
      REVOKE ALL ON FUNCTION refusals.twice FROM PUBLIC;
      CREATE PROCEDURE refusals.nothing() LANGUAGE sql AS '';
      REVOKE ALL ON PROCEDURE refusals.nothing FROM PUBLIC;
      CREATE TYPE refusals.mood AS ENUM ('good');
      REVOKE ALL ON TYPE refusals.mood FROM PUBLIC;
      CREATE FUNCTION refusals.refuse() RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'permission denied for table everybodys' USING ERRCODE = '42501';
        END $$;
      CREATE TABLE refusals.own (id bigint PRIMARY KEY, owner text DEFAULT current_user);
      ALTER TABLE refusals.own ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own_rows ON refusals.own USING (owner = current_user);
      GRANT ALL ON refusals.own TO PUBLIC;
      INSERT INTO refusals.own VALUES (1, 'bob@example.com');
      CREATE TABLE refusals.restricted (id bigint);
      ALTER TABLE refusals.restricted ENABLE ROW LEVEL SECURITY;
      CREATE POLICY anybody ON refusals.restricted USING (true);
      CREATE POLICY small_ones ON refusals.restricted AS RESTRICTIVE USING (true) WITH CHECK (id < 10);
      GRANT ALL ON refusals.restricted TO PUBLIC;
      SELECT lo_from_bytea(471147, 'x');
      REVOKE TEMPORARY ON DATABASE databricks_postgres FROM PUBLIC;
      """;

  private static final JdbcTemplate ADMINISTRATOR =
      new JdbcTemplate(SharedLakebase.get().superuser());

  private static TestApplication application;

  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  static class Application {
    @Bean
    Statements statements(JdbcClient jdbc, OnBehalf onBehalf) {
      return new Statements(jdbc, onBehalf);
    }
  }

  @RestController
  record Statements(JdbcClient jdbc, OnBehalf onBehalf, Map<String, String> sql) {
    Statements(JdbcClient jdbc, OnBehalf onBehalf) {
      this(jdbc, onBehalf, new ConcurrentHashMap<>());
    }

    @GetMapping("/run")
    String run() {
      jdbc.sql(sql.getOrDefault("it", "")).query((row, number) -> 1).list();
      return "done";
    }

    @GetMapping("/update")
    String update() {
      jdbc.sql(sql.getOrDefault("it", "")).update();
      return "done";
    }

    @GetMapping("/as-the-service-principal")
    String asTheServicePrincipal() {
      return onBehalf.asServicePrincipal(this::run);
    }
  }

  @BeforeAll
  static void start() {
    ADMINISTRATOR.execute(SET_UP);
    application = new TestApplication(Application.class, "onbehalf.group=" + GROUP);
  }

  @AfterAll
  static void stop() {
    application.close();
    ADMINISTRATOR.execute(
        """
        DROP SCHEMA refusals, refusals_hidden CASCADE;
        DROP OWNED BY refusals_users, refusals_role;
        DROP ROLE refusals_users, refusals_role;
        SELECT lo_unlink(471147);
        GRANT TEMPORARY ON DATABASE databricks_postgres TO PUBLIC;
        """);
  }

  private static HttpResponse<String> request(String path, String sql) {
    application.bean(Statements.class).sql().put("it", sql);
    return application.send(application.as(ALICE, path));
  }

  private static String problem(HttpResponse<String> response, String type) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(403);
    JsonNode problem = JsonMapper.shared().readTree(response.body());
    assertThat(problem.get("type").asString()).isEqualTo("urn:onbehalf:problem:" + type);
    return problem.get("detail").asString();
  }

  private static String path(String sql) {
    return sql.startsWith("SELECT") ? "/run" : "/update";
  }

  /** The statements that a problem's detail advises. */
  private static List<String> advised(String detail) {
    return detail.lines().filter(line -> line.startsWith("GRANT ")).toList();
  }

  /** In this order: a table is reached only through its schema. */
  static Stream<Arguments> grants() {
    return Stream.of(
        arguments("SELECT * FROM refusals.orders", "SELECT ON TABLE \"refusals\".\"orders\""),
        arguments(
            "INSERT INTO refusals.orders VALUES (1, 'tea')",
            "INSERT ON TABLE \"refusals\".\"orders\""),
        arguments(
            "UPDATE Refusals.ORDERS SET item = 'coffee' WHERE id = 1",
            "SELECT, UPDATE ON TABLE \"refusals\".\"orders\""),
        arguments(
            "DELETE FROM \"refusals\".\"orders\" WHERE id = 1",
            "SELECT, DELETE ON TABLE \"refusals\".\"orders\""),
        arguments(
            "SELECT * FROM refusals.\"Weird \"\"Table\"",
            "SELECT ON TABLE \"refusals\".\"Weird \"\"Table\""),
        arguments("TRUNCATE refusals.orders", "TRUNCATE ON TABLE \"refusals\".\"orders\""),
        arguments(
            "SELECT * FROM refusals.everything", "SELECT ON TABLE \"refusals\".\"everything\""),
        arguments("SELECT * FROM refusals.kept", "SELECT ON TABLE \"refusals\".\"kept\""),
        arguments("SELECT * FROM refusals_hidden.secrets", "USAGE ON SCHEMA \"refusals_hidden\""),
        arguments("CREATE TABLE refusals.mine (id int)", "CREATE ON SCHEMA \"refusals\""),
        arguments(
            "SELECT nextval('refusals.numbers')", "USAGE ON SEQUENCE \"refusals\".\"numbers\""),
        arguments(
            "SELECT setval('refusals.numbers', 7)", "UPDATE ON SEQUENCE \"refusals\".\"numbers\""),
        arguments(
            "SELECT last_value FROM refusals.numbers",
            "SELECT ON SEQUENCE \"refusals\".\"numbers\""),
        arguments("SELECT refusals.twice(2)", "EXECUTE ON ROUTINE \"refusals\".\"twice\""),
        arguments("CALL refusals.nothing()", "EXECUTE ON ROUTINE \"refusals\".\"nothing\""),
        arguments(
            "CREATE TABLE refusals.moody (mood refusals.mood)", "USAGE ON TYPE refusals.mood"),
        arguments("CREATE SCHEMA refusals_own", "CREATE ON DATABASE \"databricks_postgres\""),
        arguments(
            "CREATE TEMPORARY TABLE refusals_passing (id int)",
            "TEMPORARY ON DATABASE \"databricks_postgres\""),
        arguments("SELECT lo_get(471147)", "SELECT, UPDATE ON LARGE OBJECT 471147"),
        arguments(
            "SET LOCAL session_replication_role = replica",
            "SET ON PARAMETER \"session_replication_role\""));
  }

  @ParameterizedTest
  @MethodSource("grants")
  void aMissingPrivilegeIsToldWithTheGrantThatMendsIt(String sql, String grant) {
    String detail = problem(request(path(sql), sql), "permission-denied");
    assertThat(detail).contains("PostgreSQL says: permission denied ");
    assertThat(advised(detail))
        .containsExactly(
            "GRANT " + grant + " TO \"refusals_users\";",
            "GRANT \"refusals_users\" TO \"alice@example.com\";");
    advised(detail).forEach(ADMINISTRATOR::execute);
    assertThat(request(path(sql), sql).body()).isEqualTo("done");
  }

  @Test
  void aRoleThatOneIsNoMemberOfIsToldWithItsOwnGrant() {
    String sql = "SET LOCAL ROLE refusals_role";
    String detail = problem(request("/update", sql), "permission-denied");
    assertThat(advised(detail))
        .containsExactly("GRANT \"refusals_role\" TO \"alice@example.com\";");
    advised(detail).forEach(ADMINISTRATOR::execute);
    assertThat(request("/update", sql).body()).isEqualTo("done");
    ADMINISTRATOR.execute("REVOKE refusals_role FROM \"alice@example.com\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          INSERT INTO refusals.own VALUES (2, 'bob@example.com')       | Row-Level Security of the table "own"
          UPDATE refusals.own SET owner = 'bob@example.com'            | Row-Level Security of the table "own"
          INSERT INTO refusals.own VALUES (1) ON CONFLICT (id) DO UPDATE SET owner = 'a' | Row-Level Security of the table "own"
          INSERT INTO refusals.restricted VALUES (10)                  | The policy "small_ones" of the table "restricted"
          """)
  void aRowThatAPolicyRefusesIsToldWithItsTable(String sql, String what) {
    ADMINISTRATOR.execute(
        "INSERT INTO refusals.own VALUES (3, 'alice@example.com') ON CONFLICT DO NOTHING");
    String detail = problem(request("/update", sql), "policy-violation");
    assertThat(detail)
        .contains(what + " does not let \"alice@example.com\" write that row.", "No GRANT");
    assertThat(advised(detail)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          DROP TABLE refusals.own                           | must be owner of table own | migration
          ALTER TABLE refusals.own ADD COLUMN c int         | must be owner of table own | migration
          SET SESSION AUTHORIZATION "bob@example.com"       | session authorization      | administrator
          CREATE ROLE refusals_another                      | CREATEROLE attribute may   | administrator
          GRANT refusals_role TO "alice@example.com"        | ADMIN option on role       | administrator
          COPY refusals.own TO '/tmp/refusals'              | pg_write_server_files      | administrator
          CREATE EXTENSION file_fdw                         | create extension           | administrator
          SELECT refusals.refuse()                          | for table everybodys       | administrator
          """)
  void whereNoGrantHelpsNoneIsAdvised(String sql, String said, String remedy) {
    String detail = problem(request(path(sql), sql), "permission-denied");
    assertThat(detail).contains(said, remedy);
    assertThat(advised(detail)).isEmpty();
  }

  @Test
  void aSessionThatSwitchedRowSecurityOffIsToldSo() {
    HttpResponse<String> response =
        request("/update", "SET row_security = off; SELECT * FROM refusals.own");
    assertThat(problem(response, "permission-denied")).contains("row_security set to off");
    request("/update", "RESET row_security");
  }

  @Test
  void whatTheServicePrincipalLacksIsNotAdvisedToThePerson() {
    HttpResponse<String> response =
        request("/as-the-service-principal", "SELECT * FROM refusals_hidden.secrets");
    assertThat(problem(response, "permission-denied"))
        .contains("It is the service principal's own role that lacks the right.")
        .doesNotContain(ALICE, "GRANT");
  }
}
