package dev.onbehalf.playground;

import static dev.onbehalf.lakebase.RoleSetup.Privilege.DELETE;
import static dev.onbehalf.lakebase.RoleSetup.Privilege.INSERT;
import static dev.onbehalf.lakebase.RoleSetup.Privilege.SELECT;
import static dev.onbehalf.lakebase.RoleSetup.Privilege.UPDATE;

import dev.onbehalf.lakebase.Lakebase;
import dev.onbehalf.lakebase.RoleSetup;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
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
 * <p>The roles of local people exist already, and get the demo's rights here. On a real Lakebase an
 * administrator gives them, with the SQL that the demo's error message shows.
 */
@Component
class DatabaseSetUp implements SmartInitializingSingleton {
  static final String GROUP = "raw_example_users";
  private static final Logger log = LoggerFactory.getLogger(DatabaseSetUp.class);

  private final Lakebase lakebase;
  private final List<String> localUsers;

  DatabaseSetUp(Lakebase lakebase, Optional<LakebaseLocal> local) {
    this.lakebase = lakebase;
    this.localUsers = local.map(LakebaseLocal::users).orElse(List.of());
  }

  @Override
  public void afterSingletonsInstantiated() {
    try (Connection connection = lakebase.servicePrincipal().getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(script());
      roles().apply(connection);
      connection.commit();
      log.info("Schema raw_example is set up, owned by {}", lakebase.servicePrincipalRole());
    } catch (SQLException | IOException e) {
      throw new IllegalStateException(
          "The service principal could not set up the schema raw_example: " + e.getMessage(), e);
    }
  }

  private RoleSetup roles() {
    RoleSetup roles =
        RoleSetup.ofGroup(GROUP)
            .schema("raw_example")
            .table("raw_example", "products", SELECT, INSERT, UPDATE, DELETE);
    localUsers.forEach(roles::user);
    return roles;
  }

  private static String script() throws IOException {
    return new ClassPathResource("raw_example.sql").getContentAsString(StandardCharsets.UTF_8);
  }
}
