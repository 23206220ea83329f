package dev.onbehalf.lakebase;

import dev.onbehalf.identity.RoleSetup;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;

/** What a person leaves lying about for others to trip over; see {@code planted.sql}. */
final class PlantedSql {
  private PlantedSql() {}

  /** What rings when something planted is called; to be set once, and before that is planted. */
  static void setAlarm(Connection person) throws SQLException {
    execute(person, script("alarm.sql"));
  }

  /** Plants all of it, as the person whose connection this is. */
  static void plant(Connection person, String schema) throws SQLException {
    String quoted = RoleSetup.identifier(schema);
    execute(person, script("planted.sql").replace("planted_schema", quoted));
    if (!schema.equals("public")) {
      execute(person, "GRANT USAGE ON SCHEMA " + quoted + " TO PUBLIC");
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
    }
  }

  private static String script(String name) {
    try (InputStream in = PlantedSql.class.getResourceAsStream("/planted/" + name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How often anything planted was called, by whomever. */
  static long calls(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT CASE WHEN is_called THEN last_value OPERATOR(pg_catalog.+) 1::pg_catalog.int8"
                    + " ELSE 0 END FROM alarm.rung")) {
      row.next();
      return row.getLong(1);
    }
  }
}
