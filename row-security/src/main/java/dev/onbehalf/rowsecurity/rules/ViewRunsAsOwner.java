package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A view, by any depth of views, that reads a table as somebody whom its policies do not hold. */
final class ViewRunsAsOwner implements Rule {
  @Override
  public String id() {
    return "view-runs-as-owner";
  }

  @Override
  public String manual() {
    return "sql-createview.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Relation view : catalog.reported()) {
      Reach reach = catalog.reach(view, Privileges.READ_OR_WRITE);
      if (!view.isView() || reach.isNobody()) {
        continue;
      }
      Optional<Leak> leak = leak(catalog, view, Optional.empty(), new HashSet<>());
      leak.ifPresent(
          found ->
              findings.error(
                  view,
                  "%s can %s through %s every row that it takes from %s: the view%s runs as its owner %s, whom no policy holds there."
                      .formatted(
                          reach.who(),
                          reach.verbs(),
                          view,
                          found.table,
                          found.view.equals(view) ? "" : " " + found.view + " within",
                          catalog.role(found.view.owner()).name()),
                  mend(catalog, found, reach, view)));
    }
  }

  private record Leak(Relation view, Relation table) {}

  /**
   * @param as the view whose owner reads; empty for who asks
   */
  private static Optional<Leak> leak(
      Catalog catalog, Relation view, Optional<Relation> as, Set<Relation> seen) {
    Optional<Relation> reader = view.isInvoker() ? as : Optional.of(view);
    for (Relation source : catalog.sources(view)) {
      Optional<Leak> found = Optional.empty();
      if (source.isView() && seen.add(source)) {
        found = leak(catalog, source, reader, seen);
      } else if (source.hasRls()
          && reader.isPresent()
          && catalog.isExempt(reader.get().owner(), source)) {
        found = Optional.of(new Leak(reader.get(), source));
      }
      if (found.isPresent() && !filters(catalog, found.get().view)) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** A view that says itself for whom is another rule's: {@link ViewWithoutBarrier}. */
  static boolean filters(Catalog catalog, Relation view) {
    String text = catalog.definition(view);
    int where = text.toUpperCase(Locale.ROOT).indexOf("WHERE");
    return where >= 0
        && Expression.of(text)
            .all(Node.Special.class)
            .anyMatch(
                s -> s.start() > where && (s.isCurrentUser() || s.name().equals("SESSION_USER")));
  }

  private static String mend(Catalog catalog, Leak leak, Reach reach, Relation view) {
    return catalog.serverVersion() >= 150000
        ? "ALTER VIEW %s SET (security_invoker = true); -- people then need SELECT on what it reads"
            .formatted(leak.view.quoted())
        : catalog.revoke(reach, view.quoted()); // security_invoker came with 15
  }
}
