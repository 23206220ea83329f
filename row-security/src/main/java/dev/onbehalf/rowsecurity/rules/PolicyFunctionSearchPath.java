package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A policy calls a function that looks for names in the search path of who asks: a table or a type
 * of their own is taken for the real one, and so are operators and functions of who can create
 * some.
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
      if (!held.isEmpty()) {
        called(catalog, policy).stream()
            .filter(Function::isSearching)
            .filter(function -> !FixedPath.isFixed(catalog, function))
            .forEach(function -> examine(catalog, policy, function, held, findings));
      }
    }
  }

  private static void examine(
      Catalog catalog, Policy policy, Function function, List<Person> held, Findings.Of findings) {
    SearchedNames names = new SearchedNames(function);
    List<Person> makers =
        names.hasOperators() || names.hasFunctions() ? catalog.makers(held) : List.of();
    String object = "function " + function;
    String mend = FixedPath.fix(catalog, function);
    if (FunctionText.readsByName(catalog, function)) {
      findings.error(
          object,
          "%s can have the policy %s of %s look into a table of their own: its function %s has no fixed search_path."
              .formatted(Person.names(held), policy.name(), policy.table(), function),
          mend);
    } else if (!makers.isEmpty()) {
      findings.error(
          object,
          "%s can have the policy %s of %s ask %s of their own, made in a schema where they can: its function %s has no fixed search_path."
              .formatted(
                  Person.names(makers),
                  policy.name(),
                  policy.table(),
                  names.hasOperators() ? "operators" : "functions",
                  function),
          mend);
    } else if (names.hasTypes()) {
      findings.warning(
          object,
          "%s can have the policy %s of %s cast to a temporary type of their own, which cuts values: its function %s has no fixed search_path."
              .formatted(Person.names(held), policy.name(), policy.table(), function),
          mend);
    }
  }

  /** What it calls, by views and by functions too, up to those that fix the path for the rest. */
  private static Set<Function> called(Catalog catalog, Policy policy) {
    Deque<Function> rest = new ArrayDeque<>(policy.functions());
    policy.relations().forEach(relation -> addOfView(catalog, relation, rest, new HashSet<>()));
    Set<Function> called = new LinkedHashSet<>();
    while (!rest.isEmpty()) {
      Function function = rest.pop();
      if (called.add(function) && !FixedPath.isFixed(catalog, function)) {
        rest.addAll(FunctionText.callees(catalog, function));
      }
    }
    return called;
  }

  private static void addOfView(
      Catalog catalog, Relation view, Collection<Function> functions, Set<Relation> seen) {
    if (view.isView() && seen.add(view)) {
      functions.addAll(catalog.snapshot().calls().byView().getOrDefault(view.oid(), Set.of()));
      catalog.sources(view).forEach(source -> addOfView(catalog, source, functions, seen));
    }
  }
}
