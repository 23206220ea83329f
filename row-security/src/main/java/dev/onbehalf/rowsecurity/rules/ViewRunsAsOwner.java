package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
      Optional<Leak> leak = leak(catalog, view, Optional.empty(), reach, new HashSet<>());
      if (leak.isPresent() && leak.get().isTotal) {
        findings.note(
            view,
            "%s can learn through %s how much there is in %s, whoever it belongs to: the view counts or adds up rows of all."
                .formatted(reach.who(), view, leak.get().table),
            mend(catalog, leak.get(), reach, view));
      } else if (leak.isPresent()) {
        Leak found = leak.get();
        findings.error(
            view,
            "%s can %s through %s %s %s: the view%s runs as its owner %s, %s."
                .formatted(
                    reach.who(),
                    reach.verbs(),
                    view,
                    reach.has("SELECT") ? "every row that it takes from" : "whosever rows of",
                    found.table,
                    found.view.equals(view) ? "" : " " + found.view + " within",
                    catalog.role(found.view.owner()).name(),
                    found.why),
            mend(catalog, found, reach, view));
      }
    }
  }

  /**
   * One.
   *
   * @param isTotal whether counts and sums of the rows come through, and none of them
   */
  private record Leak(Relation view, Relation table, String why, boolean isTotal) {}

  /**
   * What people get through it; nothing through what one of the views on the way holds to them.
   *
   * @param as the view whose owner reads; empty for who asks
   */
  private static Optional<Leak> leak(
      Catalog catalog, Relation view, Optional<Relation> as, Reach reach, Set<Relation> seen) {
    Optional<Relation> reader = view.isInvoker() ? as : Optional.of(view);
    for (Relation source : Views.open(catalog, view)) {
      Optional<Leak> found = Optional.empty();
      if (source.isView() && seen.add(source)) {
        found = leak(catalog, source, reader, reach, seen);
      } else if (reader.isPresent()) {
        Relation by = reader.get();
        found =
            Beyond.why(catalog, by.owner(), source, reach.people(), commands(reach))
                .map(why -> new Leak(by, source, why, false));
      }
      if (found.isPresent()) {
        Leak it = found.get();
        boolean isTotal = it.isTotal || Views.isTotal(catalog, view);
        return Optional.of(new Leak(it.view, it.table, it.why, isTotal));
      }
    }
    return Optional.empty();
  }

  private static String commands(Reach reach) {
    return Stream.of("r", "a", "w", "d")
        .filter(command -> reach.has(Privileges.of(command.charAt(0))))
        .collect(Collectors.joining());
  }

  private static String mend(Catalog catalog, Leak leak, Reach reach, Relation view) {
    return catalog.serverVersion() >= 150000
        ? "ALTER VIEW %s SET (security_invoker = true); -- people then need SELECT on what it reads"
            .formatted(leak.view.quoted())
        : catalog.revoke(reach, view.quoted()); // security_invoker came with 15
  }
}
