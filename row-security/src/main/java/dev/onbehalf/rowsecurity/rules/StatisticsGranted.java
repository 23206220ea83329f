package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.Snapshot.CatalogGrant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The server's own tables that hold samples of everybody's rows, large objects or passwords: by a
 * grant on one, on its columns or on a view of it; and functions for its files, where all of it is,
 * and for logging in unasked.
 */
final class StatisticsGranted implements Rule {
  @Override
  public String id() {
    return "catalog-granted";
  }

  @Override
  public String manual() {
    return "catalog-pg-statistic.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    Map<String, List<CatalogGrant>> byName =
        catalog.snapshot().catalogGrants().stream()
            .filter(grant -> !catalog.reaching(grant.grantee()).isEmpty())
            .collect(Collectors.groupingBy(CatalogGrant::name, TreeMap::new, Collectors.toList()));
    byName.forEach((name, grants) -> examine(catalog, findings, name, grants));
    for (Relation view : catalog.reported()) {
      Set<String> read = read(catalog, view);
      Reach reach =
          read.isEmpty() ? new Reach(List.of(), List.of()) : catalog.reach(view, "SELECT");
      if (!reach.isNobody()) {
        findings.error(
            view,
            "%s can read through %s what %s holds of everybody's rows or secrets."
                .formatted(reach.who(), view, String.join(", ", read)),
            catalog.revoke(reach, view.quoted()));
      }
    }
  }

  private static void examine(
      Catalog catalog, Findings.Of findings, String name, List<CatalogGrant> grants) {
    List<Person> people =
        grants.stream().flatMap(g -> catalog.reaching(g.grantee()).stream()).distinct().toList();
    String sentence =
        !grants.get(0).privilege().equals("EXECUTE")
            ? "%s can read in %s what is in everybody's rows, or their secrets."
            : name.contains("dblink_connect_u(")
                ? "%s can log in by %s as anybody whom a server believes without a password."
                : "%s can read or write files of the server by %s, tables among them.";
    findings.error(
        name,
        sentence.formatted(Person.names(people), name),
        grants.stream()
            .map(grant -> revoke(catalog, grant))
            .distinct()
            .collect(Collectors.joining("\n")));
  }

  private static String revoke(Catalog catalog, CatalogGrant grant) {
    return "REVOKE %s%s ON %s%s FROM %s;"
        .formatted(
            grant.privilege(),
            grant.column().isEmpty() ? "" : " (" + Names.quoted(grant.column()) + ")",
            grant.privilege().equals("EXECUTE") ? "FUNCTION " : "",
            grant.name(),
            catalog.grantee(grant.grantee()));
  }

  /** What it reads of these tables, at any depth, as somebody who may. */
  private static Set<String> read(Catalog catalog, Relation view) {
    if (view.isTable() || (view.isView() && view.isInvoker())) {
      return Set.of(); // whoever asks needs the right themselves
    }
    Set<String> read = new TreeSet<>();
    Set<Relation> seen = new HashSet<>();
    Deque<Relation> rest = new ArrayDeque<>(List.of(view));
    while (!rest.isEmpty()) {
      Relation next = rest.pop();
      if (seen.add(next)) {
        read.addAll(catalog.outside().systemSources().getOrDefault(next.oid(), Set.of()));
        rest.addAll(catalog.sources(next));
      }
    }
    return read;
  }
}
