package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.Trigger;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A BEFORE trigger that writes who asks into a column, whatever was given. Only the plainest is
 * believed: assignments to NEW, one of them of {@code current_user} to the column, and RETURN NEW;
 * with no IF, no WHEN, and no later trigger that might write the column again.
 */
final class OwnerStamp {
  private static final Pattern BODY =
      Pattern.compile(
          "\\s*+begin\\s++((?:new\\.[^;']*+;\\s*+)++)return\\s++new\\s*+;\\s*+end\\s*+;?+\\s*+",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern ASSIGNMENT =
      Pattern.compile(
          "new\\.(\\w++|\"[^\"]++\")\\s*+:?=\\s*+([^;]*+);\\s*+", Pattern.CASE_INSENSITIVE);

  private static final Pattern WHOLE_ROW =
      Pattern.compile(
          "\\bnew\\s*+:?=|\\binto\\s++(?:strict\\s++)?new\\b", Pattern.CASE_INSENSITIVE);

  private OwnerStamp() {}

  /** Whether it is so for each row that is written by INSERT (a) or UPDATE (w). */
  static boolean isStamped(Catalog catalog, Relation table, char command, String column) {
    List<Trigger> before =
        catalog.triggers(table).stream()
            .filter(trigger -> trigger.isBefore(command))
            .toList(); // in the order in which they are called
    boolean isStamped = false;
    for (Trigger trigger : before) {
      if (stamps(trigger, command, column)) {
        isStamped = true;
      } else if (mayWrite(trigger.function(), column)) {
        isStamped = false;
      }
    }
    return isStamped;
  }

  private static boolean stamps(Trigger trigger, char command, String column) {
    boolean isAlways =
        !trigger.hasCondition()
            && (command == 'a'
                || trigger.columns().isEmpty()
                || trigger.columns().contains(column));
    Function function = trigger.function();
    Matcher body = BODY.matcher(function.source());
    if (!isAlways || !function.language().equals("plpgsql") || !body.matches()) {
      return false;
    }
    boolean isStamped = false;
    Matcher assignment = ASSIGNMENT.matcher(body.group(1));
    while (assignment.find()) {
      if (assignment.group(1).replace("\"", "").equalsIgnoreCase(column)) {
        isStamped = isWhoAsks(function, assignment.group(2).strip());
      }
    }
    return isStamped;
  }

  /** As its owner, current_user would be that one. */
  private static boolean isWhoAsks(Function function, String value) {
    String word = value.replaceFirst("(?i)\\s*::\\s*(?:text|name|varchar)$", "");
    return word.equalsIgnoreCase("session_user")
        || (!function.isDefiner() && word.matches("(?i)current_user|current_role|user"));
  }

  private static boolean mayWrite(Function function, String column) {
    return function.language().equals("plpgsql")
        && (function.mentions(column.toLowerCase(Locale.ROOT))
            || function.mentions("execute")
            || WHOLE_ROW.matcher(function.source()).find());
  }
}
