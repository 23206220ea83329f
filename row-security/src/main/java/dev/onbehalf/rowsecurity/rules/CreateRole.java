package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Role;

/**
 * Somebody has CREATEROLE where that makes them a member of any role that is no superuser: before
 * 16.
 */
final class CreateRole implements Rule {
  @Override
  public String id() {
    return "role-createrole";
  }

  @Override
  public String manual() {
    return "role-attributes.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Person person : catalog.people().all()) {
      Role role = person.role();
      if (role.createsRoles() && !role.isSuperuser() && catalog.serverVersion() < 160000) {
        findings.error(
            "role " + Names.readable(role.name()),
            "%s has CREATEROLE: they can make themselves a member of the owner of any table."
                .formatted(role.name()),
            "ALTER ROLE %s NOCREATEROLE;".formatted(role.quoted()));
      }
    }
  }
}
