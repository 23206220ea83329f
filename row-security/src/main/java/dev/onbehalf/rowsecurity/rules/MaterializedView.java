package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A materialized view holds what its owner saw, for all who may read it. */
final class MaterializedView implements Rule {
  @Override
  public String id() {
    return "materialized-view";
  }

  @Override
  public String manual() {
    return "sql-creatematerializedview.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    Beyond beyond = new Beyond(catalog);
    for (Relation view : catalog.reported()) {
      Reach reach =
          view.kind() == 'm' ? catalog.reach(view, "SELECT") : new Reach(List.of(), List.of());
      Optional<Source> source =
          reach.isNobody()
              ? Optional.empty()
              : guarded(catalog, beyond, view, reach, new HashSet<>());
      if (source.isPresent()) {
        report(catalog, view, source.get(), reach, findings);
      }
    }
  }

  /**
   * What a view holds rows of.
   *
   * @param isTotal whether they are counted or added up on the way, and none comes through
   */
  private record Source(Relation table, boolean isTotal) {}

  /** Counts and sums say how much there is; what they are grouped by is a value of rows. */
  private static void report(
      Catalog catalog, Relation view, Source source, Reach reach, Findings.Of findings) {
    String mend = catalog.revoke(reach, view.quoted());
    if (source.isTotal) {
      findings.note(
          view,
          "%s can learn in %s how much there is in %s, whoever it belongs to: it counts or adds up rows of all."
              .formatted(reach.who(), view, source.table),
          mend);
    } else {
      findings.error(
          view,
          "%s can read in %s rows of %s as its owner saw them: a materialized view has no policies."
              .formatted(reach.who(), view, source.table),
          mend);
    }
  }

  private static Optional<Source> guarded(
      Catalog catalog, Beyond beyond, Relation view, Reach reach, Set<Relation> seen) {
    boolean isTotal = Views.isTotal(catalog, view);
    for (Relation source : read(catalog, view)) {
      boolean isClosed =
          beyond
              .why(view.owner(), source, reach.people(), "r")
              .filter(why -> !why.isList())
              .isPresent();
      if (source.hasRls() || isClosed) {
        return Optional.of(new Source(source, isTotal));
      }
      if (seen.add(source)) {
        Optional<Source> found = guarded(catalog, beyond, source, reach, seen);
        if (found.isPresent()) {
          return found.map(it -> new Source(it.table, isTotal || it.isTotal));
        }
      }
    }
    return Optional.empty();
  }

  /** Directly, and by functions that it calls. */
  private static Set<Relation> read(Catalog catalog, Relation view) {
    Set<Relation> read = new LinkedHashSet<>(catalog.sources(view));
    catalog.snapshot().calls().byView().getOrDefault(view.oid(), Set.of()).stream()
        .flatMap(function -> FunctionText.withCalled(catalog, function).stream())
        .forEach(function -> read.addAll(FunctionText.tables(catalog, function)));
    return read;
  }
}
