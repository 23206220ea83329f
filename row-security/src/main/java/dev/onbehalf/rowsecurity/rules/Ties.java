package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * By which columns policies tie rows to who asks: {@code owner = current_user}, {@code team IN
 * (SELECT ... WHERE person = current_user)}, {@code EXISTS (SELECT ... WHERE o.id = order_id)}.
 * Whoever passes such a condition has in that column what is theirs already.
 */
final class Ties {
  private Ties() {}

  /** All that tie, those first that are compared with who asks. */
  static Set<String> columns(Catalog catalog, Relation table) {
    Set<String> columns = new LinkedHashSet<>(InsertForOthers.owners(catalog, table));
    for (Policy policy : catalog.policies(table)) {
      Stream.of(policy.using(), policy.check())
          .flatMap(Optional::stream)
          .forEach(expression -> collect(catalog, policy, expression.root(), columns));
    }
    return columns;
  }

  private static void collect(
      Catalog catalog, Policy policy, Node node, Collection<String> columns) {
    if (node instanceof Node.Junction junction) {
      junction.parts().forEach(part -> collect(catalog, policy, part, columns));
    } else {
      columns.addAll(leaf(catalog, policy, node));
    }
  }

  /**
   * Whether every row that somebody writes by INSERT or UPDATE is theirs by one of these columns,
   * or has none there: nothing is equal to NULL. Also if they cannot write any.
   */
  static boolean holdNew(
      Catalog catalog, Relation table, char command, Person person, Collection<String> columns) {
    return hold(
        catalog.policies(table, command, person),
        Policy::effectiveCheck,
        (policy, node) ->
            isOfNobody(node, columns)
                || !Collections.disjoint(leaf(catalog, policy, node), columns));
  }

  /** The same of rows that are there, NULL aside. */
  static boolean holdOld(
      Catalog catalog, Relation table, char command, Person person, Collection<String> columns) {
    return hold(
        catalog.policies(table, command, person),
        Policy::using,
        (policy, node) -> !Collections.disjoint(leaf(catalog, policy, node), columns));
  }

  private static boolean hold(
      List<Policy> policies,
      Function<Policy, Optional<Expression>> expression,
      BiPredicate<Policy, Node> isTie) {
    List<Policy> asked = policies.stream().filter(p -> expression.apply(p).isPresent()).toList();
    Predicate<Policy> isHolding =
        policy -> isTied(policy, expression.apply(policy).orElseThrow().root(), isTie);
    return asked.stream().filter(policy -> !policy.isPermissive()).anyMatch(isHolding)
        || asked.stream().filter(Policy::isPermissive).allMatch(isHolding);
  }

  private static boolean isTied(Policy policy, Node node, BiPredicate<Policy, Node> isTie) {
    if (node instanceof Node.Junction junction) {
      return junction.isAnd()
          ? junction.parts().stream().anyMatch(part -> isTied(policy, part, isTie))
          : junction.parts().stream().allMatch(part -> isTied(policy, part, isTie));
    }
    return (node instanceof Node.Constant constant && constant.value().equals("false"))
        || isTie.test(policy, node);
  }

  /** Whether it says that one of these columns has no name in it. */
  static boolean isOfNobody(Node node, Collection<String> columns) {
    return node instanceof Node.Is is
        && is.test().equals("NULL")
        && !is.isNegated()
        && !Expression.ownColumns(is).isEmpty()
        && columns.containsAll(Expression.ownColumns(is));
  }

  /** Whether somebody sees every row of a table under Row-Level Security. */
  static boolean seesAll(Catalog catalog, Relation table, Person person) {
    List<Policy> policies = catalog.policies(table, 'r', person);
    return policies.stream().anyMatch(p -> p.isPermissive() && AlwaysTrue.isTrue(p, p.using()))
        && policies.stream().allMatch(p -> p.isPermissive() || AlwaysTrue.isTrue(p, p.using()));
  }

  /** The columns that one condition ties. */
  private static Set<String> leaf(Catalog catalog, Policy policy, Node node) {
    if (node instanceof Node.Cast cast) {
      return leaf(catalog, policy, cast.of());
    }
    boolean isEquality =
        node instanceof Node.Binary binary
            && (binary.operator().equals("=") || binary.operator().equals("IS NOT DISTINCT FROM"));
    boolean isRead =
        isEquality
            || node instanceof Node.SubSelect
            || node instanceof Node.Call
            || (node instanceof Node.Other other && other.name().equals("?"));
    return isRead && isAboutPerson(catalog, policy, node) ? own(policy, node) : Set.of();
  }

  /** By name, by a function that may know, or by a table of which people see their own. */
  private static boolean isAboutPerson(Catalog catalog, Policy policy, Node node) {
    boolean isSelecting = node.all().anyMatch(Node.SubSelect.class::isInstance);
    return Expression.isAboutPerson(node)
        || (isSelecting && !policy.functions().isEmpty()) // in FROM, perhaps
        || readsOwn(catalog, node);
  }

  /** Whether a sub-select reads a table of which people see their own. */
  static boolean readsOwn(Catalog catalog, Node node) {
    return node.all()
        .filter(Node.SubSelect.class::isInstance)
        .flatMap(select -> ((Node.SubSelect) select).tables().stream())
        .flatMap(name -> catalog.relation(name).stream())
        .anyMatch(
            read ->
                read.hasRls()
                    && (catalog.policies(read).stream()
                            .filter(p -> p.isPermissive() && p.isFor('r'))
                            .noneMatch(p -> AlwaysTrue.isTrue(p, p.using()))
                        || catalog.policies(read).stream()
                            .filter(p -> !p.isPermissive() && p.isFor('r'))
                            .flatMap(p -> p.using().stream())
                            .anyMatch(e -> Held.toReader(catalog).holds(e.text(), e.root()))));
  }

  /** The columns of the row itself, in sub-selects too. */
  static Set<String> own(Policy policy, Node node) {
    Set<String> names = new HashSet<>(Expression.ownColumns(node));
    node.all()
        .filter(Node.Column.class::isInstance)
        .map(Node.Column.class::cast)
        .filter(column -> column.table().equals(policy.table().name()))
        .forEach(column -> names.add(column.name()));
    return names;
  }
}
