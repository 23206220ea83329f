package dev.onbehalf.rowsecurity.internal.catalog;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A rule, by {@code CREATE RULE}, that does something else with what is written.
 *
 * @param privilege with which somebody has it done
 * @param definition the statement that makes it, names with their schema
 */
public record RewriteRule(String name, Relation table, String privilege, String definition) {
  private static final Pattern STRING = Pattern.compile("'[^']*+'");
  private static final String DO = " DO ";
  private static final String INSTEAD = "INSTEAD ";

  /** Whether it does so in the place of what is written, not along with it. */
  public boolean isInstead() {
    return afterDo().startsWith(INSTEAD);
  }

  /** What it does, statements of SQL. */
  public String actions() {
    return isInstead() ? afterDo().substring(INSTEAD.length()) : afterDo();
  }

  /** As a function of its table's owner that calls others as who asks. */
  public Function asFunction() {
    String actions =
        actions().replaceAll("\\b(?:CURRENT_USER|CURRENT_ROLE|USER)\\b", "session_user");
    return new Function(
        0,
        table.schema(),
        name,
        "",
        table.owner(),
        false,
        'v',
        false,
        List.of(),
        "sql",
        actions,
        false,
        "void",
        false,
        table.reported());
  }

  private String afterDo() {
    String code = STRING.matcher(definition).replaceAll(it -> "_".repeat(it.group().length()));
    return definition.substring(code.indexOf(DO) + DO.length());
  }
}
