package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Grant;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import java.util.List;

/**
 * Somebody may make schemas. The default search path begins with {@code "$user"}: a schema that has
 * another person's name is where that person's names are looked up first.
 */
final class DatabaseCreate implements Rule {
  @Override
  public String id() {
    return "database-create";
  }

  @Override
  public String manual() {
    return "ddl-schemas.html#DDL-SCHEMAS-PATTERNS";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    List<Grant> grants =
        catalog.outside().databaseGrants().stream()
            .filter(grant -> grant.privilege().equals("CREATE"))
            .toList();
    Reach reach = catalog.reach(grants);
    if (!reach.isNobody()) {
      String database = catalog.snapshot().database();
      findings.warning(
          "database " + Names.readable(database),
          "%s can make a schema of another person's name in %s, with functions and tables that this person's statements then find first."
              .formatted(reach.who(), database),
          catalog.revoke(reach, "DATABASE " + Names.quoted(database)));
    }
  }
}
