package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Snapshot.LargeObject;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Large objects, which have no policies. */
final class LargeObjectGranted implements Rule {
  @Override
  public String id() {
    return "large-object-granted";
  }

  @Override
  public String manual() {
    return "lo-implementation.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    Map<Long, List<LargeObject>> byObject =
        catalog.snapshot().largeObjects().stream().collect(Collectors.groupingBy(LargeObject::oid));
    byObject.forEach(
        (oid, grants) -> {
          List<LargeObject> theirs =
              grants.stream()
                  .filter(
                      g ->
                          catalog.people().all().stream()
                              .anyMatch(
                                  p ->
                                      !p.role().isSuperuser() && p.reaches().contains(g.grantee())))
                  .toList();
          if (!theirs.isEmpty()) {
            List<Person> people =
                catalog.people().all().stream()
                    .filter(p -> theirs.stream().anyMatch(g -> p.reaches().contains(g.grantee())))
                    .toList();
            findings.warning(
                "large object " + oid,
                "%s can read or write the large object %s, whoever's row has its number: large objects have no policies."
                    .formatted(Person.names(people), oid),
                theirs.stream()
                    .map(
                        g ->
                            "REVOKE %s ON LARGE OBJECT %s FROM %s;"
                                .formatted(g.privilege(), oid, catalog.grantee(g.grantee())))
                    .distinct()
                    .collect(Collectors.joining("\n")));
          }
        });
  }
}
