package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Which functions can tell who calls: themselves, or by a function that they call. */
final class Callers {
  private static final Pattern SESSION =
      Pattern.compile("\\bs(?:ession|ystem)_user\\b|\\bcurrent_setting\\s*+\\(\\s*+'role'");
  private static final Pattern CURRENT =
      Pattern.compile(
          "\\bcurrent_user\\b|\\bcurrent_role\\b|\\bpg_has_role\\b|\\bgetpgusername\\b");

  private Callers() {}

  /** Whether a call's answer tells it; what cannot be read may. */
  static boolean knows(Catalog catalog, Node.Call call, boolean asOwner) {
    if (call.schema().isEmpty() && !asOwner && CURRENT.matcher(call.name()).matches()) {
      return true;
    }
    return catalog.functionsNamed(call.name()).stream()
        .filter(f -> call.schema().isEmpty() || f.schema().equals(call.schema()))
        .anyMatch(f -> knows(catalog, f, asOwner, new HashSet<>()));
  }

  /**
   * The same of a function.
   *
   * @param asOwner whether something that runs as its owner calls it: current_user is that owner
   */
  static boolean knows(Catalog catalog, Function function, boolean asOwner, Set<Function> seen) {
    if (!seen.add(function)) {
      return false;
    }
    if (!function.language().matches("sql|plpgsql")) {
      return true;
    }
    boolean isOwner = asOwner || function.isDefiner();
    String code = FunctionText.code(function).toLowerCase(Locale.ROOT);
    boolean isAsked = SESSION.matcher(code).find() || (!isOwner && CURRENT.matcher(code).find());
    return isAsked
        || FunctionText.callees(catalog, function).stream()
            .anyMatch(called -> knows(catalog, called, isOwner, seen))
        // what policies of a table that it reads let through
        || (!isOwner
            && FunctionText.tables(catalog, function).stream().anyMatch(table -> table.hasRls()));
  }
}
