package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Role;

/** Somebody has REPLICATION. */
final class Replication implements Rule {
  @Override
  public String id() {
    return "role-replication";
  }

  @Override
  public String manual() {
    return "logicaldecoding-explanation.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Person person : catalog.people().all()) {
      Role role = person.role();
      if (role.replicates()) {
        findings.error(
            "role " + Names.readable(role.name()),
            "%s has REPLICATION: by logical decoding they read what everybody writes."
                .formatted(role.name()),
            "ALTER ROLE %s NOREPLICATION;".formatted(role.quoted()));
      }
    }
  }
}
