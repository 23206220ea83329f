package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A policy that reads its own table, or one whose policies read this one: every query fails. By a
 * view or a function too, unless it reads as somebody whom policies do not hold.
 */
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
      boolean isEndless =
          policy.isFor('r') || held.stream().anyMatch(who -> looksUp(catalog, policy.table(), who));
      if (!held.isEmpty()
          && isEndless
          && new Search(catalog, policy).reaches(policy, Optional.empty())) {
        findings.error(
            policy,
            "%s gets an error in place of rows of %s: its policy %s reads the table that it protects, without end."
                .formatted(Person.names(held), policy.table(), policy.name()),
            policy.drop()
                + " -- let a function of the owner's with a fixed search_path look it up");
      }
    }
  }

  /** Whether who reads the table has something looked up; else a way back to it ends there. */
  private static boolean looksUp(Catalog catalog, Relation table, Person person) {
    return catalog.policies(table, 'r', person).stream()
        .flatMap(policy -> policy.using().stream())
        .anyMatch(using -> using.all(Node.SubSelect.class).findAny().isPresent());
  }

  /**
   * The way back to a table, with what has been looked at and as whom.
   *
   * @param byFunctions whether what functions read counts: each of theirs is a query of its own
   */
  private record Search(Catalog catalog, Relation target, boolean byFunctions, Set<Object> seen) {
    Search(Catalog catalog, Policy policy) {
      this(catalog, policy.table(), policy.isFor('r'), new HashSet<>());
    }

    /**
     * @param as the role that reads, where it is not who asks
     */
    boolean reaches(Policy policy, Optional<Long> as) {
      boolean isRead =
          Stream.of(policy.using(), policy.check())
              .flatMap(Optional::stream)
              .flatMap(expression -> expression.all(Node.SubSelect.class))
              .flatMap(select -> select.tables().stream())
              .flatMap(name -> catalog.relation(name).stream())
              .anyMatch(relation -> reaches(relation, as));
      return isRead || policy.functions().stream().anyMatch(function -> reaches(function, as));
    }

    private boolean reaches(Relation relation, Optional<Long> as) {
      if (relation.isView()) {
        Optional<Long> reader = relation.isInvoker() ? as : Optional.of(relation.owner());
        return seen.add(List.of(relation, reader))
            && catalog.sources(relation).stream().anyMatch(source -> reaches(source, reader));
      }
      if (!relation.hasRls() || as.filter(role -> catalog.isExempt(role, relation)).isPresent()) {
        return false;
      }
      return relation.equals(target)
          || (seen.add(List.of(relation, as))
              && catalog.policies(relation).stream()
                  .anyMatch(next -> next.isFor('r') && reaches(next, as)));
    }

    private boolean reaches(Function function, Optional<Long> as) {
      Optional<Long> caller = function.isDefiner() ? Optional.of(function.owner()) : as;
      return byFunctions
          && function.language().matches("sql|plpgsql")
          && seen.add(List.of(function, caller))
          && (FunctionText.tables(catalog, function).stream().anyMatch(t -> reaches(t, caller))
              || FunctionText.callees(catalog, function).stream()
                  .anyMatch(called -> reaches(called, caller)));
    }
  }
}
