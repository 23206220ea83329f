package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import java.util.List;

/** A policy decides by a table that people can write as they like. */
final class PolicyReadsOpenTable implements Rule {
  @Override
  public String id() {
    return "policy-reads-open-table";
  }

  @Override
  public String manual() {
    return "ddl-rowsecurity.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    PeoplesRows peoples = new PeoplesRows(catalog);
    for (Policy policy : catalog.policies()) {
      List<Person> held = catalog.heldBy(policy);
      for (Relation read : policy.relations()) {
        if (held.isEmpty() || read.hasRls() || !read.isTable()) {
          continue;
        }
        Reach writers = catalog.reach(read, "INSERT", "UPDATE", "DELETE");
        Reach readers = catalog.reach(read, "SELECT");
        if (!writers.isNobody()) {
          findings.error(
              policy,
              "%s can write into %s what the policy %s of %s believes, and so get any row: it is not under Row-Level Security."
                  .formatted(writers.who(), read, policy.name(), policy.table()),
              "%s\nALTER TABLE %s ENABLE ROW LEVEL SECURITY;"
                  .formatted(catalog.revoke(writers, read.quoted()), read.quoted()));
        } else if (!readers.isNobody() && peoples.are(read)) {
          findings.warning(
              policy,
              "%s can read in %s who gets which rows of %s: it is not under Row-Level Security."
                  .formatted(readers.who(), read, policy.table()),
              "ALTER TABLE %s ENABLE ROW LEVEL SECURITY; -- then a policy for one's own rows"
                  .formatted(read.quoted()));
        }
      }
    }
  }
}
