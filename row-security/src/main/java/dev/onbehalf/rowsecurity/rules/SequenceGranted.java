package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import java.util.List;

/** A sequence that can be read or set, where taking the next number is all that inserting needs. */
final class SequenceGranted implements Rule {
  @Override
  public String id() {
    return "sequence-granted";
  }

  @Override
  public String manual() {
    return "sql-grant.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Relation sequence : catalog.reported()) {
      Reach reach =
          sequence.kind() == 'S'
              ? catalog.reach(sequence, "SELECT", "UPDATE")
              : new Reach(List.of(), List.of());
      boolean isByName =
          reach.grants().stream()
              .allMatch(grant -> catalog.role(grant.grantee()).name().startsWith("pg_"));
      if (!reach.isNobody() && !isByName) {
        boolean isSet = reach.has("UPDATE");
        String sentence =
            "%s can read in %s how many rows everybody has made%s: USAGE is enough to take a number."
                .formatted(
                    reach.who(), sequence, isSet ? ", and set it back so that others fail" : "");
        if (isSet) {
          findings.warning(
              sequence, sentence, catalog.revoke(reach, "SEQUENCE " + sequence.quoted()));
        } else {
          findings.note(sequence, sentence, catalog.revoke(reach, "SEQUENCE " + sequence.quoted()));
        }
      }
    }
  }
}
