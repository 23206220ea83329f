package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import java.util.List;

/**
 * A policy calls a function that looks for names in the search path of who asks: a temporary table
 * is taken for the real one.
 */
final class PolicyFunctionSearchPath implements Rule {
  @Override
  public String id() {
    return "policy-function-search-path";
  }

  @Override
  public String manual() {
    return "sql-createfunction.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Policy policy : catalog.policies()) {
      List<Person> held = catalog.heldBy(policy);
      for (Function function : policy.functions()) {
        boolean isOpen = function.isSearching() && !FixedPath.isFixed(catalog, function);
        if (!held.isEmpty() && isOpen && FixedPath.readsByName(catalog, function)) {
          findings.error(
              "function " + function,
              "%s can have the policy %s of %s look into a temporary table of their own: its function %s has no fixed search_path."
                  .formatted(Person.names(held), policy.name(), policy.table(), function),
              FixedPath.fix(function));
        }
      }
    }
  }
}
