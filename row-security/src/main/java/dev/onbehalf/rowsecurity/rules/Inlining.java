package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import dev.onbehalf.rowsecurity.internal.expression.Query;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which functions the planner writes out in place of their call, and so what is really called: a
 * SQL function of one expression that reads nothing, and is no less volatile than it says.
 *
 * @see <a href="https://wiki.postgresql.org/wiki/Inlining_of_SQL_functions">Inlining of SQL
 *     functions</a>
 */
final class Inlining {
  private static final Set<String> AGGREGATES =
      Set.of("count", "sum", "avg", "min", "max", "array_agg", "string_agg", "bool_or", "bool_and");

  /** Clauses with which a SELECT is more than its expression. */
  private static final Pattern MORE =
      Pattern.compile(
          "\\b(?:with|distinct(?!\\s+from)|group|having|order|limit|offset|fetch|union|intersect|except)\\b",
          Pattern.CASE_INSENSITIVE);

  private Inlining() {}

  static boolean isInlined(Catalog catalog, Function function) {
    boolean isPlain =
        function.language().equals("sql")
            && !function.isDefiner()
            && !function.isProcedure()
            && function.settings().isEmpty()
            && function.volatility() != 'i';
    if (!isPlain) {
      return false;
    }
    Statements statements = new Statements(catalog, function);
    return statements.all().size() == 1
        && !MORE.matcher(statements.all().get(0)).find()
        && StatementQuery.of(statements.all().get(0))
            .filter(query -> isExpression(query))
            .filter(query -> function.volatility() == 'v' || !isVolatile(catalog, function, query))
            .isPresent();
  }

  private static boolean isExpression(Query query) {
    if (query.selects().size() != 1 || query.reads()) {
      return false;
    }
    Query.Select select = query.selects().get(0);
    return select.targets().size() == 1
        && select.conditions().isEmpty()
        && !select.hasFrom()
        && select.targets().get(0).all().noneMatch(Inlining::isMore);
  }

  private static boolean isMore(Node node) {
    return node instanceof Node.SubSelect
        || (node instanceof Node.Call call
            && call.schema().isEmpty()
            && AGGREGATES.contains(call.name()));
  }

  private static boolean isVolatile(Catalog catalog, Function function, Query query) {
    Set<String> names = catalog.snapshot().calls().volatileNames();
    return FunctionText.callees(catalog, function).stream().anyMatch(f -> f.volatility() == 'v')
        || query.selects().get(0).targets().stream()
            .flatMap(Node::all)
            .anyMatch(node -> node instanceof Node.Call call && names.contains(call.name()));
  }

  /** What is called where a function is: itself, or what stands in its place. */
  static Set<Function> called(Catalog catalog, Function function) {
    Set<Function> called = new LinkedHashSet<>();
    collect(catalog, function, called, new HashSet<>());
    return called;
  }

  private static void collect(
      Catalog catalog, Function function, Set<Function> called, Set<Function> seen) {
    if (!seen.add(function)) {
      return;
    }
    if (!isInlined(catalog, function)) {
      called.add(function);
      return;
    }
    FunctionText.callees(catalog, function)
        .forEach(within -> collect(catalog, within, called, seen));
  }

  /** Whether an expression calls a function anew for each row: not in a sub-select of its own. */
  static boolean isPerRow(Expression expression, Function function) {
    boolean isNamed = expression.all(Node.Call.class).anyMatch(call -> isOf(call, function));
    return !isNamed || isPerRow(expression.root(), function); // else an operator calls it
  }

  private static boolean isPerRow(Node node, Function function) {
    if (node instanceof Node.SubSelect select
        && !select.hasFrom()
        && select.all().noneMatch(Node.Column.class::isInstance)) {
      return false;
    }
    return (node instanceof Node.Call call && isOf(call, function))
        || node.parts().stream().anyMatch(part -> isPerRow(part, function));
  }

  static boolean isOf(Node.Call call, Function function) {
    return call.schema().equals(function.schema()) && call.name().equals(function.name());
  }
}
