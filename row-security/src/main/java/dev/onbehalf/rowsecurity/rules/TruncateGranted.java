package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;

/** The privilege TRUNCATE on a table under Row-Level Security. */
final class TruncateGranted implements Rule {
  @Override
  public String id() {
    return "truncate-granted";
  }

  @Override
  public String manual() {
    return "ddl-priv.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Relation table : catalog.guardedTables()) {
      Reach reach = catalog.reach(table, "TRUNCATE");
      if (!reach.isNobody()) {
        findings.error(
            table,
            "%s can delete every row of %s at once: policies do not hold TRUNCATE."
                .formatted(reach.who(), table),
            catalog.revoke(reach, table.quoted()));
      }
    }
  }
}
