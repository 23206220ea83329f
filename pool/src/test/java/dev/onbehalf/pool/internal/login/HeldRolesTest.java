package dev.onbehalf.pool.internal.login;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.pool.PostgresServer;
import dev.onbehalf.pool.internal.login.RolesAbove.Answer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** One list for everybody says what each one's own session says. */
final class HeldRolesTest {
  private static final Set<String> OWNERS = Set.of("r0", "pg_database_owner", "no such role");

  private final PostgresServer server = PostgresServer.get();

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void the_list_clears_exactly_those_whom_their_own_session_clears() throws SQLException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int roles = 60;
    try (Connection connection = server.superuser()) {
      List<String> sql = new ArrayList<>();
      for (int i = 0; i < roles; i++) {
        String attribute =
            switch (random.nextInt(30)) {
              case 0 -> "bypassrls";
              case 1 -> "replication";
              case 2 -> "superuser";
              case 3 -> "createrole";
              default -> "noinherit";
            };
        sql.add("create role r%s login %s".formatted(i, attribute));
      }
      for (int i = 0; i < roles; i++) {
        int member = 1 + random.nextInt(roles - 1);
        String option = random.nextBoolean() ? "set false, inherit false" : "admin true, set false";
        sql.add("grant r%s to r%s with %s".formatted(random.nextInt(member), member, option));
      }
      sql.add("grant pg_read_all_data to r3; grant pg_monitor to r4");
      sql.add("alter database postgres owner to r5");
      execute(connection, String.join(";", sql));
      HeldRoles list = HeldRoles.read(connection, OWNERS, null, 0);
      int cleared = 0;
      for (int i = 0; i < roles; i++) {
        String role = "r" + i;
        boolean clear = isClear(ask(connection, role));
        assertThat(list.hold(role)).as("%s, seed %s", role, seed).isEqualTo(clear);
        cleared += clear ? 1 : 0;
      }
      assertThat(cleared).as("seed %s", seed).isPositive().isLessThan(roles);
      assertThat(list.hold("r" + roles)).as("a role that is not there").isFalse();
    } finally {
      dropAll();
    }
  }

  private static Answer ask(Connection connection, String role) throws SQLException {
    execute(connection, "set session authorization " + role);
    try {
      return RolesAbove.ask(connection, OWNERS);
    } finally {
      execute(connection, "reset session authorization");
    }
  }

  private static boolean isClear(Answer answer) {
    return answer.attribute().isEmpty()
        && answer.owner().isEmpty()
        && answer.predefined().isEmpty()
        && answer.taken().isEmpty();
  }

  private void dropAll() throws SQLException {
    try (Connection connection = server.superuser()) {
      execute(connection, "alter database postgres owner to postgres");
      execute(
          connection,
          """
          do $$ declare roles text; begin loop
            select string_agg(rolname, ',') into roles from
              (select rolname from pg_roles where rolname ~ '^r[0-9]+$' limit 100) as hundred;
            exit when roles is null;
            execute 'drop role ' || roles;
            commit;
          end loop; end $$""");
    }
  }

  @Test
  void with_20_000_roles_it_is_read_in_a_fraction_of_a_second() throws SQLException {
    try (Connection connection = server.superuser()) {
      execute(
          connection,
          """
          create role everybody; create role warden bypassrls; create role few;
          grant warden to few""");
      execute(
          connection,
          """
          do $$ begin for i in 1..20000 loop
            execute 'create role r' || i || ' login in role everybody';
            if i % 100 = 0 then execute 'grant few to r' || i; commit; end if;
          end loop; end $$""");
    }
    try (Connection connection = server.superuser()) {
      HeldRoles first = HeldRoles.read(connection, OWNERS, null, 0);
      long start = System.nanoTime();
      HeldRoles second = HeldRoles.read(connection, OWNERS, first, 1);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      assertThat(second.hold("r101")).isTrue();
      assertThat(second.hold("r100")).isFalse();
      assertThat(took).isLessThan(Duration.ofSeconds(1));
    } finally {
      dropAll();
      try (Connection connection = server.superuser()) {
        execute(connection, "drop role everybody, warden, few");
      }
    }
  }
}
