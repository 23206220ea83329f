package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * No index begins with the column by which a policy finds rows, and the table is large; or the one
 * that does is of no use: {@code current_user} is a {@code name}, whose collation is "C", and a
 * text compared with it is compared by that collation, which is not the index's.
 */
final class PolicyWithoutIndex implements Rule {
  @Override
  public String id() {
    return "policy-without-index";
  }

  @Override
  public String manual() {
    return "ddl-rowsecurity.html";
  }

  /** Fewer rows are read faster than an index is looked into. */
  static final double LARGE = 10_000;

  /**
   * A column that is compared by equality with what is known before the first row is read.
   *
   * @param isByName whether that is current_user itself
   */
  record Searched(String column, boolean isByName) {
    boolean isIndexed(Catalog catalog, Relation table) {
      return catalog.indexes(table).stream()
          .filter(index -> index.beginsWith(column) && !index.isPartial())
          .anyMatch(index -> index.isOfNames() || !isByName || !isText(table));
    }

    private boolean isText(Relation table) {
      return table
          .column(column)
          .filter(c -> c.type().equals("text") || c.type().startsWith("character"))
          .isPresent();
    }

    /** For CREATE INDEX. */
    String key(Relation table) {
      return Names.quoted(column) + (isByName && isText(table) ? " COLLATE \"C\"" : "");
    }
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Relation table : catalog.guardedTables()) {
      if (table.rows() < LARGE) {
        continue;
      }
      Set<Searched> said = new HashSet<>();
      for (Policy policy : catalog.policies(table)) {
        List<Person> held = catalog.heldBy(policy, privilege -> !privilege.equals("INSERT"));
        for (Searched searched : searched(policy)) {
          if (!held.isEmpty() && !searched.isIndexed(catalog, table) && said.add(searched)) {
            findings.slow(
                table + " column " + Names.readable(searched.column()),
                sentence(catalog, table, searched, policy, held),
                "CREATE INDEX ON %s (%s); -- CONCURRENTLY, where people work"
                    .formatted(table.quoted(), searched.key(table)),
                table,
                held.get(0),
                "");
          }
        }
      }
    }
  }

  private static String sentence(
      Catalog catalog, Relation table, Searched searched, Policy policy, List<Person> held) {
    boolean hasOther =
        catalog.indexes(table).stream().anyMatch(index -> index.beginsWith(searched.column()));
    return "Each query of %s reads all of %s (%s rows) to find their own: %s."
        .formatted(
            Person.names(held),
            table,
            Math.round(table.rows()),
            hasOther
                ? "the index on %s is of another collation than current_user, with which %s compares it"
                    .formatted(searched.column(), policy.name())
                : "no index begins with %s, by which the policy %s finds them"
                    .formatted(searched.column(), policy.name()));
  }

  static Set<Searched> searched(Policy policy) {
    Set<Searched> columns = new LinkedHashSet<>();
    for (Node.Binary comparison : policy.using().map(Expression::comparisons).orElse(List.of())) {
      // IN (SELECT ...) is looked up for each row, with or without an index; ANY (ARRAY (...)) is
      // not
      boolean isSubSelect = comparison.isAny() && comparison.right() instanceof Node.SubSelect;
      if (comparison.operator().equals("=") && !isSubSelect) {
        addSearched(policy.table(), comparison.left(), comparison.right(), columns);
        addSearched(policy.table(), comparison.right(), comparison.left(), columns);
      }
    }
    return columns;
  }

  private static void addSearched(Relation table, Node column, Node value, Set<Searched> columns) {
    if (Expression.bare(column) instanceof Node.Column it
        && table.column(it.name()).isPresent()
        && Expression.isAboutPerson(value)
        && Expression.ownColumns(value).isEmpty()) {
      columns.add(new Searched(it.name(), isName(value)));
    }
  }

  private static boolean isName(Node value) {
    Node bare = Expression.bare(value);
    return bare instanceof Node.Special
        || (bare instanceof Node.SubSelect select
            && !select.hasFrom()
            && select.parts().size() == 1
            && isName(select.parts().get(0)));
  }
}
