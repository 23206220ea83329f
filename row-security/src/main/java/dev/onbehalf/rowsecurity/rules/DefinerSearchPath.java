package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import java.util.List;

/** A function that runs as its owner, and looks for names where its caller says. */
final class DefinerSearchPath implements Rule {
  @Override
  public String id() {
    return "definer-search-path";
  }

  @Override
  public String manual() {
    return "sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Function function : catalog.functions()) {
      boolean isOpen =
          function.reported()
              && function.isDefiner()
              && function.isSearching()
              && !FixedPath.isFixed(catalog, function);
      Reach reach = isOpen ? callers(catalog, function) : new Reach(List.of(), List.of());
      if (!reach.isNobody()) {
        findings.error(
            "function " + function,
            "%s can have %s use tables, functions and operators of their own with the rights of its owner %s: it has no fixed search_path that ends in pg_temp."
                .formatted(reach.who(), function, catalog.role(function.owner()).name()),
            FixedPath.fix(catalog, function));
      }
    }
  }

  /** Whoever may execute it and find it; of a trigger function, whoever causes it to be called. */
  static Reach callers(Catalog catalog, Function function) {
    if (!function.isTriggerFunction()) {
      Reach reach = catalog.reach(function.oid(), "EXECUTE");
      boolean isOwners = reach.grants().stream().allMatch(g -> g.grantee() == function.owner());
      return isOwners
          ? new Reach(List.of(), List.of())
          : catalog.inSchema(reach, function.schema());
    }
    if (catalog.snapshot().calls().byEvents().contains(function.oid())) { // by any DDL
      return new Reach(
          catalog.people().all().stream().filter(p -> !p.role().isSuperuser()).toList(), List.of());
    }
    return catalog.triggers().stream()
        .filter(trigger -> trigger.function().equals(function))
        .flatMap(trigger -> Doors.to(catalog, trigger))
        .map(Doors.Door::reach)
        .findFirst()
        .orElse(new Reach(List.of(), List.of()));
  }
}
