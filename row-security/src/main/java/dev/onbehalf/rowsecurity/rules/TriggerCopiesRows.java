package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.Trigger;

/** A trigger that copies rows of a table under Row-Level Security into one that is not. */
final class TriggerCopiesRows implements Rule {
  @Override
  public String id() {
    return "trigger-copies-rows";
  }

  @Override
  public String manual() {
    return "sql-createtrigger.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Trigger trigger : catalog.triggers()) {
      if (!trigger.table().hasRls() || !trigger.table().reported()) {
        continue;
      }
      for (Relation copy : FunctionText.written(catalog, trigger.function())) {
        Reach reach = catalog.reach(copy, "SELECT");
        if (copy.isTable() && !copy.hasRls() && !reach.isNobody()) {
          findings.error(
              trigger.table() + " trigger " + Names.readable(trigger.name()),
              "%s can read in %s what others write into %s: the trigger copies it, and no policy is there."
                  .formatted(reach.who(), copy, trigger.table()),
              "ALTER TABLE %s ENABLE ROW LEVEL SECURITY;".formatted(copy.quoted()));
        }
      }
    }
  }
}
