package dev.onbehalf.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.pool.internal.PlainConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is above Row-Level Security is known from a list, and what that may miss is bounded. */
final class HeldRolesAgeTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final PostgresServer server = PostgresServer.get();
  private final AtomicInteger questions = new AtomicInteger();

  @BeforeEach
  void roles() throws SQLException {
    execute(
        """
        create role team; create role warden bypassrls; create role owner;
        create role mallory login password 'mallory'; grant team to mallory""");
  }

  @AfterEach
  void asBefore() throws SQLException {
    execute("drop role mallory, team, warden, owner; drop role if exists newcomer");
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = server.superuser();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private UserPoolManager.Builder builder(Duration maxAge) {
    return builder(server, maxAge);
  }

  private UserPoolManager.Builder builder(ConnectionFactory factory, Duration maxAge) {
    return UserPoolManager.builder(factory, server)
        .tableOwners(() -> Set.of("owner"))
        .rlsCheckMaxAge(maxAge)
        .connectionTimeout(Duration.ofSeconds(10));
  }

  /** Counts what the pool asks. */
  private final class CountingFactory implements ConnectionFactory {
    private final boolean reports;

    CountingFactory(boolean reports) {
      this.reports = reports;
    }

    @Override
    public Connection connect(String user, Secret credential) throws SQLException {
      return new PlainConnection(server.connect(user, credential)) {
        @Override
        public Statement createStatement() throws SQLException {
          questions.incrementAndGet();
          return super.createStatement();
        }
      };
    }

    @Override
    public Optional<String> reportedUser(Connection connection) throws SQLException {
      return reports ? server.reportedUser(connection) : Optional.empty();
    }
  }

  private static void logIn(UserPoolManager manager, String user) throws SQLException {
    manager.closePool(user);
    manager.getPool(user).getConnection().close();
  }

  private static void assertRefused(UserPoolManager manager, String user) {
    assertThatThrownBy(() -> logIn(manager, user)).isInstanceOf(RlsBypassException.class);
  }

  @Test
  void once_the_list_is_known_a_login_asks_nothing() throws SQLException {
    try (UserPoolManager manager = builder(new CountingFactory(true), LONG).build()) {
      logIn(manager, "alice");
      questions.set(0);
      logIn(manager, "alice");
      logIn(manager, "bob");
      logIn(manager, "mallory");
      assertThat(questions).hasValue(0);
    }
  }

  @Test
  void where_the_server_has_not_said_whose_session_it_is_that_is_asked() throws SQLException {
    try (UserPoolManager manager = builder(new CountingFactory(false), LONG).build()) {
      logIn(manager, "alice");
      questions.set(0);
      logIn(manager, "bob");
      assertThat(questions).hasValue(1);
    }
  }

  @Test
  void at_an_age_of_zero_each_login_asks_once() throws SQLException {
    try (UserPoolManager manager = builder(new CountingFactory(true), Duration.ZERO).build()) {
      logIn(manager, "alice");
      logIn(manager, "bob");
      assertThat(questions).hasValue(2);
    }
  }

  @Test
  void the_session_of_another_is_refused_whether_or_not_the_server_says_whose_it_is() {
    for (boolean reports : new boolean[] {true, false}) {
      ConnectionFactory straying =
          new ConnectionFactory() {
            @Override
            public Connection connect(String user, Secret credential) throws SQLException {
              return server.connect("bob", Secret.of("bob"));
            }

            @Override
            public Optional<String> reportedUser(Connection connection) throws SQLException {
              return reports ? server.reportedUser(connection) : Optional.empty();
            }
          };
      for (boolean allowed : new boolean[] {true, false}) {
        try (UserPoolManager manager = builder(straying, LONG).allowRlsBypass(allowed).build()) {
          for (int login = 0; login < 2; login++) {
            assertThatThrownBy(() -> logIn(manager, "alice"))
                .isInstanceOf(WrongSessionUserException.class)
                .hasMessageContaining("bob");
            manager.credentialRenewed("alice");
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alter role mallory superuser",
        "alter role mallory replication",
        "grant warden to team",
        "grant owner to mallory",
        "grant pg_read_all_data to team",
        "alter role mallory set role = team",
        "alter role mallory in database postgres set role = team",
        "alter database postgres owner to mallory"
      })
  void what_a_role_is_given_is_noticed_once_the_list_is_too_old(String rise) throws SQLException {
    try (UserPoolManager manager =
        builder(Duration.ofMillis(300))
            .tableOwners(() -> Set.of("owner", "pg_database_owner"))
            .build()) {
      logIn(manager, "mallory");
      execute(rise);
      await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertRefused(manager, "mallory"));
    } finally {
      execute("alter database postgres owner to postgres");
    }
  }

  @Test
  void who_has_been_refused_gets_in_at_once_when_that_is_mended() throws SQLException {
    execute("alter role mallory bypassrls");
    try (UserPoolManager manager = builder(LONG).build()) {
      logIn(manager, "alice");
      assertRefused(manager, "mallory");
      execute("alter role mallory nobypassrls");
      manager.credentialRenewed("mallory");
      logIn(manager, "mallory");
    }
  }

  @Test
  void a_role_that_was_made_since_is_asked_about() throws SQLException {
    try (UserPoolManager manager = builder(LONG).build()) {
      logIn(manager, "alice");
      execute("create role newcomer login superuser password 'newcomer'");
      assertRefused(manager, "newcomer");
      execute("alter role newcomer nosuperuser");
      manager.credentialRenewed("newcomer");
      logIn(manager, "newcomer");
    }
  }

  @Test
  void another_owner_of_the_tables_counts_at_once() throws SQLException {
    AtomicReference<Set<String>> owners = new AtomicReference<>(Set.of("owner"));
    try (UserPoolManager manager = builder(LONG).tableOwners(owners::get).build()) {
      logIn(manager, "mallory");
      owners.set(Set.of("owner", "team"));
      assertRefused(manager, "mallory");
    }
  }

  @Test
  void a_setting_for_everybody_has_everybody_asked() throws SQLException {
    execute("alter role postgres set role = none; alter role all set role = team");
    try (UserPoolManager manager = builder(LONG).build()) {
      logIn(manager, "alice"); // may not become team, so it remains who it is
      assertRefused(manager, "mallory");
    } finally {
      execute("alter role all reset role; alter role postgres reset role");
    }
  }

  @Test
  void what_runs_at_login_has_everybody_asked() throws SQLException {
    execute(
        """
        create function elsewhere() returns event_trigger language plpgsql as $$ begin
          if session_user = 'mallory' then perform set_config('role', 'team', false); end if;
        end $$;
        create event trigger at_login on login execute function elsewhere();
        alter event trigger at_login enable always""");
    try (UserPoolManager manager = builder(LONG).build()) {
      logIn(manager, "alice");
      assertRefused(manager, "mallory");
    } finally {
      execute("drop event trigger at_login; drop function elsewhere");
    }
  }

  @Test
  void where_the_list_can_not_be_read_each_is_asked_in_person() throws SQLException {
    execute("revoke select on pg_auth_members from public; grant warden to mallory");
    try (UserPoolManager manager = builder(LONG).build()) {
      logIn(manager, "alice");
      assertRefused(manager, "mallory");
    } finally {
      execute("grant select on pg_auth_members to public");
    }
  }
}
