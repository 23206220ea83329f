package dev.onbehalf.rowsecurity.explain;

import java.sql.Array;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The policies of a table that bind a person, by name. Their expressions are texts that mean the
 * same under the search_path of the moment, for PostgreSQL writes them so.
 */
final class Policies {

  /**
   * One of them.
   *
   * @param command as {@code pg_policy.polcmd} has it; {@code *} is ALL
   * @param roles whom it is for; PUBLIC is everybody
   */
  record Policy(
      String name,
      String command,
      boolean permissive,
      List<String> roles,
      @Nullable String using,
      @Nullable String check) {

    boolean isFor(Command asked) {
      return command.equals("*") || command.equals(asked.code);
    }

    /** What new rows must satisfy: USING stands in for a WITH CHECK that is not there. */
    @Nullable String checkOrUsing() {
      return check != null ? check : using;
    }
  }

  private static final String OF_PERSON =
      """
      SELECT p.polname, p.polcmd::text, p.polpermissive,
        ARRAY(SELECT COALESCE(r.rolname, 'PUBLIC')::text
              FROM unnest(p.polroles) o LEFT JOIN pg_roles r ON r.oid = o ORDER BY 1),
        pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
      FROM pg_policy p, (SELECT set_config('search_path', ?, true) OFFSET 0) path
      WHERE p.polrelid = ?
        AND EXISTS (SELECT FROM unnest(p.polroles) o WHERE o = 0 OR pg_has_role(?::oid, o, 'USAGE'))
      ORDER BY p.polname COLLATE "C"\
      """;

  private Policies() {}

  /**
   * @param path the search_path for which expressions are written. It is set while the query runs,
   *     which itself has been read under the safe one.
   */
  static List<Policy> ofPerson(Session session, Facts facts, String path) throws SQLException {
    List<Policy> policies =
        session.list(
            OF_PERSON,
            row -> {
              Array roles = row.getArray(4);
              return new Policy(
                  row.getString(1),
                  row.getString(2),
                  row.getBoolean(3),
                  new ArrayList<>(Arrays.asList((String[]) roles.getArray())),
                  row.getString(5),
                  row.getString(6));
            },
            path,
            facts.table().oid(),
            facts.person().oid());
    session.execute("SET LOCAL search_path = " + Session.SAFE_PATH);
    return policies;
  }
}
