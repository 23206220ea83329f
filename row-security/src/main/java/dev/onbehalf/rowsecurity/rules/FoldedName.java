package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Expression.Change;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Names are compared so that two people are one: case aside, or by a pattern in which _ and % are
 * anything.
 */
final class FoldedName implements Rule {
  private static final Set<String> LIKES = Set.of("~~", "~~*", "~", "~*");

  private static final Set<String> FOLDS =
      Set.of("lower", "upper", "initcap", "casefold", "btrim", "unaccent");

  @Override
  public String id() {
    return "policy-folds-names";
  }

  @Override
  public String manual() {
    return "functions-matching.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Policy policy : catalog.policies()) {
      List<Person> held = catalog.heldBy(policy);
      if (held.isEmpty() || !policy.isPermissive()) {
        continue;
      }
      List<String> parts = new ArrayList<>();
      boolean isFound = false;
      for (boolean isCheck : new boolean[] {false, true}) {
        Optional<Expression> expression = isCheck ? policy.check() : policy.using();
        if (expression.isPresent()) {
          List<Change> changes = changes(expression.get(), policy.table());
          isFound |= !changes.isEmpty();
          parts.add(
              "%s (%s)"
                  .formatted(isCheck ? "WITH CHECK" : "USING", expression.get().with(changes)));
        }
      }
      if (isFound) {
        findings.error(
            policy,
            "%s gets rows of %s that belong to somebody whose name is spelt almost the same: the policy %s does not compare names to the letter."
                .formatted(Person.names(held), policy.table(), policy.name()),
            "%s %s;".formatted(policy.alter(), String.join(" ", parts)));
      }
    }
  }

  private static List<Change> changes(Expression expression, Relation table) {
    List<Change> changes = new ArrayList<>();
    expression
        .all(Node.Binary.class)
        .filter(binary -> isPerson(binary.left()) || isPerson(binary.right()))
        .filter(binary -> !isConstant(binary.left()) && !isConstant(binary.right()))
        .forEach(
            binary -> {
              boolean isLike = LIKES.contains(binary.operator());
              boolean isFolded = isFolded(binary.left()) || isFolded(binary.right());
              boolean isCitext = isCitext(binary.left(), table) || isCitext(binary.right(), table);
              if (isLike || ((isFolded || isCitext) && binary.operator().equals("="))) {
                changes.add(
                    new Change(
                        binary.start(),
                        binary.end(),
                        "((%s)::text = (%s)::text)"
                            .formatted(
                                expression.text(unfolded(binary.left())),
                                expression.text(unfolded(binary.right())))));
              }
            });
    return changes;
  }

  /** The name itself, and not a part of it, such as its domain. */
  private static boolean isPerson(Node node) {
    return unfolded(node) instanceof Node.Special special
        && (special.isCurrentUser() || special.name().equals("SESSION_USER"));
  }

  private static boolean isConstant(Node node) {
    return Expression.bare(node) instanceof Node.Constant;
  }

  private static boolean isFolded(Node node) {
    Node bare = Expression.bare(node);
    return bare instanceof Node.Call call && FOLDS.contains(call.name());
  }

  private static boolean isCitext(Node node, Relation table) {
    if (node instanceof Node.Cast cast && cast.type().endsWith("citext")) {
      return true;
    }
    return node instanceof Node.Column column
        && table.column(column.name()).filter(c -> c.type().endsWith("citext")).isPresent();
  }

  private static Node unfolded(Node node) {
    Node bare = Expression.bare(node);
    return bare instanceof Node.Call call && FOLDS.contains(call.name()) && !call.parts().isEmpty()
        ? unfolded(call.parts().get(0))
        : bare;
  }
}
