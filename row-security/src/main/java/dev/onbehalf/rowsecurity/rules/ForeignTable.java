package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import java.util.List;

/** A foreign table, which cannot have policies. */
final class ForeignTable implements Rule {
  @Override
  public String id() {
    return "foreign-table";
  }

  @Override
  public String manual() {
    return "sql-createforeigntable.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Relation table : catalog.reported()) {
      Reach reach =
          table.kind() == 'f'
              ? catalog.reach(table, Privileges.READ_OR_WRITE)
              : new Reach(List.of(), List.of());
      if (!reach.isNobody()) {
        findings.error(
            table,
            "%s can %s every row behind %s as its user mapping sees them: a foreign table has no policies."
                .formatted(reach.who(), reach.verbs(), table),
            catalog.revoke(reach, table.quoted()));
      }
    }
  }
}
