package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.RoleSetting;

/** Somebody's sessions begin as another role. */
final class SettingRole implements Rule {
  @Override
  public String id() {
    return "setting-role";
  }

  @Override
  public String manual() {
    return "sql-alterrole.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (RoleSetting setting : catalog.settings()) {
      if (setting.name().equals("role") && !setting.value().equals("none")) {
        Settings.heldBy(catalog, setting)
            .filter(person -> !person.role().name().equals(setting.value()))
            .forEach(
                person ->
                    findings.error(
                        "role " + Names.readable(person.role().name()),
                        "The sessions of %s begin as %s: they read and write that one's rows, and not their own."
                            .formatted(person.role().name(), setting.value()),
                        Settings.reset(catalog, setting)));
      }
    }
  }
}
