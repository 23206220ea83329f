package dev.onbehalf.playground;

import static dev.onbehalf.identity.RoleSetup.Privilege.DELETE;
import static dev.onbehalf.identity.RoleSetup.Privilege.INSERT;
import static dev.onbehalf.identity.RoleSetup.Privilege.SELECT;
import static dev.onbehalf.identity.RoleSetup.Privilege.UPDATE;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.RoleSetup;
import dev.onbehalf.lakebase.LakebaseRoles;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;

/**
 * Makes the demo's schema, table, policies and sample rows as the service principal, before the
 * first request is taken (see {@code raw_example.sql}), and the group that may use them.
 *
 * <p>The roles of local people exist already, and get the demo's rights here, and products of their
 * own, so that there is something to hide. On a real Lakebase an administrator gives the rights,
 * with the SQL that the demo's error message shows, and nothing is made for anybody.
 */
@Component
class DatabaseSetUp implements SmartInitializingSingleton {
  static final String GROUP = "raw_example_users";
  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final String LOCKS =
      "SELECT l.pid, a.usename, l.locktype, l.relation, l.mode FROM pg_catalog.pg_locks l"
          + " JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid"
          + " WHERE l.granted;";
  private static final String PEOPLE =
      "SELECT pg_catalog.set_config('raw_example.people', ?, true)"; // for this transaction
  private static final Logger log = LoggerFactory.getLogger(DatabaseSetUp.class);

  private final OnBehalfDatabase database;
  private final List<String> localUsers;

  DatabaseSetUp(OnBehalfDatabase database, Optional<LakebaseLocal> local) {
    this.database = database;
    this.localUsers = local.map(LakebaseLocal::users).orElse(List.of());
  }

  @Override
  public void afterSingletonsInstantiated() {
    try (Connection connection = database.servicePrincipal().getConnection();
        PreparedStatement people = connection.prepareStatement(PEOPLE);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      people.setString(1, String.join("\n", localUsers));
      people.execute();
      statement.execute(script());
      roles().apply(connection);
      connection.commit();
      log.info("Schema raw_example is set up, owned by {}", database.servicePrincipalRole());
    } catch (SQLException | IOException e) {
      throw new IllegalStateException(
          "The service principal could not set up the schema raw_example: %s%s"
              .formatted(e.getMessage(), remedy(e)),
          e);
    }
  }

  /**
   * The advisory lock can be taken by whoever can log in, and the table's by whoever may use it.
   */
  private static String remedy(Exception e) {
    return e instanceof SQLException sql && LOCK_NOT_AVAILABLE.equals(sql.getSQLState())
        ? ". Another session holds the table raw_example.products, or the advisory lock"
            + " pg_catalog.hashtextextended('raw_example', 0) by which instances take turns. An"
            + " administrator sees which with "
            + LOCKS
            + " and ends it with the function pg_catalog.pg_terminate_backend."
        : "";
  }

  private RoleSetup roles() {
    RoleSetup roles =
        LakebaseRoles.ofGroup(GROUP)
            .schema("raw_example")
            .table("raw_example", "products", SELECT, INSERT, UPDATE, DELETE);
    localUsers.forEach(roles::user);
    return roles;
  }

  private static String script() throws IOException {
    return new ClassPathResource("raw_example.sql").getContentAsString(StandardCharsets.UTF_8);
  }
}
