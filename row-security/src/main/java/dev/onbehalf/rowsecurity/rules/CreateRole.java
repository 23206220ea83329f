package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Role;
import java.util.List;

/**
 * Somebody has CREATEROLE, or can become who has it, where that makes them a member of any role
 * that is no superuser: before 16.
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
    if (catalog.serverVersion() >= 160000) {
      return;
    }
    for (Role role : catalog.roles()) {
      List<Person> held =
          catalog.people().all().stream()
              .filter(person -> !person.role().isSuperuser())
              .filter(person -> person.becomes().contains(role.oid()))
              .toList();
      if (role.createsRoles() && !role.isSuperuser() && !held.isEmpty()) {
        findings.error(
            "role " + Names.readable(role.name()),
            "%s can make themselves a member of the owner of any table: %s has CREATEROLE."
                .formatted(Person.names(held), role.name()),
            "ALTER ROLE %s NOCREATEROLE;".formatted(role.quoted()));
      }
    }
  }
}
