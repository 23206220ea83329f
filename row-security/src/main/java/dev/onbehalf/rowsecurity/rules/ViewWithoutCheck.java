package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Query;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** A view that shows people their own rows, and lets them write what it would not show. */
final class ViewWithoutCheck implements Rule {
  /** With one of these nothing is written through a view without a trigger of its own. */
  private static final Pattern NOT_WRITABLE =
      Pattern.compile(
          "\\b(?:group|having|distinct|limit|offset|fetch|union|intersect|except|with)\\b",
          Pattern.CASE_INSENSITIVE);

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
      if (!view.isView() || view.isInvoker() || view.hasCheckOption()) {
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

  private static boolean isOpen(Catalog catalog, Relation view, Reach reach) {
    Query query = Views.query(catalog, view);
    List<Relation> sources = List.copyOf(catalog.sources(view));
    boolean isOfOne =
        query.selects().size() == 1
            && sources.size() == 1
            && !NOT_WRITABLE.matcher(query.text()).find()
            && Views.filters(catalog, view);
    if (!isOfOne || !isUnheld(catalog, view, sources.get(0))) {
      return false;
    }
    Set<String> persons = new HashSet<>();
    query
        .selects()
        .get(0)
        .conditions()
        .forEach(part -> persons.addAll(new Expression(query.text(), part).personsColumns()));
    return reach.grants().stream()
        .anyMatch(
            grant ->
                grant.column().isEmpty()
                    ? persons.stream().anyMatch(name -> view.column(name).isPresent())
                    : persons.contains(grant.column()));
  }

  /** Whether no policy holds the view's owner there. */
  private static boolean isUnheld(Catalog catalog, Relation view, Relation source) {
    return source.isTable() && (!source.hasRls() || catalog.isExempt(view.owner(), source));
  }
}
