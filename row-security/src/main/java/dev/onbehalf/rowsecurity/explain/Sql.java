package dev.onbehalf.rowsecurity.explain;

/** Texts as PostgreSQL reads them, whatever its settings. */
final class Sql {
  private Sql() {}

  /** With the E, so that backslashes mean the same under any standard_conforming_strings. */
  static String literal(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("PostgreSQL knows no text with a NUL character");
    }
    return " E'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
  }
}
