package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import java.util.List;

/**
 * A table whose owner serves people: no policy holds the owner, and FORCE only as long as the owner
 * likes. What somebody keeps in a schema of their own is theirs.
 */
final class OwnerNotForced implements Rule {
  @Override
  public String id() {
    return "owner-not-forced";
  }

  @Override
  public String manual() {
    return "ddl-rowsecurity.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    PeoplesRows peoples = new PeoplesRows(catalog);
    for (Relation table : catalog.tables()) {
      for (Person person : catalog.people().all()) {
        boolean isOwner = table.owner() == person.role().oid() && !person.role().isAbove();
        boolean isTheirs =
            !table.hasRls() && SchemaCreate.isOwn(catalog, table.schema(), List.of(person));
        if (isOwner && !isTheirs) {
          String sentence = sentence(table).formatted(person.role().name(), table);
          if (table.hasRls() || peoples.are(table)) {
            findings.error(table, sentence, toNobody(table, person));
          } else {
            findings.note(table, sentence, toNobody(table, person)); // a list, perhaps
          }
        }
      }
    }
  }

  private static String sentence(Relation table) {
    if (!table.hasRls()) {
      return "%s owns %s: they read and write every row, and open it to whom they like.";
    }
    return table.isForced()
        ? "%s owns %s, so that one statement of theirs, NO FORCE ROW LEVEL SECURITY, lets them read and write every row."
        : "%s owns %s, so that no policy holds there: they read and write every row.";
  }

  /** A role in which nobody is has it then, and the former owner what people have. */
  private static String toNobody(Relation table, Person person) {
    String owner = Names.quoted(Names.with(table.schema() + "." + table.name(), " owner"));
    String enable = "ALTER TABLE %s ENABLE ROW LEVEL SECURITY;".formatted(table.quoted());
    String mend =
        """
        CREATE ROLE %1$s NOLOGIN;
        ALTER TABLE %2$s OWNER TO %1$s;
        GRANT SELECT, INSERT, UPDATE, DELETE ON %2$s TO %3$s;"""
            .formatted(owner, table.quoted(), person.role().quoted());
    return table.hasRls() ? mend : enable + "\n" + mend;
  }
}
