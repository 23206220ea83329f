package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Expression.Change;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A call that does not depend on the row, and is made for each row. */
final class CallPerRow implements Rule {
  /** The system's that look something up, or keep an index from being used: they are volatile. */
  private static final Set<String> ONCE =
      Set.of("current_setting", "pg_has_role", "clock_timestamp", "timeofday");

  @Override
  public String id() {
    return "policy-calls-per-row";
  }

  @Override
  public String manual() {
    return "ddl-rowsecurity.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Policy policy : catalog.policies()) {
      List<Person> held = catalog.heldBy(policy);
      if (held.isEmpty()) {
        continue;
      }
      List<Change> using = policy.using().map(e -> changes(catalog, policy, e)).orElse(List.of());
      List<Change> check = policy.check().map(e -> changes(catalog, policy, e)).orElse(List.of());
      if (!using.isEmpty() || !check.isEmpty()) {
        findings.slow(
            policy,
            "Each query of %s on %s makes a call for each row that needs to be made once: as a sub-select, the policy %s makes it once."
                .formatted(Person.names(held), policy.table(), policy.name()),
            policy.alter()
                + policy.using().map(e -> " USING (" + e.with(using) + ")").orElse("")
                + policy.check().map(e -> " WITH CHECK (" + e.with(check) + ")").orElse("")
                + ";",
            policy.table(),
            held.get(0),
            "");
      }
    }
  }

  private static List<Change> changes(Catalog catalog, Policy policy, Expression expression) {
    List<Change> changes = new ArrayList<>();
    collect(catalog, policy, expression, expression.root(), changes);
    return changes;
  }

  private static void collect(
      Catalog catalog, Policy policy, Expression expression, Node node, List<Change> changes) {
    if (node instanceof Node.SubSelect) {
      return; // what depends on nothing outside is made once there
    }
    if (node instanceof Node.Call call
        && isDear(catalog, policy, call)
        && Expression.ownColumns(call).isEmpty()
        && !hasSubSelect(call)) {
      changes.add(new Change(node.start(), node.end(), "(SELECT " + expression.text(node) + ")"));
      return;
    }
    node.parts().forEach(part -> collect(catalog, policy, expression, part, changes));
  }

  private static boolean hasSubSelect(Node node) {
    return node.all().anyMatch(Node.SubSelect.class::isInstance);
  }

  /** One that the planner neither computes beforehand nor writes out into the query. */
  private static boolean isDear(Catalog catalog, Policy policy, Node.Call call) {
    if (call.schema().isEmpty()) {
      return ONCE.contains(call.name());
    }
    return policy.functions().stream()
        .filter(function -> Inlining.isOf(call, function))
        .anyMatch(f -> f.volatility() != 'i' && !Inlining.isInlined(catalog, f));
  }
}
