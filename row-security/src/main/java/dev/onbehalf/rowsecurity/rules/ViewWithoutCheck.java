package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import dev.onbehalf.rowsecurity.internal.expression.Query;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A view that shows people their own rows, and lets them write what it would not show. */
final class ViewWithoutCheck implements Rule {
  @Override
  public String id() {
    return "view-without-check";
  }

  @Override
  public String manual() {
    return "sql-createview.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Relation view : catalog.reported()) {
      if (!view.isView() || view.isInvoker()) {
        continue;
      }
      Reach reach = catalog.reach(view, "INSERT", "UPDATE");
      if (!reach.isNobody() && isOpen(catalog, view, reach)) {
        findings.error(
            view,
            "%s can %s through %s rows that it would not show, in others' names: its condition is not asked of new rows, nor is a policy of its owner %s."
                .formatted(reach.who(), reach.verbs(), view, catalog.role(view.owner()).name()),
            "ALTER VIEW %s SET (check_option = 'cascaded');".formatted(view.quoted()));
      }
    }
  }

  /** Down through the views below, whose conditions are asked no more than its own. */
  private static boolean isOpen(Catalog catalog, Relation view, Reach reach) {
    Relation at = view;
    long as = view.owner();
    Set<String> written = written(view, reach);
    boolean isCascaded = false;
    boolean isOpen = false;
    Set<Relation> seen = new HashSet<>();
    while (at.isView()) {
      Query query = Views.query(catalog, at);
      Optional<Relation> source = Views.written(catalog, at);
      if (!seen.add(at) || source.isEmpty()) {
        return false;
      }
      as = at.isInvoker() ? as : at.owner();
      written = below(at, query, written);
      isCascaded |= at.checkOption().equals("cascaded");
      boolean isHeld = Views.filters(catalog, at);
      if (isHeld && (isCascaded || !at.checkOption().isEmpty())) {
        return false;
      }
      isOpen |= isHeld && !Collections.disjoint(written, persons(query));
      at = source.get();
    }
    return isOpen && isUnheld(catalog, as, at);
  }

  private static Set<String> written(Relation view, Reach reach) {
    return view.columns().stream()
        .map(Relation.Column::name)
        .filter(
            name ->
                reach.grants().stream()
                    .anyMatch(grant -> grant.column().isEmpty() || grant.column().equals(name)))
        .collect(Collectors.toSet());
  }

  /** What columns are called in what a view reads. */
  private static Set<String> below(Relation view, Query query, Set<String> names) {
    List<Node> targets = query.selects().get(0).targets();
    Set<String> below = new HashSet<>();
    for (int i = 0; i < Math.min(targets.size(), view.columns().size()); i++) {
      if (targets.get(i) instanceof Node.Column column
          && names.contains(view.columns().get(i).name())) {
        below.add(column.name());
      }
    }
    return below;
  }

  private static Set<String> persons(Query query) {
    return query.selects().get(0).conditions().stream()
        .flatMap(part -> new Expression(query.text(), part).personsColumns().stream())
        .collect(Collectors.toSet());
  }

  /** Whether no policy holds who writes there. */
  private static boolean isUnheld(Catalog catalog, long as, Relation table) {
    return table.isTable() && (!table.hasRls() || catalog.isExempt(as, table));
  }
}
