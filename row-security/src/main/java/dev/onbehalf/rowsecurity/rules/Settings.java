package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Role;
import dev.onbehalf.rowsecurity.internal.catalog.RoleSetting;
import java.util.stream.Stream;

/** Settings of roles, and for whom they are. */
final class Settings {
  private Settings() {}

  static Stream<Person> heldBy(Catalog catalog, RoleSetting setting) {
    return catalog.people().all().stream()
        .filter(p -> setting.role() == Role.PUBLIC || setting.role() == p.role().oid());
  }

  static String reset(Catalog catalog, RoleSetting setting) {
    String database = Names.quoted(catalog.snapshot().database());
    if (setting.role() == Role.PUBLIC) {
      return setting.isOfDatabase()
          ? "ALTER DATABASE %s RESET %s;".formatted(database, setting.name())
          : "ALTER ROLE ALL RESET %s;".formatted(setting.name());
    }
    return "ALTER ROLE %s%s RESET %s;"
        .formatted(
            catalog.role(setting.role()).quoted(),
            setting.isOfDatabase() ? " IN DATABASE " + database : "",
            setting.name());
  }
}
