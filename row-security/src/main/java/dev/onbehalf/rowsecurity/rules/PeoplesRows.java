package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Key;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.Collections;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whether anything in a table without policies is tied to people. A list of countries and a list of
 * salaries look alike to the catalogs; so whatever hints at people counts, and only what has none
 * of it is taken for a list that is everybody's.
 */
final class PeoplesRows {
  /** Words in the names of columns; a hint that is wrong costs a line in the baseline. */
  private static final Pattern WORD =
      Pattern.compile(
          "(?:.*_)?(?:e?mails?|owners?|users?|username|login|persons?|people|customers?|clients?"
              + "|employees?|members?|patients?|accounts?|phones?|addresse?s?|birthday|passwords?"
              + "|secrets?|tokens?|salary|salaries|iban|authors?|senders?|recipients?)(?:_.*)?"
              + "|.*_by");

  private final Catalog catalog;
  private final Set<String> names = new HashSet<>();
  private final Set<String> lookedUp = new HashSet<>();
  private final Set<Relation> above = new HashSet<>();

  PeoplesRows(Catalog catalog) {
    this.catalog = catalog;
    for (Relation table : catalog.tables()) {
      if (table.hasRls()) {
        above.addAll(catalog.ancestors(table));
      }
      if (!catalog.policies(table).isEmpty()) {
        names.addAll(InsertForOthers.owners(catalog, table));
      }
      catalog.policies(table).forEach(this::read);
    }
  }

  private void read(Policy policy) {
    Stream.of(policy.using(), policy.check())
        .flatMap(Optional::stream)
        .forEach(
            expression -> {
              names.addAll(Guards.personsColumns(policy, expression));
              expression
                  .all(Node.SubSelect.class)
                  .filter(Expression::isAboutPerson)
                  .forEach(select -> lookedUp.addAll(select.tables()));
            });
  }

  /** Whether rows may be somebody's. */
  boolean are(Relation table) {
    return above.contains(table)
        || lookedUp.contains(table.schema() + "." + table.name())
        || catalog.outside().namingPeople().contains(table.oid())
        || table.columns().stream().anyMatch(this::isOfPeople)
        || catalog.keys().stream().anyMatch(key -> ties(key, table));
  }

  private boolean isOfPeople(Relation.Column column) {
    String source = column.expression().toUpperCase(Locale.ROOT);
    return names.contains(column.name())
        || source.contains("CURRENT_USER")
        || source.contains("SESSION_USER")
        || source.contains("SYSTEM_USER")
        || WORD.matcher(column.name().toLowerCase(Locale.ROOT)).matches();
  }

  private boolean isOfPeoples(Relation target, Relation table) {
    return target.hasRls()
        || target.columns().stream().anyMatch(this::isOfPeople)
        || (catalog.reach(target, "SELECT").isNobody()
            && !catalog.reach(table, "SELECT").isNobody());
  }

  /**
   * It points at rows of people's, or is open and points at closed ones, or is what says who they
   * are.
   */
  private boolean ties(Key key, Relation table) {
    Relation target = key.target();
    return (key.table().equals(table) && !target.equals(table) && isOfPeoples(target, table))
        || (target.equals(table)
            && key.table().hasRls()
            && !Collections.disjoint(key.columns(), InsertForOthers.owners(catalog, key.table())));
  }
}
