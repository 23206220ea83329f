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
 * Names are compared so that two people are one: case aside, by a function or a collation, or by a
 * pattern in which _ and % are anything.
 */
final class FoldedName implements Rule {
  private static final Set<String> LIKES = Set.of("~~", "~~*", "~", "~*");

  private static final Set<String> FOLDS =
      Set.of("lower", "upper", "initcap", "casefold", "btrim", "unaccent");

  /** Of two names these make two. */
  private static final Set<String> WHOLE =
      Set.of("coalesce", "nullif", "md5", "sha256", "sha512", "quote_ident", "quote_literal");

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
          List<Change> changes = changes(catalog, expression.get(), policy.table());
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

  private static List<Change> changes(Catalog catalog, Expression expression, Relation table) {
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
              boolean isPart = isPart(binary.left()) && isPart(binary.right());
              boolean isCollated = isFoldedByCollation(catalog, binary);
              boolean isOfSame = isFolded || isCitext || isPart || isCollated;
              if (isLike || (isOfSame && binary.operator().equals("="))) {
                changes.add(
                    new Change(
                        binary.start(),
                        binary.end(),
                        "((%s)::text = (%s)::text%s)"
                            .formatted(
                                expression.text(unfolded(binary.left())),
                                expression.text(unfolded(binary.right())),
                                isCollated ? " COLLATE \"C\"" : "")));
              }
            });
    expression
        .all(Node.Call.class)
        .filter(call -> call.name().equals("starts_with") && call.parts().size() == 2)
        .filter(call -> call.parts().stream().anyMatch(FoldedName::isPerson))
        .filter(call -> call.parts().stream().noneMatch(FoldedName::isConstant))
        .forEach(
            call ->
                changes.add(
                    new Change(
                        call.start(),
                        call.end(),
                        "((%s)::text = (%s)::text)"
                            .formatted(
                                expression.text(unfolded(call.parts().get(0))),
                                expression.text(unfolded(call.parts().get(1)))))));
    return changes;
  }

  /** A function of a name: of two names it may make the same. */
  private static boolean isPart(Node node) {
    return selected(node) instanceof Node.Call call
        && call.schema().isEmpty()
        && !WHOLE.contains(call.name())
        && (unfolded(node) instanceof Node.Special || unfolded(node) instanceof Node.Column);
  }

  /** Without casts, and without the sub-selects that make a call once. */
  private static Node selected(Node node) {
    Node bare = Expression.bare(node);
    return bare instanceof Node.SubSelect select && select.isValue()
        ? selected(select.parts().get(0))
        : bare;
  }

  /** The name itself, or what a function makes of it. */
  private static boolean isPerson(Node node) {
    return unfolded(node) instanceof Node.Special special && special.isPerson();
  }

  private static boolean isConstant(Node node) {
    return selected(node) instanceof Node.Constant;
  }

  private static boolean isFolded(Node node) {
    return selected(node) instanceof Node.Call call && FOLDS.contains(call.name());
  }

  private static boolean isCitext(Node node, Relation table) {
    if (node instanceof Node.Cast cast && cast.type().endsWith("citext")) {
      return true;
    }
    return node instanceof Node.Column column
        && table.column(column.name()).filter(c -> c.type().endsWith("citext")).isPresent();
  }

  /** A column's own does not matter: the server can't choose between it and that of a name. */
  private static boolean isFoldedByCollation(Catalog catalog, Node.Binary binary) {
    return binary
        .all()
        .anyMatch(
            part ->
                part instanceof Node.Collate it
                    && catalog.snapshot().foldingCollations().contains(it.collation()));
  }

  private static Node unfolded(Node node) {
    Node bare = selected(node);
    return bare instanceof Node.Call call && call.schema().isEmpty() && !call.parts().isEmpty()
        ? unfolded(call.parts().get(0))
        : bare;
  }
}
