package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Key;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A foreign key into a table under Row-Level Security: it is looked up beside the policies, by
 * INSERT and by UPDATE; and who deletes what is pointed at is told that something points there.
 */
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
      if (!table.reported() || !table.hasRls() || !key.target().hasRls()) {
        continue;
      }
      Set<Person> writers = new LinkedHashSet<>(writers(catalog, key, 'a'));
      writers.addAll(writers(catalog, key, 'w'));
      if (!writers.isEmpty()) {
        findings.warning(
            table + " constraint " + Names.readable(key.name()),
            "%s can attach rows of %s to rows of %s that they cannot see, and so learn which are there: foreign keys are looked up beside the policies."
                .formatted(Person.names(List.copyOf(writers)), table, key.target()),
            restrict(key));
      }
      UnseenChildren children = new UnseenChildren(catalog, key);
      List<Person> refused = children.refusedTo();
      if (!refused.isEmpty()) {
        findings.note(
            key.target() + " referenced by " + table + " constraint " + Names.readable(key.name()),
            "%s can learn that there are rows of %s, which they cannot see, that point at theirs of %s: to delete or renumber those is refused."
                .formatted(Person.names(refused), table, key.target()),
            children.revoke());
      }
    }
  }

  /** Those who may write the key by this command, and are not held to what they see. */
  private static List<Person> writers(Catalog catalog, Key key, char command) {
    Set<String> columns = Set.copyOf(key.columns());
    return catalog.reach(key.table(), Privileges.of(command)).people().stream()
        .filter(p -> InsertForOthers.mayWrite(catalog, key.table(), command, columns, p))
        .filter(p -> !Ties.seesAll(catalog, key.target(), p))
        .filter(p -> !Ties.holdNew(catalog, key.table(), command, p, columns))
        .toList();
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
