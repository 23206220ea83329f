package dev.onbehalf.rowsecurity.internal.catalog;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/** Names as SQL writes them. */
public final class Names {
  private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_]*");

  private Names() {}

  /** Quoted always: what is sent to a server. */
  public static String quoted(String name) {
    if (name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("PostgreSQL knows no text with a NUL character");
    }
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** Quoted where it must be: what is read by people. */
  public static String readable(String name) {
    return PLAIN.matcher(name).matches() ? name : visible(quoted(name));
  }

  /**
   * Text of one line that does what it says: a name that breaks lines or moves the cursor would
   * write into a report what nobody found.
   */
  public static String visible(String text) {
    if (text.codePoints().noneMatch(Names::isHidden)) {
      return text;
    }
    StringBuilder visible = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (isHidden(c)) {
                visible.append(String.format(Locale.ROOT, "\\u%04X", c));
              } else {
                visible.appendCodePoint(c);
              }
            });
    return visible.toString();
  }

  private static boolean isHidden(int character) {
    int type = Character.getType(character);
    return type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }

  /** The longest name that the server keeps, in bytes. */
  private static final int LONGEST = 63;

  /** A name and something behind it, of which the server cuts nothing off. */
  public static String with(String name, String suffix) {
    String base = name;
    while ((base + suffix).getBytes(StandardCharsets.UTF_8).length > LONGEST) {
      base = base.substring(0, base.offsetByCodePoints(base.length(), -1));
    }
    return base + suffix;
  }

  /** A string constant. */
  public static String literal(String text) {
    return (text.contains("\\") ? "E'" : "'") + text.replace("\\", "\\\\").replace("'", "''") + "'";
  }
}
