package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A policy that reads its own table, or one whose policies read this one: every query fails. */
final class PolicyRecursion implements Rule {
  @Override
  public String id() {
    return "policy-recursion";
  }

  @Override
  public String manual() {
    return "sql-createpolicy.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Policy policy : catalog.policies()) {
      List<Person> held = catalog.heldBy(policy);
      if (!held.isEmpty() && reads(catalog, policy, policy.table(), new HashSet<>())) {
        findings.error(
            policy,
            "%s gets an error in place of rows of %s: its policy %s reads the table that it protects, without end."
                .formatted(Person.names(held), policy.table(), policy.name()),
            policy.drop()
                + " -- let a function of the owner's with a fixed search_path look it up");
      }
    }
  }

  private static boolean reads(
      Catalog catalog, Policy policy, Relation target, Set<Relation> seen) {
    List<Relation> read =
        Stream.of(policy.using(), policy.check())
            .flatMap(Optional::stream)
            .flatMap(expression -> expression.all(Node.SubSelect.class))
            .flatMap(select -> select.tables().stream())
            .flatMap(name -> catalog.relation(name).stream())
            .toList();
    for (Relation table : read) {
      if (table.equals(target)) {
        return true;
      }
      if (table.hasRls() && seen.add(table)) {
        for (Policy next : catalog.policies(table)) {
          if (next.isFor('r') && reads(catalog, next, target, seen)) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
