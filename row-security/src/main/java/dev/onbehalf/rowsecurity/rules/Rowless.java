package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Grant;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Conditions that ask nothing of the row. */
final class Rowless {
  private Rowless() {}

  /** Whether it looks at no column of the row, and is not for some who are named. */
  static boolean is(Catalog catalog, Policy policy, Expression expression) {
    return !refersToRow(policy, expression) && !namesWho(catalog, policy, expression.root());
  }

  /** Whether it is for a role that everybody has: as plain as {@code true}. */
  static boolean isForAll(Catalog catalog, Policy policy, Expression expression) {
    return selected(expression.root()) instanceof Node.Call call && isOfAll(catalog, policy, call);
  }

  /** A column that a sub-select compares with itself: the outer row's was meant. */
  static Optional<String> sameOnBothSides(Policy policy) {
    return Stream.of(policy.using(), policy.check())
        .flatMap(Optional::stream)
        .flatMap(e -> e.all(Node.SubSelect.class))
        .flatMap(Node::all)
        .filter(Node.Binary.class::isInstance)
        .map(Node.Binary.class::cast)
        .filter(
            binary ->
                Expression.bare(binary.left()) instanceof Node.Column left
                    && Expression.bare(binary.right()) instanceof Node.Column right
                    && left.table().equals(right.table())
                    && left.name().equals(right.name()))
        .map(binary -> Names.readable(((Node.Column) Expression.bare(binary.left())).name()))
        .findFirst();
  }

  /** Whether who asks is looked up in a table, and nothing else is asked. */
  static boolean isList(Expression expression) {
    return Expression.bare(expression.root()) instanceof Node.SubSelect select
        && select.hasFrom()
        && select.all().anyMatch(Rowless::isPersonsEquality);
  }

  /** In sub-selects the server writes the table before each column. */
  private static boolean refersToRow(Policy policy, Expression expression) {
    String table = policy.table().name();
    return expression
            .all(Node.Column.class)
            .anyMatch(column -> column.table().isEmpty() || column.table().equals(table))
        || expression
            .all(Node.SubSelect.class)
            .map(expression::text)
            .anyMatch(
                text ->
                    text.matches(
                        "(?s).*[^\\w.\"]"
                            + java.util.regex.Pattern.quote(Names.readable(table))
                            + "\\..*"));
  }

  private static boolean namesWho(Catalog catalog, Policy policy, Node node) {
    if (node instanceof Node.Junction junction) {
      return junction.isAnd()
          ? junction.parts().stream().anyMatch(part -> namesWho(catalog, policy, part))
          : junction.parts().stream().allMatch(part -> namesWho(catalog, policy, part));
    } else if (node instanceof Node.Constant constant) {
      return !constant.value().equals("true");
    } else if (node instanceof Node.Cast cast) {
      return namesWho(catalog, policy, cast.of());
    } else if (node instanceof Node.Call call) {
      return knows(policy, call) && !isOfAll(catalog, policy, call);
    } else if (node instanceof Node.Binary binary) {
      return isNaming(binary) || binary.all().anyMatch(part -> isKnowing(policy, part));
    } else if (node instanceof Node.SubSelect select && !select.hasFrom()) {
      return !select.isExists()
          && select.parts().stream().anyMatch(p -> namesWho(catalog, policy, p));
    } else if (node instanceof Node.Other other) {
      return other.name().equals("?"); // not read
    }
    return false;
  }

  /** {@code pg_has_role('role', ...)} of who asks, and all who have rights on the table have it. */
  private static boolean isOfAll(Catalog catalog, Policy policy, Node.Call call) {
    List<Node> parts = call.parts();
    boolean isMembership = call.schema().isEmpty() && call.name().equals("pg_has_role");
    if (!isMembership
        || parts.size() < 2
        || (parts.size() == 3 && !isPerson(Expression.bare(parts.get(0))))
        || !(Expression.bare(parts.get(parts.size() - 2)) instanceof Node.Constant role)) {
      return false;
    }
    List<Grant> grants =
        catalog.grants(policy.table().oid()).stream()
            .filter(grant -> Privileges.READ_OR_WRITE.contains(grant.privilege()))
            .filter(grant -> grant.grantee() != policy.table().owner())
            .toList();
    return catalog.roles().stream()
        .filter(it -> it.name().equals(role.value()))
        .anyMatch(
            it ->
                grants.stream()
                    .allMatch(
                        grant ->
                            catalog.memberships().inherited(grant.grantee()).contains(it.oid())));
  }

  /** Without the sub-select that makes a call once. */
  private static Node selected(Node node) {
    return node instanceof Node.SubSelect select && select.isValue()
        ? selected(select.parts().get(0))
        : node;
  }

  private static boolean isKnowing(Policy policy, Node part) {
    return part instanceof Node.Call call
        && (!call.schema().isEmpty() || call.name().equals("current_setting"))
        && knows(policy, call);
  }

  /** {@code current_user = 'somebody'}, {@code current_user IN (...)}. */
  private static boolean isNaming(Node.Binary binary) {
    if (!binary.operator().equals("=")) {
      return false;
    }
    Node left = Expression.bare(binary.left());
    Node right = Expression.bare(binary.right());
    return (isPerson(left) && (right instanceof Node.Constant || binary.isAny()))
        || (isPerson(right) && left instanceof Node.Constant);
  }

  private static boolean isPersonsEquality(Node node) {
    return node instanceof Node.Binary binary
        && binary.operator().equals("=")
        && (isPerson(Expression.bare(binary.left())) || isPerson(Expression.bare(binary.right())));
  }

  private static boolean isPerson(Node node) {
    return node instanceof Node.Special special && special.isPerson();
  }

  /** Whether a function can tell who asks; what cannot be read may. */
  static boolean knows(Policy policy, Node.Call call) {
    if (call.schema().isEmpty()) {
      return call.name().equals("current_setting") || call.name().equals("pg_has_role");
    }
    List<Function> functions =
        policy.functions().stream()
            .filter(f -> f.schema().equals(call.schema()) && f.name().equals(call.name()))
            .toList();
    return functions.isEmpty()
        || functions.stream()
            .anyMatch(
                f ->
                    !f.language().matches("sql|plpgsql")
                        || f.mentions("_user")
                        || f.mentions("current_role")
                        || f.mentions("pg_has_role")
                        || f.mentions("current_setting")
                        || f.mentions("from")
                        || f.mentions("."));
  }
}
