package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Key;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.RewriteRule;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who causes rows of a table to be written: by a privilege on it, through a view, by a rule, or
 * along with what its foreign keys point at.
 */
final class Doors {
  private final Catalog catalog;
  private final Set<Relation> seen = new HashSet<>();

  private Doors(Catalog catalog) {
    this.catalog = catalog;
  }

  /** By the first of the ways that somebody has. */
  static Reach to(Catalog catalog, Relation table, Set<String> privileges) {
    return new Doors(catalog)
        .to(table, privileges)
        .findFirst()
        .orElse(new Reach(List.of(), List.of()));
  }

  private Stream<Reach> to(Relation table, Set<String> privileges) {
    if (privileges.isEmpty() || !seen.add(table)) {
      return Stream.empty();
    }
    return Stream.of(
            Stream.of(catalog.reach(table, privileges)),
            catalog.reported().stream()
                .filter(view -> view.isView() && !view.isInvoker())
                .filter(view -> catalog.sources(view).equals(Set.of(table)))
                .flatMap(view -> to(view, privileges)),
            catalog.rewriteRules().stream()
                .filter(rule -> isWriting(rule, table))
                .flatMap(rule -> to(rule.table(), Set.of(rule.privilege()))),
            catalog.keys().stream()
                .filter(key -> key.table().equals(table))
                .flatMap(key -> to(key.target(), along(key, privileges))))
        .flatMap(reaches -> reaches)
        .filter(reach -> !reach.isNobody());
  }

  private boolean isWriting(RewriteRule rule, Relation table) {
    return FunctionText.written(catalog, rule.definition()).contains(table);
  }

  /** What on the target does to the row that points at it what these do. */
  private static Set<String> along(Key key, Set<String> privileges) {
    Set<String> along = new HashSet<>();
    if ((key.onDelete() == 'c' && privileges.contains("DELETE"))
        || (isSetting(key.onDelete()) && privileges.contains("UPDATE"))) {
      along.add("DELETE");
    }
    if ((key.onUpdate() == 'c' || isSetting(key.onUpdate())) && privileges.contains("UPDATE")) {
      along.add("UPDATE");
    }
    return along;
  }

  private static boolean isSetting(char action) {
    return action == 'n' || action == 'd';
  }
}
