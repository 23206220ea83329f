package dev.onbehalf.rowsecurity.explain;

import dev.onbehalf.rowsecurity.explain.Outcome.When;
import dev.onbehalf.rowsecurity.explain.Policies.Policy;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Expressions over one row, evaluated together: what they came to is known after {@link #run}. Not
 * thread-safe.
 */
final class Evaluation {
  private final List<Expression> conditions = new ArrayList<>();
  private final Set<String> expressions = new LinkedHashSet<>();
  private final Map<String, Outcome> outcomes = new LinkedHashMap<>();
  private final TableName table;
  private final Set<String> columns;

  private final RowText row;

  Evaluation(Facts facts, RowText row) {
    this.row = row;
    this.table = facts.table().name();
    this.columns =
        facts.columns().stream().map(Facts.Column::name).collect(Collectors.toUnmodifiableSet());
  }

  /** A condition with its parts and what they depend on. */
  void add(Expression expression) {
    conditions.add(expression);
    addTree(expression);
  }

  private void addTree(Expression expression) {
    expressions.add(expression.text());
    if (expression.parts().isEmpty()) {
      expressions.addAll(expression.operands(table, columns).values());
    }
    expression.parts().forEach(this::addTree);
  }

  RowText row() {
    return row;
  }

  void run(AsPerson person) throws SQLException {
    List<String> all = new ArrayList<>(expressions);
    List<Outcome> results = person.evaluate(all, row);
    for (int i = 0; i < all.size(); i++) {
      outcomes.put(all.get(i), results.get(i));
    }
    conditions.forEach(this::deduce);
  }

  /** Of a condition that could not be evaluated as a whole, by what its parts came to. */
  private Outcome deduce(Expression expression) {
    List<Outcome> parts = expression.parts().stream().map(this::deduce).toList();
    Outcome known = outcome(expression.text());
    if (parts.isEmpty() || known.error() == null || known.error().when() != When.NOT_EVALUATED) {
      return known;
    }
    Outcome deduced =
        expression.joinedBy().equals("NOT")
            ? parts.get(0).negated()
            : join(expression.joinedBy().equals("AND"), parts);
    outcomes.put(expression.text(), deduced);
    return deduced;
  }

  private static Outcome join(boolean and, List<Outcome> parts) {
    String decisive = and ? "false" : "true";
    return parts.stream()
        .filter(part -> part.error() != null)
        .findFirst()
        .or(() -> parts.stream().filter(part -> decisive.equals(part.text())).findFirst())
        .or(() -> parts.stream().filter(part -> part.text() == null).findFirst())
        .orElse(parts.get(0));
  }

  Outcome outcome(String expression) {
    Outcome outcome = outcomes.get(expression);
    if (outcome == null) {
      throw new IllegalStateException("Not evaluated: " + expression);
    }
    return outcome;
  }

  Part part(Expression expression) {
    Map<String, @Nullable String> operands = new LinkedHashMap<>();
    if (expression.parts().isEmpty()) {
      expression
          .operands(table, columns)
          .forEach((name, text) -> operands.put(name, outcome(text).text()));
    }
    return new Part(
        Expression.shown(expression.text()),
        Truth.of(outcome(expression.text())),
        expression.joinedBy(),
        expression.parts().stream().map(this::part).toList(),
        operands);
  }

  /** All permissive policies as the one expression that the server makes of them. */
  static String together(List<Policy> permissive, Function<Policy, @Nullable String> expression) {
    List<String> conditions =
        permissive.stream().map(expression).filter(text -> text != null).toList();
    return conditions.size() == 1
        ? Expression.parse(conditions.get(0)).text()
        : conditions.stream().map(text -> "(" + text + ")").collect(Collectors.joining(" OR "));
  }
}
