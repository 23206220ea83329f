package dev.onbehalf.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Policies are no help against some roles, though row_security_active() says that they hold: each
 * is shown to read or write a row of somebody else's, on a real server, and is then refused at
 * login; or it is shown that it can't, and is let in.
 */
final class RolesBesideRowSecurityTest {
  private static final String SECRET = "alices-secret-0815";

  private final PostgresServer server = PostgresServer.get();

  /** Alice's row is on disk and in the planner's samples, as after some minutes in any database. */
  @BeforeEach
  void aDiaryThatOnlyItsWritersMayRead() throws SQLException {
    execute(
        """
        create role owner login password 'owner'; create role team; create role warden bypassrls;
        create role mallory login password 'mallory';
        create table diary (of_whom name, words text);
        create table readers (reader name, of_whom name);
        alter table diary owner to owner; alter table readers owner to owner;
        alter table diary enable row level security;
        create policy own on diary using (of_whom = current_user
          or of_whom = any (select r.of_whom from readers r where reader = current_user));
        grant select, insert, update on diary to public; grant select on readers to public;
        insert into diary select 'alice', 'alices-secret-0815' from generate_series(1, 100);
        analyze diary""");
    execute("checkpoint");
  }

  @AfterEach
  void asBefore() throws SQLException {
    execute("drop table diary, readers; drop role if exists owner, team, warden, mallory, other");
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = server.superuser();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String ask(String sql) throws SQLException {
    try (Connection connection = server.superuser()) {
      return ask(connection, sql);
    }
  }

  private static String ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return String.valueOf(row.getString(1));
    }
  }

  private UserPoolManager.Builder builder() {
    return UserPoolManager.builder(server, server)
        .tableOwners(() -> Set.of("owner"))
        .connectionTimeout(Duration.ofSeconds(10));
  }

  private interface Attack {
    void by(Connection mallory) throws SQLException;
  }

  /** As mallory, whom the check at login lets pass here. */
  private void attack(Attack attack) throws SQLException {
    try (UserPoolManager manager = builder().allowRlsBypass(true).build();
        Connection mallory = manager.getPool("mallory").getConnection()) {
      assertThat(ask(mallory, "select count(*) from diary")).as("by plain SQL").isEqualTo("0");
      attack.by(mallory);
    }
  }

  private void assertRefused(String attribute, String remedy) throws SQLException {
    try (UserPoolManager manager = builder().build()) {
      assertThatThrownBy(() -> manager.getPool("mallory").getConnection())
          .isInstanceOfSatisfying(
              RlsBypassException.class,
              e -> {
                assertThat(e.attribute()).isEqualTo(attribute);
                assertThat(e.remedy()).isEqualTo(remedy);
              });
      execute(remedy);
      manager.credentialRenewed("mallory");
      manager.getPool("mallory").getConnection().close();
    }
  }

  private void assertMembersRefused(String predefined) throws SQLException {
    assertRefused(
        "is a member of " + predefined + ", directly or through other roles",
        "REVOKE \"" + predefined + "\" FROM \"mallory\";");
  }

  private void assertLetIn() throws SQLException {
    try (UserPoolManager manager = builder().build();
        Connection connection = manager.getPool("mallory").getConnection()) {
      assertThat(ask(connection, "select count(*) from diary")).isEqualTo("0");
    }
  }

  @Test
  void replication_reads_everybodys_changes_by_logical_decoding() throws SQLException {
    execute("alter role mallory replication");
    attack(
        mallory -> {
          ask(
              mallory,
              "select slot_name from pg_create_logical_replication_slot('s', 'test_decoding', true)");
          execute(
              "set synchronous_commit = on; insert into diary values ('alice', '" + SECRET + "')");
          assertThat(
                  ask(
                      mallory,
                      "select string_agg(data, ' ') from pg_logical_slot_get_changes('s', null, null)"))
              .contains(SECRET);
        });
    assertRefused("has REPLICATION", "ALTER ROLE \"mallory\" NOREPLICATION;");
  }

  @Test
  void who_executes_programs_reads_the_servers_files() throws SQLException {
    execute("grant pg_execute_server_program to mallory");
    String file =
        ask("select current_setting('data_directory') || '/' || pg_relation_filepath('diary')");
    attack(
        mallory -> {
          try (Statement statement = mallory.createStatement()) {
            statement.execute("create temporary table read (line text)");
            statement.execute("copy read from program 'grep -ao alices-secret-0815 " + file + "'");
          }
          assertThat(ask(mallory, "select line from read")).isEqualTo(SECRET);
        });
    assertMembersRefused("pg_execute_server_program");
  }

  /** Not the table's own file, which holds bytes that are no text, but what the server logs. */
  @Test
  void who_reads_files_reads_what_others_wrote_in_the_servers_log() throws SQLException {
    execute("grant pg_read_server_files to mallory");
    String folder = ask("select current_setting('data_directory')");
    execute("copy (select words from diary limit 1) to '" + folder + "/statements.log'");
    attack(
        mallory -> {
          try (Statement statement = mallory.createStatement()) {
            statement.execute("create temporary table read (line text)");
            statement.execute("copy read from '" + folder + "/statements.log'");
          }
          assertThat(ask(mallory, "select line from read")).isEqualTo(SECRET);
        });
    assertMembersRefused("pg_read_server_files");
  }

  @Test
  void who_writes_files_writes_over_the_servers_configuration() throws SQLException {
    execute("grant pg_write_server_files to mallory");
    String file = ask("select current_setting('data_directory') || '/postgresql.auto.conf'");
    attack(
        mallory -> {
          try (Statement statement = mallory.createStatement()) {
            statement.execute("copy (select '# mallory was here') to '" + file + "'");
          }
          assertThat(ask("select pg_read_file('" + file + "')")).contains("mallory was here");
        });
    assertMembersRefused("pg_write_server_files");
  }

  @Test
  void who_reads_all_data_reads_the_planners_samples_of_rows() throws SQLException {
    execute("grant pg_read_all_data to mallory");
    attack(
        mallory ->
            assertThat(
                    ask(
                        mallory,
                        "select string_agg(stavalues1::text, ' ') from pg_statistic"
                            + " where starelid = 'diary'::regclass"))
                .contains(SECRET));
    assertMembersRefused("pg_read_all_data");
  }

  @Test
  void who_writes_all_data_writes_where_policies_look() throws SQLException {
    execute("grant pg_write_all_data to mallory");
    attack(
        mallory -> {
          try (Statement statement = mallory.createStatement()) {
            statement.execute("insert into readers values ('mallory', 'alice')");
          }
          assertThat(ask(mallory, "select words from diary")).isEqualTo(SECRET);
        });
    execute("delete from readers");
    assertMembersRefused("pg_write_all_data");
  }

  @ParameterizedTest
  @CsvSource({"warden, BYPASSRLS", "admin, SUPERUSER", "standby, REPLICATION"})
  void who_may_become_such_a_role_is_refused_directly_and_through_a_chain(
      String role, String attribute) throws SQLException {
    execute("drop role warden; create role \"%s\" %s".formatted(role, attribute));
    try {
      execute("grant \"%s\" to team; grant team to mallory".formatted(role));
      attack(
          mallory -> {
            try (Statement statement = mallory.createStatement()) {
              statement.execute("set role \"%s\"".formatted(role));
              assertThat(ask(mallory, "select current_user")).isEqualTo(role);
            }
          });
      try (UserPoolManager manager = builder().build()) {
        assertThatThrownBy(() -> manager.getPool("mallory").getConnection())
            .isInstanceOf(RlsBypassException.class)
            .hasMessageContainingAll('"' + role + '"', "by SET ROLE", attribute);
      }
      execute("revoke team from mallory; grant \"%s\" to mallory".formatted(role));
      assertRefused(
          "may become \"%s\", directly or through other roles, by SET ROLE, and that has %s"
              .formatted(role, attribute),
          "REVOKE \"%s\" FROM \"mallory\";".formatted(role));
    } finally {
      execute("drop role \"%s\"".formatted(role));
    }
  }

  @Test
  void who_is_a_member_but_may_not_become_it_as_long_as_they_do_not_change_that()
      throws SQLException {
    for (String option : new String[] {"set false, inherit true", "admin true, set false"}) {
      execute("grant warden to mallory with " + option);
      try (UserPoolManager manager = builder().build()) {
        assertThatThrownBy(() -> manager.getPool("mallory").getConnection())
            .isInstanceOf(RlsBypassException.class);
      }
    }
  }

  /** What PostgreSQL 16 gives whoever has made a role: the right to give it, and not to take it. */
  @Test
  void who_may_give_themselves_a_link_of_the_chain() throws SQLException {
    execute(
        "grant warden to team; grant team to mallory with admin true, inherit false, set false");
    attack(
        mallory -> {
          try (Statement statement = mallory.createStatement()) {
            statement.execute("grant team to mallory with set true");
            statement.execute("set role warden");
          }
          assertThat(ask(mallory, "select count(*) from diary")).isNotEqualTo("0");
        });
    execute("revoke team from mallory cascade");
    execute("grant team to mallory with admin true, inherit false, set false");
    try (UserPoolManager manager = builder().build()) {
      assertThatThrownBy(() -> manager.getPool("mallory").getConnection())
          .isInstanceOf(RlsBypassException.class)
          .hasMessageContaining("warden");
    }
  }

  @Test
  void through_a_chain_that_is_not_inherited() throws SQLException {
    execute("alter role mallory noinherit; grant pg_read_all_data to team; grant team to mallory");
    try (UserPoolManager manager = builder().build()) {
      assertThatThrownBy(() -> manager.getPool("mallory").getConnection())
          .isInstanceOf(RlsBypassException.class)
          .hasMessageContaining("pg_read_all_data");
    }
  }

  /** They see or disturb what others do, and rows of nobody. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "pg_monitor",
        "pg_read_all_settings",
        "pg_read_all_stats",
        "pg_stat_scan_tables",
        "pg_signal_backend",
        "pg_checkpoint",
        "pg_maintain",
        "pg_use_reserved_connections",
        "pg_create_subscription"
      })
  void others_of_the_servers_roles_are_let_in(String role) throws SQLException {
    execute("grant " + role + " to mallory");
    attack(
        mallory ->
            assertThat(
                    ask(
                        mallory,
                        "select count(*) from pg_stats where tablename = 'diary'"
                            + " and most_common_vals::text like '%secret%'"))
                .isEqualTo("0"));
    assertLetIn();
  }

  @Test
  void many_such_roles_are_asked_about_together() throws SQLException {
    execute(
        """
        do $$ begin for i in 1..30 loop execute 'create role warden' || i || ' bypassrls'; end loop;
        end $$; grant warden30 to mallory""");
    try {
      assertRefused(
          "may become \"warden30\", directly or through other roles, by SET ROLE, and that has BYPASSRLS",
          "REVOKE \"warden30\" FROM \"mallory\";");
    } finally {
      execute("do $$ begin for i in 1..30 loop execute 'drop role warden' || i; end loop; end $$");
    }
  }
}
