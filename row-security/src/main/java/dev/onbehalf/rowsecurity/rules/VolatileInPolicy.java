package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import java.util.List;

/**
 * A volatile function in a policy: it is called anew for each row, and no index is used for what it
 * answers.
 */
final class VolatileInPolicy implements Rule {
  @Override
  public String id() {
    return "policy-volatile";
  }

  @Override
  public String manual() {
    return "xfunc-volatility.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Policy policy : catalog.policies()) {
      List<Person> held = catalog.heldBy(policy);
      for (Function function : policy.functions()) {
        if (!held.isEmpty()
            && function.volatility() == 'v'
            && !function.mentions("insert")
            && !function.mentions("update")) {
          findings.slow(
              "function " + function,
              "Each query of %s on %s calls %s for each row, and no index helps: it is VOLATILE, as functions are that don't say."
                  .formatted(Person.names(held), policy.table(), function),
              "ALTER %s STABLE;".formatted(function.quoted()),
              policy.table(),
              held.get(0),
              "");
        }
      }
    }
  }
}
