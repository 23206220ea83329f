package dev.onbehalf.rowsecurity.explain;

import dev.onbehalf.rowsecurity.internal.catalog.Names;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A table and its schema, spelt as the catalog has them.
 *
 * <pre>{@code
 * TableName orders = TableName.parse("shop.orders");
 * TableName odd = TableName.parse("shop.\"Odd.Name\"");
 * }</pre>
 */
public record TableName(String schema, String name) {
  private static final String PART = "(\"(?:[^\"]|\"\")+\"|[^\".]+)";
  private static final Pattern TWO_PARTS = Pattern.compile(PART + "\\." + PART);

  /**
   * Reads {@code schema.table}; a part that is not in double quotes is taken as it stands.
   *
   * @throws IllegalArgumentException if it is not two names with a dot between them
   */
  public static TableName parse(String text) {
    Matcher parts = TWO_PARTS.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "A table is named with its schema, shop.orders, not " + text);
    }
    return new TableName(unquoted(parts.group(1)), unquoted(parts.group(2)));
  }

  private static String unquoted(String part) {
    return part.startsWith("\"")
        ? part.substring(1, part.length() - 1).replace("\"\"", "\"")
        : part;
  }

  String sql() {
    return Names.quoted(schema) + "." + Names.quoted(name);
  }

  @Override
  public String toString() {
    return schema + "." + name;
  }
}
