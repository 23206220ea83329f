package dev.onbehalf.rowsecurity;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** 2,000 tables and 20,000 roles are seconds, and so are 1,000 tables with triggers. */
@Tag("long")
final class ManyTablesTest {
  private static final String SETUP =
      """
      SET synchronous_commit = off;
      CREATE SCHEMA big; CREATE ROLE big_users; GRANT USAGE ON SCHEMA big TO big_users;
      DO $$ BEGIN
        FOR i IN 1..100 LOOP
          EXECUTE format('CREATE ROLE team%s IN ROLE big_users', i);
        END LOOP;
        FOR i IN 1..20000 LOOP
          EXECUTE format('CREATE ROLE %I LOGIN IN ROLE team%s', 'p' || i || '@example.com', i % 100 + 1);
        END LOOP;
      END $$""";

  private static final String TABLES =
      """
      DO $$ BEGIN
        FOR i IN 1..2000 LOOP
          EXECUTE format('CREATE TABLE big.t%s (id bigint PRIMARY KEY, item text, owner text NOT NULL, n int, at timestamptz)', i);
          EXECUTE format('ALTER TABLE big.t%s ENABLE ROW LEVEL SECURITY', i);
          EXECUTE format('CREATE POLICY own ON big.t%s USING (owner = current_user)', i);
          EXECUTE format('GRANT SELECT ON big.t%s TO big_users', i);
        END LOOP;
      END $$""";

  @Test
  void two_thousand_tables_and_twenty_thousand_roles_are_examined_in_seconds() throws Exception {
    try (TestServer.Database database = TestServer.get().empty()) {
      database.run(SETUP);
      database.run(TABLES);
      database.run("ALTER TABLE big.t1977 DISABLE ROW LEVEL SECURITY");
      database.run("REVOKE CREATE ON SCHEMA public FROM PUBLIC; ANALYZE");
      Report report = examinedWithin(Duration.ofSeconds(30), database, "group:big_users");
      assertThat(report.findings()).extracting(Finding::object).containsExactly("big.t1977");
      assertThat(report.people()).isEqualTo(20_000);
      assertThat(report.findings().get(0).sentence()).contains("19,999 more");
    }
  }

  private static Report examinedWithin(
      Duration bound, TestServer.Database database, String... people) throws SQLException {
    long start = System.nanoTime();
    Report report = database.examine(people);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    System.out.println("Examined for " + List.of(people) + ": " + took.toMillis() + " ms");
    assertThat(took).isLessThan(bound);
    return report;
  }

  private static final String TRIGGERS =
      """
      CREATE TABLE big.audit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, actor text, what text);
      ALTER TABLE big.audit ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON big.audit FOR SELECT USING (actor = current_user);
      CREATE FUNCTION big.touch() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN NEW.at := now(); RETURN NEW; END';
      CREATE FUNCTION big.audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp AS
        'BEGIN INSERT INTO big.audit (actor, what) VALUES (NEW.owner, NEW.item); RETURN NEW; END';
      DO $$ BEGIN
        FOR i IN 1..3 LOOP
          EXECUTE format('CREATE ROLE %I LOGIN IN ROLE big_users', 'few' || i || '@example.com');
        END LOOP;
        FOR i IN 1..1000 LOOP
          EXECUTE format('CREATE TABLE big.t%s (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, item text, owner text NOT NULL, at timestamptz)', i);
          EXECUTE format('ALTER TABLE big.t%s ENABLE ROW LEVEL SECURITY', i);
          EXECUTE format('CREATE POLICY own ON big.t%s USING (owner = current_user)', i);
          EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON big.t%s TO big_users', i);
          EXECUTE format('CREATE TRIGGER touch BEFORE UPDATE ON big.t%s FOR EACH ROW EXECUTE FUNCTION big.touch()', i);
          EXECUTE format('CREATE TRIGGER audit AFTER INSERT OR UPDATE ON big.t%s FOR EACH ROW EXECUTE FUNCTION big.audit()', i);
        END LOOP;
      END $$""";

  @Test
  void a_thousand_tables_with_two_triggers_each_are_examined_in_seconds() throws Exception {
    try (TestServer.Database database = TestServer.get().empty()) {
      database.run(
          "CREATE SCHEMA big; CREATE ROLE big_users; GRANT USAGE ON SCHEMA big TO big_users");
      database.run("SET synchronous_commit = off;" + TRIGGERS);
      database.run("REVOKE CREATE ON SCHEMA public FROM PUBLIC; ANALYZE");
      Report report =
          examinedWithin(
              Duration.ofSeconds(15),
              database,
              "few1@example.com",
              "few2@example.com",
              "few3@example.com");
      assertThat(report.findings()).isEmpty();
    }
  }
}
