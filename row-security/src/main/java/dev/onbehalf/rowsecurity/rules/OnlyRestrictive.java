package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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
      Set<Policy> said = new HashSet<>();
      for (char command : new char[] {'r', 'a', 'w', 'd'}) {
        String privilege = Privileges.of(command);
        List<Person> shut =
            catalog.reach(table, privilege).people().stream()
                .filter(person -> isShut(catalog.policies(table, command, person)))
                .toList();
        if (shut.isEmpty()) {
          continue;
        }
        Policy policy = catalog.policies(table, command, shut.get(0)).get(0);
        if (said.add(policy)) {
          findings.note(
              policy,
              "%s cannot %s a row of %s: all policies for it are restrictive, and take away from what no permissive one allows."
                  .formatted(Person.names(shut), privilege.toLowerCase(Locale.ROOT), table),
              allow(catalog, policy));
        }
      }
    }
  }

  private static boolean isShut(List<Policy> policies) {
    return !policies.isEmpty() && policies.stream().noneMatch(Policy::isPermissive);
  }

  private static String allow(Catalog catalog, Policy policy) {
    return "CREATE POLICY %s ON %s FOR %s TO %s %s (%s);"
        .formatted(
            Names.quoted(Names.with(policy.name(), " allowed")),
            policy.table().quoted(),
            policy.commandName(),
            policy.roles().stream().map(catalog::grantee).collect(Collectors.joining(", ")),
            policy.command() == 'a' ? "WITH CHECK" : "USING",
            policy.using().or(policy::check).map(Expression::text).orElse("false"));
  }
}
