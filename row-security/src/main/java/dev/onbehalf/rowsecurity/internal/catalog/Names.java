package dev.onbehalf.rowsecurity.internal.catalog;

import java.util.regex.Pattern;

/** Names as SQL writes them. */
public final class Names {
  private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_]*");

  private Names() {}

  /** Quoted always: what is sent to a server. */
  public static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** Quoted where it must be: what is read by people. */
  public static String readable(String name) {
    return PLAIN.matcher(name).matches() ? name : quoted(name);
  }

  /** A string constant. */
  public static String literal(String text) {
    return (text.contains("\\") ? "E'" : "'") + text.replace("\\", "\\\\").replace("'", "''") + "'";
  }
}
