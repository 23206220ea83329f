package dev.onbehalf.rowsecurity.explain;

/** Names and texts as PostgreSQL reads them, whatever its settings. */
final class Sql {
  private Sql() {}

  static String identifier(String name) {
    requireNoNul(name);
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** With the E, so that backslashes mean the same under any standard_conforming_strings. */
  static String literal(String text) {
    requireNoNul(text);
    return " E'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
  }

  private static void requireNoNul(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("PostgreSQL knows no text with a NUL character");
    }
  }
}
