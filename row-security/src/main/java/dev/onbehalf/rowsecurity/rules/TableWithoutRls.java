package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import java.util.Set;

/**
 * A table that people may read or write, by whatever grant, and that is not under Row-Level
 * Security.
 *
 * <p>A list of countries, granted SELECT, is one, too, and no leak; nothing in the catalogs tells
 * it from one for sure. What people may write, and what {@link PeoplesRows} are in, is an error;
 * the rest a note, so that it is looked at once, and accepted by a line.
 */
final class TableWithoutRls implements Rule {
  @Override
  public String id() {
    return "table-without-rls";
  }

  @Override
  public String manual() {
    return "ddl-rowsecurity.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    PeoplesRows peoples = new PeoplesRows(catalog);
    for (Relation table : catalog.tables()) {
      Reach reach = catalog.reach(table, Privileges.READ_OR_WRITE);
      boolean isOthers = !catalog.policies(table).isEmpty() || isChildOfGuarded(catalog, table);
      if (table.hasRls() || reach.isNobody() || isOthers) {
        continue; // PoliciesWithoutRls and ChildWithoutRls say it better
      }
      String what =
          reach.columns().isEmpty() ? "" : " (" + String.join(", ", reach.columns()) + ")";
      String enable = "ALTER TABLE %s ENABLE ROW LEVEL SECURITY;".formatted(table.quoted());
      if (reach.privileges().equals(Set.of("SELECT")) && !peoples.are(table)) {
        findings.note(
            table,
            "%s can select every row of %s%s, in which nothing hints at people: if it is a list for everybody, a policy or a line of the baseline should say so."
                .formatted(reach.who(), table, what),
            enable + " -- then, for a list: FOR SELECT USING (true)");
      } else {
        findings.error(
            table,
            "%s can %s every row of %s%s, whoever they belong to: it is not under Row-Level Security."
                .formatted(reach.who(), reach.verbs(), table, what),
            enable + " -- then a policy for whom may see what");
      }
    }
  }

  static boolean isChildOfGuarded(Catalog catalog, Relation table) {
    return catalog.ancestors(table).stream().anyMatch(Relation::hasRls);
  }
}
