package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import dev.onbehalf.rowsecurity.internal.expression.Query;
import java.util.List;
import java.util.Set;

/** What a view shows of what it reads. */
final class Views {
  private static final Query.Asker NOBODY =
      new Query.Asker() {
        @Override
        public boolean holds(String text, Node condition) {
          return false;
        }

        @Override
        public boolean isToldBy(String text, Node value) {
          return false;
        }
      };

  private Views() {}

  /** Tables and views that it reads without a condition that holds rows to who asks. */
  static List<Relation> open(Catalog catalog, Relation view) {
    Set<String> open = query(catalog, view).open(Held.toReader(catalog));
    return catalog.sources(view).stream()
        .filter(source -> open.contains(source.schema() + "." + source.name()))
        .toList();
  }

  /** Whether a condition holds something of what it reads to who asks. */
  static boolean filters(Catalog catalog, Relation view) {
    Query query = query(catalog, view);
    return query.open(Held.toReader(catalog)).size() < query.open(NOBODY).size();
  }

  /** Whether it shows counts and sums of many rows, and none of them. */
  static boolean isTotal(Catalog catalog, Relation view) {
    return query(catalog, view).isTotal();
  }

  static Query query(Catalog catalog, Relation view) {
    return Query.of(catalog.definition(view));
  }
}
