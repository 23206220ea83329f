package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** How people are taken out of a role. */
final class Chains {
  private Chains() {}

  /** REVOKE of the first step of every way from people to a role. */
  static String cut(Catalog catalog, List<Person> people, long target) {
    Set<String> statements = new LinkedHashSet<>();
    for (Person person : people) {
      for (long step : catalog.memberships().firstSteps(person.role().oid(), target)) {
        // of many alike, the group is taken out, not each of them
        boolean isMany = person.count() > 1 && step != target;
        if (isMany) {
          for (long next : catalog.memberships().firstSteps(step, target)) {
            statements.add(revoke(catalog, next, step));
          }
        } else if (person.count() > 1) {
          for (long member : catalog.memberships().membersLike(person.role().oid(), step)) {
            statements.add(revoke(catalog, step, member));
          }
        } else {
          statements.add(revoke(catalog, step, person.role().oid()));
        }
      }
    }
    return String.join("\n", statements);
  }

  private static String revoke(Catalog catalog, long group, long member) {
    return "REVOKE %s FROM %s;"
        .formatted(catalog.role(group).quoted(), catalog.role(member).quoted());
  }
}
