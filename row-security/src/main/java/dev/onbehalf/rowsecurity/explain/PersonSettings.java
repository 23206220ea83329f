package dev.onbehalf.rowsecurity.explain;

import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Switch;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a person's sessions begin with: ALTER ROLE ... SET and its like, the narrower before the
 * wider. Only what a policy can depend on is looked at: search_path, row_security, and settings of
 * the application's own, which have a dot in their name.
 */
record PersonSettings(Map<String, String> values, String defaultPath) {
  private static final String SETTINGS =
      """
      SELECT split_part(s.setting, '=', 1), substr(s.setting, strpos(s.setting, '=') + 1)
      FROM pg_db_role_setting d, unnest(d.setconfig) s(setting)
      WHERE d.setrole IN (0, ?::oid)
        AND d.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
      ORDER BY d.setrole <> 0, d.setdatabase <> 0\
      """;

  /** What the server has for all, unless the asker's session has its own: then PostgreSQL's. */
  private static final String DEFAULT_PATH =
      """
      SELECT CASE WHEN source IN ('client', 'user', 'database user', 'session')
        THEN boot_val ELSE reset_val END
      FROM pg_settings WHERE name = 'search_path'\
      """;

  static PersonSettings read(Session session, Facts facts) throws SQLException {
    Map<String, String> values = new LinkedHashMap<>();
    session.list(
        SETTINGS, row -> values.put(row.getString(1), row.getString(2)), facts.person().oid());
    String path = session.list(DEFAULT_PATH, row -> row.getString(1)).get(0);
    return new PersonSettings(values, path);
  }

  boolean rowSecurityIsOff() {
    return Switch.isOff(values.getOrDefault("row_security", "on"));
  }

  String searchPath() {
    return values.getOrDefault("search_path", defaultPath);
  }

  /** Statements that make the application's own settings what they are for the person. */
  String statements() {
    return values.entrySet().stream()
        .filter(setting -> setting.getKey().contains("."))
        .map(
            setting ->
                "SET LOCAL %s =".formatted(Names.quoted(setting.getKey()).replace(".", "\".\""))
                    + Sql.literal(setting.getValue())
                    + "; ")
        .collect(Collectors.joining());
  }
}
