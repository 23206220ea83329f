package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.RoleSetting;
import java.util.Set;
import java.util.TreeSet;

/** Somebody may create in a schema where others look for names. */
final class SchemaCreate implements Rule {
  @Override
  public String id() {
    return "schema-create";
  }

  @Override
  public String manual() {
    return "ddl-schemas.html#DDL-SCHEMAS-PATTERNS";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    Set<String> searched = new TreeSet<>(catalog.snapshot().reportedSchemas());
    searched.add("public"); // the default path
    for (RoleSetting setting : catalog.settings()) {
      if (setting.name().equals("search_path")) {
        searched.addAll(SearchPath.schemas(setting.value()));
      }
    }
    for (String schema : searched) {
      Reach reach = catalog.creators(schema);
      boolean isOwn =
          reach.people().stream().mapToInt(Person::count).sum() == 1
              && reach.people().get(0).role().name().equals(schema);
      if (!reach.isNobody() && !isOwn) {
        findings.warning(
            "schema " + Names.readable(schema),
            "%s can create functions and tables in %s that others then call by name, with their own rights."
                .formatted(reach.who(), schema),
            catalog.revoke(reach, "SCHEMA " + Names.quoted(schema)));
      }
    }
  }
}
