package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.RoleSetting;
import dev.onbehalf.rowsecurity.internal.catalog.Switch;
import java.util.List;

/**
 * Somebody's sessions begin with row_security off: their queries fail, and whoever mends that by
 * BYPASSRLS opens everything.
 */
final class SettingRowSecurity implements Rule {
  @Override
  public String id() {
    return "setting-row-security";
  }

  @Override
  public String manual() {
    return "runtime-config-client.html#GUC-ROW-SECURITY";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (RoleSetting setting : catalog.settings()) {
      if (setting.name().equalsIgnoreCase("row_security") && Switch.isOff(setting.value())) {
        List<Person> held =
            Settings.heldBy(catalog, setting).filter(p -> !p.role().isAbove()).toList();
        if (!held.isEmpty()) {
          findings.warning(
              "role " + Names.readable(catalog.role(setting.role()).name()),
              "%s cannot read any table under Row-Level Security, for row_security is off in their sessions: it is no way around policies, but an error."
                  .formatted(Person.names(held)),
              Settings.reset(catalog, setting));
        }
      }
    }
  }
}
