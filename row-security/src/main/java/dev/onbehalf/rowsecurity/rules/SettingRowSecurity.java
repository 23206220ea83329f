package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.RoleSetting;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Somebody's sessions begin with row_security off: their queries fail, and whoever mends that by
 * BYPASSRLS opens everything.
 */
final class SettingRowSecurity implements Rule {
  /** The server takes each word's beginnings too, as long as they are one's only. */
  private static final Pattern OFF =
      Pattern.compile("\\s*(?:of|off|0|n|no|f|fa|fal|fals|false)\\s*", Pattern.CASE_INSENSITIVE);

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
      if (setting.name().equalsIgnoreCase("row_security")
          && OFF.matcher(setting.value()).matches()) {
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
