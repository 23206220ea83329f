package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Key;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.RewriteRule;
import dev.onbehalf.rowsecurity.internal.catalog.Trigger;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who causes rows of a table to be written: by a privilege on it or on what it is a part of,
 * through a view, by a rule, or along with what its foreign keys point at.
 */
final class Doors {
  /** On what somebody has which privileges. */
  record Door(Relation at, Set<String> privileges, Reach reach) {}

  private final Catalog catalog;
  private final boolean isForEachRow;
  private final boolean isOfOthersToo;
  private final Set<Map.Entry<Relation, Set<String>>> seen = new HashSet<>();

  private Doors(Catalog catalog, boolean isForEachRow, boolean isOfOthersToo) {
    this.catalog = catalog;
    this.isForEachRow = isForEachRow;
    this.isOfOthersToo = isOfOthersToo;
  }

  /** Those that somebody has by which a trigger is called; the first is the nearest. */
  static Stream<Door> to(Catalog catalog, Trigger trigger) {
    return new Doors(catalog, trigger.isForEachRow(), true)
        .to(trigger.table(), trigger.privileges());
  }

  /** Those of them at which who writes says what is in the row. */
  static Stream<Door> ofRows(Catalog catalog, Trigger trigger) {
    return new Doors(catalog, trigger.isForEachRow(), false)
        .to(trigger.table(), trigger.privileges());
  }

  private Stream<Door> to(Relation table, Set<String> privileges) {
    if (privileges.isEmpty() || !seen.add(Map.entry(table, privileges))) {
      return Stream.empty();
    }
    Stream<Door> ofRows =
        Stream.of(
                Stream.of(new Door(table, privileges, catalog.reach(table, privileges))),
                parents(table).flatMap(parent -> to(parent, throughParent(table, privileges))),
                catalog.readers(table).stream()
                    .filter(view -> view.isView() && !view.isInvoker())
                    .filter(view -> Views.written(catalog, view).filter(table::equals).isPresent())
                    .flatMap(view -> to(view, privileges)))
            .flatMap(doors -> doors)
            .filter(door -> !door.reach().isNobody());
    return isOfOthersToo ? Stream.concat(ofRows, others(table, privileges)) : ofRows;
  }

  private Stream<Relation> parents(Relation table) {
    return isForEachRow ? catalog.parents(table).stream() : Stream.empty();
  }

  /** Into what inherits without being a partition nothing is inserted by its parent. */
  private static Set<String> throughParent(Relation child, Set<String> privileges) {
    Set<String> through = new HashSet<>(privileges);
    if (!child.isPartition()) {
      through.remove("INSERT");
    }
    return through;
  }

  private Stream<Door> others(Relation table, Set<String> privileges) {
    return Stream.concat(
        catalog.rewriteRules().stream()
            .filter(rule -> isWriting(rule, table, privileges))
            .flatMap(rule -> to(rule.table(), Set.of(rule.privilege()))),
        catalog.keys(table).stream().flatMap(key -> to(key.target(), along(key, privileges))));
  }

  private boolean isWriting(RewriteRule rule, Relation table, Set<String> privileges) {
    return Write.of(catalog, rule.asFunction(), rule.actions()).stream()
        .anyMatch(
            write ->
                write.into().equals(table) && privileges.contains(Privileges.of(write.command())));
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
