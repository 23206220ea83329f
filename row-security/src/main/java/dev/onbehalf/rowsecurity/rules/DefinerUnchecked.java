package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.Trigger;
import java.util.List;
import java.util.Optional;

/** A function that runs as somebody whom policies do not hold, and does not look who calls it. */
final class DefinerUnchecked implements Rule {
  @Override
  public String id() {
    return "definer-unchecked";
  }

  @Override
  public String manual() {
    return "sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Function function : catalog.functions()) {
      boolean isUnchecked =
          function.reported()
              && function.isDefiner()
              && (!function.isTriggerFunction() || door(catalog, function).isPresent())
              && !looksWhoCalls(function);
      if (!isUnchecked) {
        continue;
      }
      Optional<Relation> table = touched(catalog, function);
      Reach reach = DefinerSearchPath.callers(catalog, function);
      if (table.isPresent() && !reach.isNobody()) {
        findings.error(
            "function " + function,
            "%s can reach through %s every row of %s: it runs as its owner %s, whom no policy holds there, and does not look who calls."
                .formatted(
                    reach.who(), function, table.get(), catalog.role(function.owner()).name()),
            catalog.revoke(
                reach, door(catalog, function).map(Relation::quoted).orElse(function.quoted())));
      }
    }
  }

  /** The view of which an INSTEAD OF trigger calls it: whoever writes there calls it. */
  private static Optional<Relation> door(Catalog catalog, Function function) {
    return catalog.triggers().stream()
        .filter(t -> t.function().equals(function) && t.table().isView())
        .map(Trigger::table)
        .findFirst();
  }

  /**
   * Within, current_user is the owner: who calls is known as session_user, or by an argument of it.
   */
  private static boolean looksWhoCalls(Function function) {
    return function.mentions("session_user")
        || function.mentions("pg_has_role")
        || function.mentions("current_setting('role'");
  }

  private static Optional<Relation> touched(Catalog catalog, Function function) {
    List<Relation> touched = FunctionText.tables(catalog, function);
    return touched.stream()
        .filter(table -> table.hasRls() && catalog.isExempt(function.owner(), table))
        .findFirst();
  }
}
