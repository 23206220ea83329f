package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import dev.onbehalf.rowsecurity.internal.expression.Query;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Whether conditions hold rows to who asks by the columns that say whose they are. That one speaks
 * of who asks is not enough: {@code current_user <> 'intern@example.com'}, {@code owner =
 * current_user OR item <> ''}.
 */
final class Guards {
  private Guards() {}

  /** Whether a restrictive policy holds new rows to who writes them, by one of these columns. */
  static boolean checked(
      Catalog catalog, Relation table, char command, Person person, Set<String> columns) {
    return restricts(catalog, table, command, person, columns, Policy::effectiveCheck);
  }

  /** The same of rows that are there. */
  static boolean used(
      Catalog catalog, Relation table, char command, Person person, Set<String> columns) {
    return restricts(catalog, table, command, person, columns, Policy::using);
  }

  private static boolean restricts(
      Catalog catalog,
      Relation table,
      char command,
      Person person,
      Set<String> columns,
      Function<Policy, Optional<Expression>> expression) {
    return catalog.policies(table, command, person).stream()
        .filter(policy -> !policy.isPermissive())
        .anyMatch(
            policy ->
                expression
                    .apply(policy)
                    .filter(e -> holds(catalog, policy, e, columns))
                    .isPresent());
  }

  /** Whom a policy lets do so, and no restrictive one holds to what is theirs. */
  static List<Person> unrestricted(Catalog catalog, Policy policy, char command) {
    return catalog.heldBy(policy, Privileges.of(command)::equals).stream()
        .filter(person -> !isRestricted(catalog, policy.table(), command, person))
        .toList();
  }

  /** Whether one does so in whatever way, rows aside that are said to be for others too. */
  static boolean isRestricted(Catalog catalog, Relation table, char command, Person person) {
    return catalog.policies(table, command, person).stream()
        .filter(policy -> !policy.isPermissive())
        .anyMatch(
            policy -> policy.asked(command).filter(e -> isHeld(catalog, policy, e)).isPresent());
  }

  /** Whether a condition does, everybody's roles aside. */
  static boolean isHeld(Catalog catalog, Policy policy, Expression e) {
    Node asked = asked(catalog, policy, e.text(), e.root());
    return Held.toReader(catalog).holds(e.text(), asked)
        || holds(catalog, policy, e, tied(catalog, policy, e, Ties.own(policy, e.root())));
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

  /** Those of the columns that a part of a condition ties, whatever the rest of it is. */
  static Set<String> tied(
      Catalog catalog, Policy policy, Expression expression, Set<String> columns) {
    Set<String> tied = new TreeSet<>();
    leaves(expression.root())
        .filter(leaf -> ties(catalog, policy, expression, leaf))
        .forEach(leaf -> tied.addAll(Ties.own(policy, leaf)));
    tied.retainAll(columns);
    return tied;
  }

  private static Stream<Node> leaves(Node node) {
    return node instanceof Node.Junction junction
        ? junction.parts().stream().flatMap(Guards::leaves)
        : Stream.of(node);
  }

  /** Whether a condition lets through only rows that one of these columns holds to who asks. */
  static boolean holds(Catalog catalog, Policy policy, Expression expression, Set<String> columns) {
    Node asked = asked(catalog, policy, expression.text(), expression.root());
    return holds(catalog, policy, expression, asked, columns);
  }

  /** With {@code true} for what everybody passes. */
  private static Node asked(Catalog catalog, Policy policy, String text, Node node) {
    if (node instanceof Node.Junction it) {
      List<Node> parts =
          it.parts().stream().map(part -> asked(catalog, policy, text, part)).toList();
      return new Node.Junction(it.isAnd(), parts, it.start(), it.end());
    }
    return Rowless.isForAll(catalog, policy, new Expression(text, node))
        ? new Node.Constant("true", false, node.start(), node.end())
        : node;
  }

  private static boolean holds(
      Catalog catalog, Policy policy, Expression whole, Node node, Set<String> columns) {
    if (node instanceof Node.Junction junction) {
      List<Node> holding =
          junction.parts().stream()
              .filter(part -> holds(catalog, policy, whole, part, columns))
              .toList();
      return !holding.isEmpty()
          && (junction.isAnd()
              || junction.parts().stream()
                  .allMatch(
                      part -> holding.contains(part) || isElse(catalog, whole, part, columns)));
    }
    return Ties.isOfNobody(node, columns)
        || (ties(catalog, policy, whole, node)
            && !Collections.disjoint(Ties.own(policy, node), columns));
  }

  /**
   * What may stand beside it by OR: another tie to who asks, who may, by a function that is told
   * who asks too, a name for everybody.
   */
  private static boolean isElse(Catalog catalog, Expression whole, Node part, Set<String> columns) {
    Query.Asker reader = Held.toReader(catalog);
    boolean isMay =
        (part instanceof Node.Junction junction && junction.isAnd())
            ? junction.parts().stream().anyMatch(p -> isElse(catalog, whole, p, columns))
            : part instanceof Node.Call call
                && !call.schema().isEmpty()
                && reader.isToldBy(whole.text(), call);
    return isMay
        || reader.holds(whole.text(), part)
        || (part instanceof Node.Binary binary
            && binary.operator().equals("=")
            && binary.parts().stream().anyMatch(s -> Expression.bare(s) instanceof Node.Constant)
            && !Collections.disjoint(columns, Expression.ownColumns(binary)));
  }

  private static boolean ties(Catalog catalog, Policy policy, Expression whole, Node leaf) {
    boolean isAnswer =
        leaf instanceof Node.Call
            || leaf instanceof Node.SubSelect
            || (leaf instanceof Node.Binary binary && binary.operator().equals("="));
    return Held.toReader(catalog).holds(whole.text(), leaf)
        || (isAnswer
            && (Ties.readsOwn(catalog, leaf)
                || leaf.all().anyMatch(n -> n instanceof Node.Call c && Rowless.knows(policy, c))));
  }
}
