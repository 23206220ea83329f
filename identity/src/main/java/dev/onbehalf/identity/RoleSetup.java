package dev.onbehalf.identity;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Gives people their PostgreSQL roles, and the roles their rights through one group.
 *
 * <pre>{@code
 * RoleSetup setup = RoleSetup.ofGroup("app_users").user("alice@example.com")
 *     .schema("app").table("app", "orders", Privilege.SELECT, Privilege.INSERT);
 * setup.dryRun(connection).forEach(System.out::println);  // what apply(connection) would run
 * }</pre>
 *
 * <p>What is there already is left alone, so that the second run finds nothing to do. Roles are
 * made with {@code CREATE ROLE … LOGIN} unless a platform has another way; never with an attribute
 * that Row-Level Security does not hold, and a group that has one takes nobody in.
 *
 * <p>Every identifier and literal is quoted (PostgreSQL manual, 4.1.1 and 4.1.2), so that a name
 * can't break out of its place. The static methods give single statements, for messages. Not
 * thread-safe.
 */
public final class RoleSetup {
  private static final int MAX_NAME_BYTES = 63;

  /** What the group may do with a table (PostgreSQL manual, 5.8). */
  public enum Privilege {
    SELECT,
    INSERT,
    UPDATE,
    DELETE
  }

  private record TableGrant(String schema, String table, Set<Privilege> privileges) {}

  private final String group;
  private final Set<String> users = new LinkedHashSet<>();
  private final Set<String> schemas = new LinkedHashSet<>();
  private final List<TableGrant> tables = new ArrayList<>();

  private final RoleMaking making;

  private RoleSetup(String group, RoleMaking making) {
    this.group = group;
    this.making = making;
  }

  /**
   * A set-up of the role that holds the rights, which cannot log in itself.
   *
   * @throws IllegalArgumentException here and below, for a name that is empty, has a NUL character
   *     or more than 63 bytes of UTF-8, which PostgreSQL would cut; for a role also {@code public},
   *     {@code none} and what begins with {@code pg_}
   */
  public static RoleSetup ofGroup(String group) {
    return ofGroup(group, RoleMaking.CREATE_ROLE);
  }

  /** The same, with people's roles made in another way. */
  public static RoleSetup ofGroup(String group, RoleMaking making) {
    return new RoleSetup(role(group), making);
  }

  /** Adds a person, who gets a role that can log in, and becomes a member of the group. */
  public RoleSetup user(String user) {
    users.add(role(user));
    return this;
  }

  /** Lets the group use a schema. */
  public RoleSetup schema(String schema) {
    schemas.add(name(schema));
    return this;
  }

  /** Gives the group privileges on a table. */
  public RoleSetup table(String schema, String table, Privilege first, Privilege... more) {
    tables.add(new TableGrant(name(schema), name(table), EnumSet.of(first, more)));
    return this;
  }

  /**
   * The statements that {@link #apply} would run now, in their order; none when all is done.
   *
   * @throws IllegalStateException if the group is a superuser or has BYPASSRLS, or if the
   *     platform's way to make roles can't be trusted
   */
  public List<String> dryRun(Connection connection) throws SQLException {
    RoleCatalog catalog = new RoleCatalog(connection);
    if (catalog.bypassesRls(group)) {
      throw new IllegalStateException(
          "The group %s is a superuser or has BYPASSRLS: nobody is made a member of it"
              .formatted(identifier(group)));
    }
    List<String> statements = new ArrayList<>();
    if (!catalog.hasRole(group)) {
      statements.add("CREATE ROLE %s NOLOGIN;".formatted(identifier(group)));
    }
    addUsers(catalog, connection, statements);
    addGrants(catalog, statements);
    return statements;
  }

  private void addUsers(RoleCatalog catalog, Connection connection, List<String> statements)
      throws SQLException {
    @Nullable UnaryOperator<String> creation = null;
    for (String user : users) {
      if (!catalog.hasRole(user)) {
        if (creation == null) {
          creation = making.in(connection, statements);
        }
        statements.add(creation.apply(user));
      }
      if (!catalog.isMember(user, group)) {
        statements.add(grantRole(group, user));
      }
    }
  }

  private void addGrants(RoleCatalog catalog, List<String> statements) throws SQLException {
    for (String schema : schemas) {
      if (!catalog.mayUse(group, schema)) {
        statements.add(
            "GRANT USAGE ON SCHEMA %s TO %s;".formatted(identifier(schema), identifier(group)));
      }
    }
    for (TableGrant grant : tables) {
      List<String> missing = new ArrayList<>();
      for (Privilege privilege : grant.privileges()) {
        if (!catalog.may(group, privilege, grant.schema(), grant.table())) {
          missing.add(privilege.name());
        }
      }
      if (!missing.isEmpty()) {
        statements.add(
            "GRANT %s ON %s.%s TO %s;"
                .formatted(
                    String.join(", ", missing),
                    identifier(grant.schema()),
                    identifier(grant.table()),
                    identifier(group)));
      }
    }
  }

  /**
   * Does what is not done yet, all of it or nothing; within the connection's transaction if it has
   * auto-commit off, else in one of its own. Several at once take turns. Needs CREATEROLE, and the
   * right to grant. It waits for no lock longer than 5 seconds; the connection's search_path and
   * lock_timeout are the same afterwards as before.
   *
   * @return the statements that were run
   * @throws IllegalStateException if the group is a superuser or has BYPASSRLS, or if the
   *     platform's way to make roles can't be trusted
   * @throws SQLException if PostgreSQL refuses a statement; with SQLState 55P03 if another session
   *     holds a lock for too long, and the message says whose and what to do
   */
  public List<String> apply(Connection connection) throws SQLException {
    try {
      return new SetUpTransaction(connection).run(() -> run(connection));
    } catch (SetUpLock.GaveUpException e) {
      throw SetUpLock.explained(e, connection);
    }
  }

  private List<String> run(Connection connection) throws SQLException {
    if (dryRun(connection).isEmpty()) {
      return List.of(); // nobody's lock keeps a set-up waiting that has nothing to do
    }
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false); // braces in names are no JDBC escapes
      SetUpLock.take(statement);
      List<String> statements = dryRun(connection);
      for (String sql : statements) {
        SetUpLock.execute(sql, statement);
      }
      return statements;
    }
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

  /**
   * Quotes are no help with these: {@code GRANT … TO "public"} grants to everybody (PostgreSQL's
   * gram.y, RoleSpec), and pg_ is what the server's own powerful roles begin with (22.5).
   */
  static String role(String role) {
    if (role.equals("public") || role.equals("none") || role.startsWith("pg_")) {
      throw new IllegalArgumentException(
          "PostgreSQL keeps the name \"%s\" for itself; no role can be called so".formatted(role));
    }
    return name(role);
  }

  private static String name(String name) {
    int bytes = withoutNul(name).getBytes(StandardCharsets.UTF_8).length;
    if (bytes < 1 || bytes > MAX_NAME_BYTES) {
      throw new IllegalArgumentException(
          "A PostgreSQL name has 1 to %s bytes, and \"%s\" has %s"
              .formatted(MAX_NAME_BYTES, name, bytes));
    }
    return name;
  }

  private static String withoutNul(String value) {
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("PostgreSQL has no strings with NUL characters");
    }
    return value;
  }
}
