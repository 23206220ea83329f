package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import java.util.List;

/**
 * A command that is granted, and that no policy allows: what looks like an empty table is a closed
 * one.
 */
final class GrantWithoutPolicy implements Rule {
  @Override
  public String id() {
    return "grant-without-policy";
  }

  @Override
  public String manual() {
    return "ddl-rowsecurity.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Relation table : catalog.guardedTables()) {
      for (char command : new char[] {'r', 'a', 'w', 'd'}) {
        String privilege = Privileges.of(command);
        Reach reach = catalog.reach(table, privilege);
        List<Person> shut =
            reach.people().stream().filter(p -> isShut(catalog, table, command, p)).toList();
        if (!shut.isEmpty()) {
          Reach theirs = new Reach(shut, reach.grants());
          findings.note(
              table + " " + privilege,
              "%s may %s %s by grant, but no policy lets them have a row: nothing is said to them, and the next policy opens it."
                  .formatted(theirs.who(), theirs.verbs(), table),
              catalog.revoke(theirs, table.quoted()));
        }
      }
    }
  }

  private static boolean isShut(Catalog catalog, Relation table, char command, Person person) {
    // OnlyRestrictive and UpdateWithoutSelect say it better
    return catalog.policies(table, command, person).stream()
            .noneMatch(
                p -> command != 'a' || p.effectiveCheck().isPresent()) // or it lets nothing in
        && !catalog.isExempt(person.role().oid(), table)
        && (command != 'r' || catalog.policies(table, 'w', person).isEmpty());
  }
}
