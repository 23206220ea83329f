package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.Trigger;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import dev.onbehalf.rowsecurity.internal.expression.Query;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What a view shows of what it reads. */
final class Views {
  /** With one of these, outside of sub-selects, nothing is written through it. */
  private static final Pattern NOT_WRITABLE =
      Pattern.compile(
          "^\\s*+with\\b|\\b(?:group|having|distinct|limit|offset|fetch|union|intersect|except|over)\\b",
          Pattern.CASE_INSENSITIVE);

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
    Query query = query(catalog, view);
    Set<String> open = query.open(Held.toReader(catalog));
    Set<String> named = query.named();
    boolean isHeld = filters(catalog, query);
    return catalog.sources(view).stream()
        .filter(
            source -> {
              String name = source.schema() + "." + source.name();
              return open.contains(name) || (!isHeld && !named.contains(name)); // not understood
            })
        .toList();
  }

  /** Whether a condition holds something of what it reads to who asks. */
  static boolean filters(Catalog catalog, Relation view) {
    return filters(catalog, query(catalog, view));
  }

  private static boolean filters(Catalog catalog, Query query) {
    return query.open(Held.toReader(catalog)).size() < query.open(NOBODY).size();
  }

  /** Whether it shows counts and sums of many rows, and none of them. */
  static boolean isTotal(Catalog catalog, Relation view) {
    return query(catalog, view).isTotal();
  }

  /** What is written through it, where no trigger of its own does that: the one that is in FROM. */
  static Optional<Relation> written(Catalog catalog, Relation view) {
    List<Query.Select> selects = query(catalog, view).selects();
    boolean isWritable =
        selects.size() == 1
            && !NOT_WRITABLE.matcher(FunctionText.outermost(catalog.definition(view))).find()
            && catalog.triggers(view).stream().noneMatch(Trigger::isInsteadOf);
    return isWritable ? selects.get(0).onlyTable().flatMap(catalog::relation) : Optional.empty();
  }

  static Query query(Catalog catalog, Relation view) {
    return Query.of(catalog.definition(view));
  }
}
