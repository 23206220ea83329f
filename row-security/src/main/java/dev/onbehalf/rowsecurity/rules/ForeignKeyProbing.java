package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Key;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.ArrayList;
import java.util.List;

/** A foreign key into a table under Row-Level Security: it is looked up beside the policies. */
final class ForeignKeyProbing implements Rule {
  @Override
  public String id() {
    return "foreign-key-probing";
  }

  @Override
  public String manual() {
    return "ddl-rowsecurity.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Key key : catalog.keys()) {
      Relation table = key.table();
      Relation target = key.target();
      if (!table.reported() || !table.hasRls() || !target.hasRls()) {
        continue;
      }
      List<Person> writers =
          catalog.reach(table, "INSERT", "UPDATE").people().stream()
              .filter(person -> !seesAll(catalog, target, person))
              .filter(person -> !isChecked(catalog, key, person))
              .toList();
      boolean isOwn =
          InsertForOthers.owners(catalog, target).stream().anyMatch(key.targetColumns()::contains);
      if (!writers.isEmpty() && !isOwn) {
        findings.warning(
            table + " constraint " + Names.readable(key.name()),
            "%s can attach rows of %s to rows of %s that they cannot see, and so learn which are there: foreign keys are looked up beside the policies."
                .formatted(Person.names(writers), table, target),
            restrict(key));
      }
    }
  }

  private static boolean seesAll(Catalog catalog, Relation target, Person person) {
    return catalog.policies(target, 'r', person).stream()
        .anyMatch(policy -> policy.isPermissive() && AlwaysTrue.isTrue(policy, policy.using()));
  }

  /** Whether what is checked of new rows looks the target up, as who writes. */
  private static boolean isChecked(Catalog catalog, Key key, Person person) {
    List<Policy> policies =
        catalog.policies(key.table()).stream()
            .filter(p -> (p.isFor('a') || p.isFor('w')) && catalog.isFor(p, person))
            .filter(p -> p.effectiveCheck().isPresent())
            .toList();
    return policies.stream().filter(p -> !p.isPermissive()).anyMatch(p -> looksUp(p, key))
        || (policies.stream().anyMatch(Policy::isPermissive)
            && policies.stream().filter(Policy::isPermissive).allMatch(p -> looksUp(p, key)));
  }

  private static boolean looksUp(Policy policy, Key key) {
    String target = key.target().schema() + "." + key.target().name();
    return policy.relations().contains(key.target())
        && policy.effectiveCheck().stream()
            .flatMap(check -> check.all(Node.SubSelect.class))
            .anyMatch(select -> select.tables().contains(target));
  }

  private static String restrict(Key key) {
    List<String> pairs = new ArrayList<>();
    List<String> empty = new ArrayList<>();
    for (int i = 0; i < key.columns().size(); i++) {
      String column = key.table().quoted() + "." + Names.quoted(key.columns().get(i));
      pairs.add("target.%s = %s".formatted(Names.quoted(key.targetColumns().get(i)), column));
      empty.add(column + " IS NULL");
    }
    String condition =
        "%s OR EXISTS (SELECT FROM %s target WHERE %s)"
            .formatted(
                String.join(" OR ", empty), key.target().quoted(), String.join(" AND ", pairs));
    return """
        CREATE POLICY %1$s ON %2$s AS RESTRICTIVE FOR INSERT WITH CHECK (%4$s);
        CREATE POLICY %3$s ON %2$s AS RESTRICTIVE FOR UPDATE USING (true) WITH CHECK (%4$s);"""
        .formatted(
            Names.quoted(Names.with(key.name(), " seen")),
            key.table().quoted(),
            Names.quoted(Names.with(key.name(), " still seen")),
            condition);
  }
}
