package dev.onbehalf.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Roles that would see every row are kept out, on a real server. */
final class RowSecurityTest {
  private static final String HOSTILE = "o'w\\ner\"; drop table diary; --";

  private static final List<String> RISES =
      List.of(
          "alter role mallory superuser",
          "alter role mallory bypassrls",
          "alter role mallory replication",
          "grant owner to mallory",
          "grant warden to mallory",
          "grant pg_read_all_data to mallory",
          "grant admin to mallory; alter role mallory set role = admin");

  private final PostgresServer server = PostgresServer.get();

  @BeforeEach
  void anOwnerWithATableUnderRowSecurity() throws SQLException {
    execute(
        """
        create role owner login password 'owner'; create role team; create role admin superuser;
        create role warden bypassrls; create role mallory login password 'mallory';
        create table diary (of_whom name, words text); alter table diary owner to owner;
        alter table diary enable row level security;
        create policy own on diary using (of_whom = current_user);
        grant select on diary to public;
        insert into diary values ('alice', 'mine')""");
  }

  @AfterEach
  void asBefore() throws SQLException {
    execute("drop table diary; drop role owner, team, admin, warden, mallory");
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = server.superuser();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** What is done to a role is noticed at once, for the server is asked at each login. */
  private UserPoolManager.Builder builder(String... owners) {
    return UserPoolManager.builder(server, server)
        .tableOwners(() -> Set.of(owners))
        .rlsCheckMaxAge(Duration.ZERO)
        .connectionTimeout(Duration.ofSeconds(5));
  }

  private static int rowsSeenBy(UserPool pool) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from diary")) {
      row.next();
      return row.getInt(1);
    }
  }

  private void assertRefused(String attribute, String remedy) throws SQLException {
    try (UserPoolManager manager = builder("owner").build()) {
      assertThatThrownBy(() -> rowsSeenBy(manager.getPool("mallory")))
          .isInstanceOfSatisfying(
              RlsBypassException.class,
              e -> {
                assertThat(e.user()).isEqualTo("mallory");
                assertThat(e.getSQLState()).isEqualTo("28000");
                assertThat(e.attribute()).isEqualTo(attribute);
                assertThat(e.remedy()).isEqualTo(remedy);
                assertThat(e.getMessage()).contains("mallory", attribute, remedy);
              });
      assertThat(manager.statistics().total()).isZero();
      execute(remedy);
      manager.credentialRenewed("mallory");
      assertThat(rowsSeenBy(manager.getPool("mallory"))).as("after the remedy").isZero();
    }
  }

  @Test
  void a_superuser_is_refused_until_it_is_none_any_more() throws SQLException {
    execute("alter role mallory superuser");
    assertRefused("has SUPERUSER", "ALTER ROLE \"mallory\" NOSUPERUSER;");
  }

  @Test
  void a_role_with_bypassrls_is_refused_until_it_has_it_no_more() throws SQLException {
    execute("alter role mallory bypassrls");
    assertRefused("has BYPASSRLS", "ALTER ROLE \"mallory\" NOBYPASSRLS;");
  }

  @Test
  void who_rose_above_row_security_since_others_logged_in_is_refused() throws SQLException {
    try (UserPoolManager manager = builder("owner").build()) {
      assertThat(rowsSeenBy(manager.getPool("alice"))).isEqualTo(1);
      assertThat(rowsSeenBy(manager.getPool("mallory"))).isZero();
      for (String rise : RISES) {
        execute(rise);
        manager.closePool("mallory");
        assertThatThrownBy(() -> rowsSeenBy(manager.getPool("mallory")))
            .as(rise)
            .isInstanceOf(RlsBypassException.class);
        execute("alter role mallory nosuperuser nobypassrls noreplication");
        execute(
            "revoke owner, admin, warden, pg_read_all_data from mallory; alter role mallory reset all");
        manager.closePool("mallory");
        assertThat(rowsSeenBy(manager.getPool("mallory"))).as("after " + rise).isZero();
      }
    }
  }

  @Test
  void a_role_that_puts_functions_of_its_own_in_front_is_refused_all_the_same()
      throws SQLException {
    execute(
        """
        create schema forged;
        grant usage on schema forged to public;
        create function forged.row_security_active(oid) returns boolean return true;
        create function forged.yes(name, name) returns boolean return true;
        create operator forged.= (leftarg = name, rightarg = name, function = forged.yes);
        create function forged.pg_has_role(name, oid, text) returns boolean return false;
        alter role mallory bypassrls;
        alter role mallory set search_path = forged, pg_catalog""");
    try (UserPoolManager manager = builder("owner").build()) {
      assertThat(rowsSeenBy(manager.getPool("alice"))).isEqualTo(1);
      assertThatThrownBy(() -> rowsSeenBy(manager.getPool("mallory")))
          .isInstanceOf(RlsBypassException.class);
      execute("alter role mallory nobypassrls; grant owner to mallory");
      manager.closePool("mallory");
      assertThatThrownBy(() -> rowsSeenBy(manager.getPool("mallory")))
          .isInstanceOf(RlsBypassException.class);
    } finally {
      execute("drop schema forged cascade");
    }
  }

  @Test
  void where_no_table_is_under_row_security_roles_are_told_apart_all_the_same()
      throws SQLException {
    execute("alter table diary disable row level security; alter role mallory bypassrls");
    try (UserPoolManager manager = builder("owner").build()) {
      assertThat(rowsSeenBy(manager.getPool("alice"))).isEqualTo(1);
      assertThatThrownBy(() -> rowsSeenBy(manager.getPool("mallory")))
          .isInstanceOf(RlsBypassException.class);
    }
  }

  @Test
  void a_member_of_the_tables_owner_is_refused() throws SQLException {
    execute("grant owner to mallory");
    assertRefused(
        "is a member of the tables' owner \"owner\", directly or through other roles",
        "REVOKE \"owner\" FROM \"mallory\";");
  }

  @Test
  void a_member_of_the_owner_through_a_chain_is_refused_also_when_it_inherits_nothing()
      throws SQLException {
    execute("alter role mallory noinherit; grant owner to team; grant team to mallory");
    try (UserPoolManager manager = builder("nobody", "owner").build()) {
      assertThatThrownBy(() -> rowsSeenBy(manager.getPool("mallory")))
          .isInstanceOf(RlsBypassException.class)
          .hasMessageContaining("\"owner\"");
    }
  }

  @Test
  void a_role_whose_sessions_begin_as_another_is_refused() throws SQLException {
    execute("grant team to mallory; alter role mallory set role = team");
    assertRefused(
        "begins its sessions as another role, \"team\"", "ALTER ROLE \"mallory\" RESET role;");
  }

  @Test
  void who_is_held_by_row_security_is_let_in_whatever_the_owners_are_called() throws SQLException {
    execute("create role \"%s\"".formatted(HOSTILE.replace("\"", "\"\"")));
    try (UserPoolManager manager = builder("owner", HOSTILE, "no such role").build()) {
      assertThat(rowsSeenBy(manager.getPool("alice"))).isEqualTo(1);
      assertThat(rowsSeenBy(manager.getPool("mallory"))).isZero();
      execute("grant \"%s\" to mallory".formatted(HOSTILE.replace("\"", "\"\"")));
      manager.closePool("mallory");
      assertThatThrownBy(() -> rowsSeenBy(manager.getPool("mallory")))
          .isInstanceOf(RlsBypassException.class);
    } finally {
      execute("drop role \"%s\"".formatted(HOSTILE.replace("\"", "\"\"")));
    }
  }

  @Test
  void the_owner_is_let_in_by_overrides_and_nobody_else_with_it() throws SQLException {
    execute("alter role mallory bypassrls");
    try (UserPoolManager manager = builder("owner").build()) {
      assertThatThrownBy(() -> rowsSeenBy(manager.getPool("owner")))
          .isInstanceOf(RlsBypassException.class);
      UserPool owner = manager.getPool("owner", new UserPoolOverrides(2, 1, true));
      manager.credentialRenewed("owner");
      assertThat(rowsSeenBy(owner)).isEqualTo(1);
      assertThatThrownBy(() -> rowsSeenBy(manager.getPool("mallory")))
          .isInstanceOf(RlsBypassException.class);
    }
  }

  @Test
  void all_are_let_in_where_that_is_asked_for() throws SQLException {
    execute("alter role mallory bypassrls");
    try (UserPoolManager manager = builder("owner").allowRlsBypass(true).build()) {
      assertThat(rowsSeenBy(manager.getPool("mallory"))).isEqualTo(1);
    }
  }

  @Test
  void the_session_of_another_role_is_told_as_such_even_if_it_could_see_everything()
      throws SQLException {
    ConnectionFactory straying = (user, credential) -> server.connect("owner", Secret.of("owner"));
    try (UserPoolManager manager =
        UserPoolManager.builder(straying, server).tableOwners(() -> Set.of("owner")).build()) {
      assertThatThrownBy(() -> rowsSeenBy(manager.getPool("alice")))
          .isInstanceOf(WrongSessionUserException.class);
    }
  }
}
