package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/** Whether a restrictive policy holds new rows to who writes them. */
final class Guards {
  private Guards() {}

  static boolean checked(Catalog catalog, Relation table, char command, Person person) {
    return catalog.policies(table, command, person).stream()
        .filter(policy -> !policy.isPermissive())
        .anyMatch(p -> p.effectiveCheck().map(Expression::isAboutPerson).orElse(false));
  }

  /** The table's columns that a condition holds to who asks, by a sub-select too. */
  static Set<String> personsColumns(Policy policy, Expression expression) {
    Set<String> columns = new TreeSet<>(expression.personsColumns());
    expression
        .all(Node.SubSelect.class)
        .filter(Expression::isAboutPerson)
        .flatMap(Node::all)
        .filter(part -> part instanceof Node.Column c && c.table().equals(policy.table().name()))
        .forEach(part -> columns.add(((Node.Column) part).name()));
    return columns;
  }

  /** Whether a condition holds these columns, or one of them, to who asks. */
  static boolean holds(Policy policy, Expression expression, Set<String> columns, boolean isAll) {
    Set<String> held = new HashSet<>();
    expression.root().all().filter(p -> !isJoined(p)).forEach(p -> hold(policy, p, held));
    return isAll ? held.containsAll(columns) : !Collections.disjoint(held, columns);
  }

  private static boolean isJoined(Node node) {
    return node instanceof Node.Junction || node instanceof Node.Not || node instanceof Node.Cast;
  }

  private static void hold(Policy policy, Node part, Set<String> held) {
    boolean isAbout =
        part.all()
            .anyMatch(
                node ->
                    node instanceof Node.Call call
                        ? Rowless.knows(policy, call)
                        : node instanceof Node.Special && Expression.isAboutPerson(node));
    if (isAbout) {
      part.all()
          .filter(Node.Column.class::isInstance)
          .map(Node.Column.class::cast)
          .filter(c -> c.table().isEmpty() || c.table().equals(policy.table().name()))
          .forEach(column -> held.add(column.name()));
    }
  }

  /** Whether a restrictive policy holds rows that are there to who asks. */
  static boolean used(Catalog catalog, Relation table, char command, Person person) {
    return catalog.policies(table, command, person).stream()
        .filter(policy -> !policy.isPermissive())
        .anyMatch(p -> p.using().map(Expression::isAboutPerson).orElse(false));
  }
}
