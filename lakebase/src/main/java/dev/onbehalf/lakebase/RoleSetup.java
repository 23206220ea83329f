package dev.onbehalf.lakebase;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/**
 * The SQL and the command line that give a person a PostgreSQL role and its rights, for messages
 * and for set-up scripts. Every identifier and literal is quoted (PostgreSQL manual, 4.1.1 and
 * 4.1.2.1), so that an address can't break out of its place.
 *
 * <pre>{@code
 * RoleSetup.createRole("alice@example.com");         // SELECT databricks_create_role('alice@example.com', 'USER');
 * RoleSetup.grantRole("app_users", "alice@example.com"); // GRANT "app_users" TO "alice@example.com";
 * }</pre>
 */
public final class RoleSetup {
  private RoleSetup() {}

  /** The SQL that makes a role for a workspace user; needs the extension databricks_auth. */
  public static String createRole(String user) {
    return "SELECT databricks_create_role(%s, 'USER');".formatted(literal(user));
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

  /** The SQL that makes {@code user} a member of {@code group}. */
  public static String grantRole(String group, String user) {
    return "GRANT %s TO %s;".formatted(identifier(group), identifier(user));
  }

  /** Quotes an SQL identifier. */
  public static String identifier(String name) {
    return '"' + withoutNul(name).replace("\"", "\"\"") + '"';
  }

  /** Quotes an SQL string literal, the same under either {@code standard_conforming_strings}. */
  public static String literal(String value) {
    String doubled = withoutNul(value).replace("'", "''");
    return value.indexOf('\\') < 0
        ? "'" + doubled + "'"
        : " E'" + doubled.replace("\\", "\\\\") + "'";
  }

  private static String withoutNul(String value) {
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("PostgreSQL has no strings with NUL characters");
    }
    return value;
  }

  private static String shellWord(String value) {
    return "'" + value.replace("'", "'\\''") + "'";
  }
}
