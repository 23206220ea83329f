package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.RoleSetting;

/**
 * Somebody's sessions look for names first where others may create: a planted table or function is
 * taken for the real one.
 */
final class SettingSearchPath implements Rule {
  @Override
  public String id() {
    return "setting-search-path";
  }

  @Override
  public String manual() {
    return "ddl-schemas.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (RoleSetting setting : catalog.settings()) {
      if (!setting.name().equals("search_path")) {
        continue;
      }
      for (String name : SearchPath.schemas(setting.value())) {
        if (!catalog.schemas().contains(name)) {
          continue;
        }
        Reach creators = catalog.creators(name);
        Settings.heldBy(catalog, setting)
            .filter(
                person ->
                    creators.people().stream().anyMatch(c -> !c.equals(person) || c.count() > 1))
            .forEach(
                person ->
                    findings.error(
                        "role " + Names.readable(person.role().name()),
                        "The sessions of %s look for names in %s, where %s can create what is taken for the real table or function."
                            .formatted(person.role().name(), name, creators.who()),
                        Settings.reset(catalog, setting)));
      }
    }
  }
}
