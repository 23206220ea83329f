package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Role;

/** Somebody has BYPASSRLS. */
final class BypassRls implements Rule {
  @Override
  public String id() {
    return "role-bypassrls";
  }

  @Override
  public String manual() {
    return "role-attributes.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Person person : catalog.people().all()) {
      Role role = person.role();
      if (role.bypassesRls()) {
        findings.error(
            "role " + Names.readable(role.name()),
            "%s has BYPASSRLS: they read and write every row of every table that is granted to them."
                .formatted(role.name()),
            "ALTER ROLE %s NOBYPASSRLS;".formatted(role.quoted()));
      }
    }
  }
}
