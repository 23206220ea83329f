package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Snapshot.CatalogGrant;
import java.util.List;

/** The server's own tables that hold samples of everybody's rows, large objects or passwords. */
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
    for (CatalogGrant grant : catalog.snapshot().catalogGrants()) {
      List<Person> readers =
          catalog.people().all().stream()
              .filter(p -> !p.role().isSuperuser() && p.reaches().contains(grant.grantee()))
              .toList();
      if (!readers.isEmpty()) {
        findings.error(
            "pg_catalog." + grant.table(),
            "%s can read in %s what is in everybody's rows."
                .formatted(Person.names(readers), grant.table()),
            "REVOKE %s ON pg_catalog.%s FROM %s;"
                .formatted(grant.privilege(), grant.table(), catalog.grantee(grant.grantee())));
      }
    }
  }
}
