package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** No index begins with the column by which a policy finds rows, and the table is large. */
final class PolicyWithoutIndex implements Rule {
  @Override
  public String id() {
    return "policy-without-index";
  }

  @Override
  public String manual() {
    return "ddl-rowsecurity.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Relation table : catalog.guardedTables()) {
      if (table.rows() < LARGE) {
        continue;
      }
      for (Policy policy : catalog.policies(table)) {
        List<Person> held = catalog.heldBy(policy, privilege -> !privilege.equals("INSERT"));
        for (String column : policy.using().map(PolicyWithoutIndex::searched).orElse(Set.of())) {
          if (!held.isEmpty()
              && table.column(column).isPresent()
              && !isIndexed(catalog, table, column)) {
            findings.slow(
                table + " column " + Names.readable(column),
                "Each query of %s reads all of %s (%s rows) to find their own: no index begins with %s, by which the policy %s finds them."
                    .formatted(
                        Person.names(held), table, Math.round(table.rows()), column, policy.name()),
                "CREATE INDEX ON %s (%s); -- CONCURRENTLY, where people work"
                    .formatted(table.quoted(), Names.quoted(column)),
                table,
                held.get(0),
                "");
          }
        }
      }
    }
  }

  /** Fewer rows are read faster than an index is looked into. */
  static final double LARGE = 10_000;

  static boolean isIndexed(Catalog catalog, Relation table, String column) {
    return catalog.indexes(table).stream().anyMatch(i -> i.beginsWith(column) && !i.isPartial());
  }

  /** Columns that are compared by equality with what is known before the first row is read. */
  static Set<String> searched(Expression using) {
    Set<String> columns = new TreeSet<>();
    for (Node.Binary comparison : using.comparisons()) {
      if (comparison.operator().equals("=")) {
        addSearched(comparison.left(), comparison.right(), columns);
        addSearched(comparison.right(), comparison.left(), columns);
      }
    }
    return columns;
  }

  private static void addSearched(Node column, Node value, Set<String> columns) {
    if (Expression.bare(column) instanceof Node.Column it
        && Expression.isAboutPerson(value)
        && Expression.ownColumns(value).isEmpty()) {
      columns.add(it.name());
    }
  }
}
