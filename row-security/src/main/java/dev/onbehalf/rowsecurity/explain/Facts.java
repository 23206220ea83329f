package dev.onbehalf.rowsecurity.explain;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the catalog knows of a table, the person and whoever asks. */
record Facts(Table table, Person person, Asker asker, List<Column> columns, int version) {

  record Table(long oid, TableName name, String owner, boolean rowSecurity, boolean forced) {}

  record Person(
      long oid, String name, boolean superuser, boolean bypassesRls, boolean owns, Rights rights) {}

  /** What the person may do, as the server says. */
  record Rights(boolean usage, boolean select, boolean insert, boolean update, boolean delete) {
    boolean on(Command command) {
      return switch (command) {
        case SELECT -> select;
        case INSERT -> insert;
        case UPDATE -> update;
        case DELETE -> delete;
      };
    }
  }

  /**
   * @param bound whether policies decide what they see of the table
   * @param reads whether they may read each column of it
   * @param authorizes whether their session may become anybody's, session_user included
   */
  record Asker(String name, boolean bound, boolean reads, boolean authorizes) {}

  record Column(
      String name,
      String type,
      boolean alwaysIdentity,
      boolean generated,
      boolean select,
      boolean insert,
      boolean update) {

    boolean allows(Command command) {
      return switch (command) {
        case SELECT -> select;
        case INSERT -> insert;
        case UPDATE -> update;
        case DELETE -> false;
      };
    }
  }

  private static final String TABLE =
      """
      SELECT c.oid, c.relkind, o.rolname, c.relrowsecurity, c.relforcerowsecurity,
        current_user, row_security_active(c.oid), has_table_privilege(c.oid, 'SELECT'),
        (SELECT rolsuper FROM pg_roles WHERE rolname = session_user),
        current_setting('server_version_num')::int
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_roles o ON o.oid = c.relowner
      WHERE n.nspname = ?::name AND c.relname = ?::name\
      """;

  private static final String PERSON =
      """
      SELECT r.oid, r.rolname, r.rolsuper, r.rolbypassrls,
        pg_has_role(r.oid, c.relowner, 'USAGE'),
        has_schema_privilege(r.oid, c.relnamespace, 'USAGE'),
        has_table_privilege(r.oid, c.oid, 'SELECT'), has_table_privilege(r.oid, c.oid, 'INSERT'),
        has_table_privilege(r.oid, c.oid, 'UPDATE'), has_table_privilege(r.oid, c.oid, 'DELETE')
      FROM pg_roles r, pg_class c
      WHERE r.rolname = ?::name AND c.oid = ?\
      """;

  private static final String COLUMNS =
      """
      SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attidentity = 'a',
        a.attgenerated <> '',
        has_column_privilege(r.oid, a.attrelid, a.attnum, 'SELECT'),
        has_column_privilege(r.oid, a.attrelid, a.attnum, 'INSERT'),
        has_column_privilege(r.oid, a.attrelid, a.attnum, 'UPDATE')
      FROM pg_attribute a, pg_roles r
      WHERE a.attrelid = ? AND a.attnum > 0 AND NOT a.attisdropped AND r.oid = ?
      ORDER BY a.attnum\
      """;

  private record Found(String kind, Table table, Asker asker, int version) {}

  /**
   * @throws IllegalArgumentException if there is no such table or person
   */
  static Facts read(Session session, TableName name, String person) throws SQLException {
    Found found =
        session.list(TABLE, row -> found(row, name), name.schema(), name.name()).stream()
            .findAny()
            .orElseThrow(() -> new IllegalArgumentException("There is no table " + name));
    if (!found.kind().equals("r") && !found.kind().equals("p")) {
      throw new IllegalArgumentException(
          name + " is no table: what is seen through it is decided by the tables under it");
    }
    long oid = found.table().oid();
    Person role =
        session.list(PERSON, Facts::person, person, oid).stream()
            .findAny()
            .orElseThrow(() -> new IllegalArgumentException("There is no role " + person));
    List<Column> columns = session.list(COLUMNS, Facts::column, oid, role.oid());
    return new Facts(found.table(), role, found.asker(), columns, found.version());
  }

  private static Found found(ResultSet row, TableName name) throws SQLException {
    return new Found(
        row.getString(2),
        new Table(row.getLong(1), name, row.getString(3), row.getBoolean(4), row.getBoolean(5)),
        new Asker(row.getString(6), row.getBoolean(7), row.getBoolean(8), row.getBoolean(9)),
        row.getInt(10));
  }

  private static Person person(ResultSet row) throws SQLException {
    return new Person(
        row.getLong(1),
        row.getString(2),
        row.getBoolean(3),
        row.getBoolean(4),
        row.getBoolean(5),
        new Rights(
            row.getBoolean(6),
            row.getBoolean(7),
            row.getBoolean(8),
            row.getBoolean(9),
            row.getBoolean(10)));
  }

  private static Column column(ResultSet row) throws SQLException {
    return new Column(
        row.getString(1),
        row.getString(2),
        row.getBoolean(3),
        row.getBoolean(4),
        row.getBoolean(5),
        row.getBoolean(6),
        row.getBoolean(7));
  }

  /** Whether session_user stays the asker's: SET ROLE leaves it as it is. */
  boolean keepsSessionUser() {
    return !asker.authorizes() && !asksForThemselves();
  }

  /** An expression with session_user as it would be for the person. */
  @Nullable String theirs(@Nullable String expression) {
    return expression == null || !keepsSessionUser()
        ? expression
        : Expression.withSessionUser(expression, person.name());
  }

  /**
   * The column of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  Column column(String name) {
    return find(name)
        .orElseThrow(() -> new IllegalArgumentException(table.name() + " has no column " + name));
  }

  Optional<Column> find(@Nullable String name) {
    return columns.stream().filter(column -> column.name().equals(name)).findAny();
  }

  boolean asksForThemselves() {
    return asker.name().equals(person.name());
  }
}
