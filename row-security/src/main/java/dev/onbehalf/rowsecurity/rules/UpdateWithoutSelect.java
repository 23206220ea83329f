package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Rows that can be changed or deleted, and not seen. */
final class UpdateWithoutSelect implements Rule {
  @Override
  public String id() {
    return "write-unseen";
  }

  @Override
  public String manual() {
    return "sql-createpolicy.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Relation table : catalog.guardedTables()) {
      for (Policy policy : catalog.policies(table)) {
        boolean isWrite = policy.command() == 'w' || policy.command() == 'd';
        if (!isWrite || !policy.isPermissive() || policy.using().isEmpty()) {
          continue;
        }
        List<Person> blind =
            catalog.heldBy(policy).stream()
                .filter(
                    p -> catalog.policies(table, 'r', p).stream().noneMatch(Policy::isPermissive))
                .toList();
        if (!blind.isEmpty()) {
          findings.warning(
              policy,
              "%s can %s rows of %s that they cannot see: with a WHERE they reach none, and without one they reach all of them at once."
                  .formatted(
                      Person.names(blind), policy.commandName().toLowerCase(Locale.ROOT), table),
              "CREATE POLICY %s ON %s FOR SELECT TO %s USING (%s);"
                  .formatted(
                      Names.quoted(Names.with(policy.name(), " seen")),
                      table.quoted(),
                      policy.roles().stream()
                          .map(catalog::grantee)
                          .collect(Collectors.joining(", ")),
                      policy.using().get().text()));
        }
      }
    }
  }
}
