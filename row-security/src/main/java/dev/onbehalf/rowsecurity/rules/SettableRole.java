package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Somebody can become, by SET ROLE, a role above policies or another person. */
final class SettableRole implements Rule {
  @Override
  public String id() {
    return "role-settable";
  }

  @Override
  public String manual() {
    return "sql-set-role.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    Map<Role, List<Person>> above = new LinkedHashMap<>();
    for (Person person : catalog.people().all()) {
      for (long oid : person.becomes()) {
        Role role = catalog.role(oid);
        boolean isOther = oid != person.role().oid() && !person.role().isSuperuser();
        if (isOther && (role.isAbove() || role.replicates() || isSomebody(catalog, role))) {
          above.computeIfAbsent(role, key -> new ArrayList<>()).add(person);
        }
      }
    }
    above.forEach(
        (role, people) -> {
          String what =
              role.isSuperuser()
                  ? "a superuser"
                  : role.bypassesRls()
                      ? "above every policy"
                      : role.logsIn() ? "somebody else" : "REPLICATION";
          findings.error(
              "role " + Names.readable(role.name()),
              "%s can become %s by SET ROLE, and is %s then."
                  .formatted(Person.names(people), role.name(), what),
              Chains.cut(catalog, people, role.oid()));
        });
  }

  /** A role that logs in, and is no group of people. */
  private static boolean isSomebody(Catalog catalog, Role role) {
    return role.logsIn() && !catalog.people().groups().contains(role.oid());
  }
}
