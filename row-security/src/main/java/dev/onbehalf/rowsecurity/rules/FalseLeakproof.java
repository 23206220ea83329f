package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import java.util.List;

/**
 * A function of one's own that is marked LEAKPROOF: it is called before policies have their say.
 */
final class FalseLeakproof implements Rule {
  @Override
  public String id() {
    return "leakproof-function";
  }

  @Override
  public String manual() {
    return "sql-createfunction.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Function function : catalog.functions()) {
      Reach reach =
          function.reported() && function.isLeakproof()
              ? catalog.inSchema(catalog.reach(function.oid(), "EXECUTE"), function.schema())
              : new Reach(List.of(), List.of());
      if (!reach.isNobody()) {
        findings.error(
            "function " + function,
            "%s can have %s look at rows before the policies do, and at what it says of them: it is marked LEAKPROOF."
                .formatted(reach.who(), function),
            "ALTER %s NOT LEAKPROOF;".formatted(function.quoted()));
      }
    }
  }
}
