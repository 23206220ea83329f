package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import java.util.List;
import java.util.stream.Collectors;

/** Restrictive policies alone: they restrict what nothing allows. */
final class OnlyRestrictive implements Rule {
  @Override
  public String id() {
    return "only-restrictive";
  }

  @Override
  public String manual() {
    return "sql-createpolicy.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Relation table : catalog.guardedTables()) {
      for (char command : new char[] {'r', 'a', 'w', 'd'}) {
        examine(catalog, findings, table, command);
      }
    }
  }

  private static void examine(Catalog catalog, Findings.Of findings, Relation table, char command) {
    for (Person person : catalog.reach(table, Privileges.of(command)).people()) {
      List<Policy> theirs = catalog.policies(table, command, person);
      if (theirs.isEmpty() || theirs.stream().anyMatch(Policy::isPermissive)) {
        continue;
      }
      Policy policy = theirs.get(0);
      boolean isInsert = policy.command() == 'a';
      String expression = policy.using().or(policy::check).map(Expression::text).orElse("false");
      findings.note(
          policy,
          "%s gets no row of %s: its policies for %s are all restrictive, and they only take away from what a permissive one allows."
              .formatted(person.role().name(), table, Privileges.of(command)),
          "CREATE POLICY %s ON %s FOR %s TO %s %s (%s);"
              .formatted(
                  Names.quoted(policy.name() + " allowed"),
                  table.quoted(),
                  policy.commandName(),
                  policy.roles().stream().map(catalog::grantee).collect(Collectors.joining(", ")),
                  isInsert ? "WITH CHECK" : "USING",
                  expression));
      return;
    }
  }
}
