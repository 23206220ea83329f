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
    Beyond beyond = new Beyond(catalog);
    for (Relation view : catalog.reported()) {
      Reach reach = catalog.reach(view, Privileges.READ_OR_WRITE);
      if (!view.isView() || reach.isNobody()) {
        continue;
      }
      Optional<Leak> leak = leak(catalog, beyond, view, Optional.empty(), reach, new HashSet<>());
      if (leak.isPresent() && leak.get().isTotal) {
        findings.note(
            view,
            "%s can learn through %s how much there is in %s, whoever it belongs to: the view counts or adds up rows of all."
                .formatted(reach.who(), view, leak.get().table),
            mend(catalog, leak.get(), reach, view));
      } else if (leak.isPresent() && leak.get().isList && !isWritten(catalog, view, reach)) {
        findings.note(
            view,
            "%s can select through %s every row of %s, in which nothing hints at people: if it is a list for everybody, a line of the baseline should say so."
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
   * @param isList whether no policy is there, and nothing hints at people
   */
  private record Leak(Relation view, Relation table, String why, boolean isTotal, boolean isList) {}

  /**
   * What people get through it; nothing through what one of the views on the way holds to them.
   *
   * @param as the view whose owner reads; empty for who asks
   */
  private static Optional<Leak> leak(
      Catalog catalog,
      Beyond beyond,
      Relation view,
      Optional<Relation> as,
      Reach reach,
      Set<Relation> seen) {
    boolean isStored = view.kind() == 'm'; // who may read it may read all of it
    Optional<Relation> reader = view.isInvoker() || isStored ? as : Optional.of(view);
    Optional<Leak> list = Optional.empty();
    for (Relation source : Views.open(catalog, view)) {
      Optional<Leak> found = Optional.empty();
      boolean isWithin = source.isView() || (source.kind() == 'm' && reader.isPresent());
      if (isWithin && seen.add(source)) {
        found = leak(catalog, beyond, source, reader, reach, seen);
      } else if (!isWithin && reader.isPresent()) {
        Relation by = reader.get();
        found =
            beyond
                .why(by.owner(), source, reach.people(), commands(reach))
                .map(why -> new Leak(by, source, why.text(), false, why.isList()));
      }
      if (found.isPresent()) {
        Leak it = found.get();
        boolean isTotal = it.isTotal || Views.isTotal(catalog, view);
        Leak leak = new Leak(it.view, it.table, it.why, isTotal, it.isList);
        if (!leak.isList) {
          return Optional.of(leak);
        }
        list = Optional.of(leak);
      }
    }
    return list;
  }

  /** Whether people may write through it, as far as one can through a view of one table. */
  private static boolean isWritten(Catalog catalog, Relation view, Reach reach) {
    return !reach.privileges().equals(Set.of("SELECT"))
        && catalog.sources(view).size() == 1
        && Views.query(catalog, view).selects().size() == 1;
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
