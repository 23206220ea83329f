package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;

/** The privilege REFERENCES on a table under Row-Level Security. */
final class ReferencesGranted implements Rule {
  @Override
  public String id() {
    return "references-granted";
  }

  @Override
  public String manual() {
    return "ddl-priv.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Relation table : catalog.guardedTables()) {
      Reach reach = catalog.reach(table, "REFERENCES");
      if (!reach.isNobody()) {
        findings.warning(
            table,
            "%s can point a foreign key at %s and so learn which keys are there: policies do not hold that look-up."
                .formatted(reach.who(), table),
            catalog.revoke(reach, table.quoted()));
      }
    }
  }
}
