package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;

/** The server does not look at the rights on large objects at all. */
final class LargeObjectsOpen implements Rule {
  @Override
  public String id() {
    return "large-objects-open";
  }

  @Override
  public String manual() {
    return "runtime-config-compatible.html#GUC-LO-COMPAT-PRIVILEGES";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    if (catalog.snapshot().ignoresLargeObjectRights()) {
      findings.error(
          "parameter lo_compat_privileges",
          "%s can read and write every large object: lo_compat_privileges is on."
              .formatted(Person.names(catalog.people().all())),
          "ALTER DATABASE %s SET lo_compat_privileges = off; -- and in postgresql.conf, if it is there"
              .formatted(Names.quoted(catalog.snapshot().database())));
    }
  }
}
