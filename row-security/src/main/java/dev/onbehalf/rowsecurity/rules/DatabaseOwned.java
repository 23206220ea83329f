package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import java.util.List;

/**
 * Somebody owns the database, or is a member of who does: with ALTER DATABASE they say where
 * everybody's sessions look names up.
 */
final class DatabaseOwned implements Rule {
  @Override
  public String id() {
    return "database-owned";
  }

  @Override
  public String manual() {
    return "sql-alterdatabase.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    long owner = catalog.outside().databaseOwner();
    List<Person> people = catalog.reaching(owner);
    if (people.isEmpty()) {
      return;
    }
    String database = catalog.snapshot().database();
    boolean isTheirs = people.stream().anyMatch(person -> person.role().oid() == owner);
    boolean isGroup =
        catalog.people().groups().contains(owner)
            || people.stream().anyMatch(person -> person.count() > 1);
    findings.error(
        "database " + Names.readable(database),
        "%s can have everybody's sessions look names up in a schema of theirs, by ALTER DATABASE SET search_path, and make or drop schemas: %s owns the database %s."
            .formatted(Person.names(people), catalog.role(owner).name(), database),
        isTheirs || isGroup ? toNobody(database) : Chains.cut(catalog, people, owner));
  }

  private static String toNobody(String database) {
    return """
        CREATE ROLE %1$s NOLOGIN;
        ALTER DATABASE %2$s OWNER TO %1$s;"""
        .formatted(Names.quoted(Names.with(database, " owner")), Names.quoted(database));
  }
}
