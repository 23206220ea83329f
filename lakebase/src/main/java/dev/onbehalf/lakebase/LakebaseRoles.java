package dev.onbehalf.lakebase;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.onbehalf.identity.RoleMaking;
import dev.onbehalf.identity.RoleSetup;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * People's roles on Lakebase, where the extension {@code databricks_auth} makes them: a role that
 * it has made logs in with a database credential.
 *
 * <pre>{@code
 * LakebaseRoles.ofGroup("app_users").user("alice@example.com").apply(connection);
 * }</pre>
 *
 * <p>Where the extension is not to be had, roles are made with {@code CREATE ROLE … LOGIN}. The
 * other methods give single statements, for messages. Thread-safe; what {@link #ofGroup} gives is
 * not.
 */
public final class LakebaseRoles {
  private LakebaseRoles() {}

  /** A {@link RoleSetup} that makes roles so; it has the errors. */
  public static RoleSetup ofGroup(String group) {
    return RoleSetup.ofGroup(group, LakebaseRoles::making);
  }

  private static UnaryOperator<String> making(Connection connection, List<String> before)
      throws SQLException {
    DatabricksAuth extension = new DatabricksAuth(connection);
    return switch (extension.state()) {
      case ABSENT -> RoleMaking.CREATE_ROLE.in(connection, before);
      case AVAILABLE -> {
        before.add("CREATE EXTENSION databricks_auth SCHEMA public;");
        yield LakebaseRoles::createRole;
      }
      case INSTALLED -> {
        String schema = extension.schemaOfCreateRole().orElseThrow(LakebaseRoles::notItsOwn);
        yield user -> createRole(schema, user);
      }
    };
  }

  private static IllegalStateException notItsOwn() {
    return new IllegalStateException(
        "The extension databricks_auth has no function databricks_create_role that a superuser"
            + " owns, and anybody else's is not called");
  }

  /**
   * The SQL that makes a role for a workspace user; needs the extension databricks_auth, in the
   * schema public, where it is unless somebody chose another.
   *
   * <p>It names the schema because an administrator runs it under a search path of their own, in
   * which people may have put a function of that name. {@link RoleSetup#apply} asks the catalog
   * where the extension is, and {@link #createRoleCommand} needs no SQL at all.
   */
  public static String createRole(String user) {
    return createRoleIn("public", user);
  }

  private static String createRole(String schema, String user) {
    return schema.equals("public")
        ? createRole(user)
        : createRoleIn(RoleSetup.identifier(schema), user);
  }

  private static String createRoleIn(String schema, String user) {
    return "SELECT %s.databricks_create_role(%s, 'USER');"
        .formatted(schema, RoleSetup.literal(user));
  }

  /**
   * The Databricks CLI's call that makes a role for a workspace user.
   *
   * @param endpoint {@code projects/…/branches/…/endpoints/…}, whose branch the role belongs to
   */
  public static String createRoleCommand(String endpoint, String user) {
    int end = endpoint.indexOf("/endpoints/");
    String branch = end < 0 ? endpoint : endpoint.substring(0, end);
    String json =
        "{\"spec\": {\"postgres_role\": \"%s\", \"identity_type\": \"USER\"}}"
            .formatted(new String(JsonStringEncoder.getInstance().quoteAsString(user)));
    return "databricks postgres create-role %s --json %s".formatted(branch, shellWord(json));
  }

  private static String shellWord(String value) {
    return "'" + value.replace("'", "'\\''") + "'";
  }
}
