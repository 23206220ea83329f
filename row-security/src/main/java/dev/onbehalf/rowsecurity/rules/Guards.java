package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Expression;

/** Whether a restrictive policy holds new rows to who writes them. */
final class Guards {
  private Guards() {}

  static boolean checked(Catalog catalog, Relation table, char command, Person person) {
    return catalog.policies(table, command, person).stream()
        .filter(policy -> !policy.isPermissive())
        .anyMatch(p -> p.effectiveCheck().map(Expression::isAboutPerson).orElse(false));
  }

  /** Whether a restrictive policy holds rows that are there to who asks. */
  static boolean used(Catalog catalog, Relation table, char command, Person person) {
    return catalog.policies(table, command, person).stream()
        .filter(policy -> !policy.isPermissive())
        .anyMatch(p -> p.using().map(Expression::isAboutPerson).orElse(false));
  }
}
