package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Role;

/** Somebody has SUPERUSER. */
final class Superuser implements Rule {
  @Override
  public String id() {
    return "role-superuser";
  }

  @Override
  public String manual() {
    return "role-attributes.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Person person : catalog.people().all()) {
      Role role = person.role();
      if (role.isSuperuser()) {
        findings.error(
            "role " + Names.readable(role.name()),
            "%s is a superuser: no grant and no policy holds them, anywhere."
                .formatted(role.name()),
            "ALTER ROLE %s NOSUPERUSER;".formatted(role.quoted()));
      }
    }
  }
}
