package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A policy that says whose rows somebody gets, OR something that nearly every row or everybody is:
 * {@code owner = current_user OR item <> ''}. What shares rows says which, and no more is asked of
 * it here.
 */
final class NearlyTrue implements Rule {
  private static final Set<String> LENGTHS =
      Set.of("length", "char_length", "character_length", "octet_length", "bit_length");

  @Override
  public String id() {
    return "policy-nearly-true";
  }

  @Override
  public String manual() {
    return "sql-createpolicy.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Policy policy : catalog.policies()) {
      Optional<Expression> using = policy.using();
      if (!policy.isPermissive() || using.isEmpty()) {
        continue;
      }
      List<Node> parts = alternatives(using.get().root()).toList();
      Predicate<Node> isWide =
          part ->
              isEverywhere(policy.table(), part)
                  || Rowless.isForAll(catalog, policy, new Expression(using.get().text(), part));
      boolean isOfPerson =
          !using.get().personsColumns().isEmpty()
              || parts.stream()
                  .filter(isWide.negate())
                  .anyMatch(part -> Held.toReader(catalog).holds(using.get().text(), part));
      List<Person> held =
          Stream.of('r', 'w', 'd')
              .flatMap(command -> Guards.unrestricted(catalog, policy, command).stream())
              .distinct()
              .toList();
      if (isOfPerson && parts.stream().anyMatch(isWide) && !held.isEmpty()) {
        findings.warning(
            policy,
            "%s gets every row of %s for which %s, whosever it is: the policy %s asks for that or for who they are."
                .formatted(
                    Person.names(held),
                    policy.table(),
                    texts(using.get(), parts, isWide),
                    policy.name()),
            "%s USING (%s);".formatted(policy.alter(), texts(using.get(), parts, isWide.negate())));
      }
    }
  }

  private static String texts(Expression expression, List<Node> parts, Predicate<Node> isWanted) {
    return parts.stream()
        .filter(isWanted)
        .map(expression::text)
        .collect(Collectors.joining(" OR "));
  }

  private static Stream<Node> alternatives(Node node) {
    return node instanceof Node.Junction junction && !junction.isAnd()
        ? junction.parts().stream().flatMap(NearlyTrue::alternatives)
        : Stream.of(node);
  }

  /** That a value is not empty, not zero, or like anything. */
  private static boolean isEverywhere(Relation table, Node node) {
    if (node instanceof Node.Junction junction && junction.isAnd()) {
      return junction.parts().stream().allMatch(part -> isEverywhere(table, part));
    }
    return node instanceof Node.Binary binary
        && (isEverywhere(table, binary.operator(), binary.left(), binary.right())
            || isEverywhere(table, mirrored(binary.operator()), binary.right(), binary.left()));
  }

  private static boolean isEverywhere(Relation table, String operator, Node value, Node constant) {
    Node of = Expression.bare(value);
    boolean isOfRow =
        of instanceof Node.Column
            || (of instanceof Node.Call call
                && LENGTHS.contains(call.name())
                && call.schema().isEmpty()
                && call.parts().size() == 1
                && Expression.bare(call.parts().get(0)) instanceof Node.Column);
    return isOfRow
        && Expression.bare(constant) instanceof Node.Constant it
        && switch (operator) {
          case "<>", ">" -> isNothing(it) && !isDefault(table, of, it);
          case ">=" -> isNothing(it);
          case "~~", "~~*" -> it.value().equals("%");
          default -> false;
        };
  }

  private static boolean isNothing(Node.Constant constant) {
    return constant.value().isEmpty() || constant.value().equals("0");
  }

  /** Whether new rows have it: {@code is_public <> 0} is a flag. */
  private static boolean isDefault(Relation table, Node of, Node.Constant constant) {
    return of instanceof Node.Column it
        && table
            .column(it.name())
            .filter(c -> !c.expression().isEmpty() && c.constant().equals(constant.value()))
            .isPresent();
  }

  private static String mirrored(String operator) {
    return switch (operator) {
      case "<" -> ">";
      case "<=" -> ">=";
      case "<>" -> "<>";
      default -> "";
    };
  }
}
