package dev.onbehalf.rowsecurity.explain;

/**
 * Whether Row-Level Security of a table applies to a person, and why.
 *
 * @param enabled for the table
 * @param forced on its owner too
 * @param owner whether the person owns the table, or has the rights of the role that does
 * @param superuser whether the person is one
 * @param bypassesRls whether the person has BYPASSRLS
 * @param settingOff whether the person's sessions begin with row_security = off, which turns each
 *     query that policies would filter into an error
 */
public record RowSecurityStatus(
    boolean enabled,
    boolean forced,
    boolean owner,
    boolean superuser,
    boolean bypassesRls,
    boolean settingOff) {

  /** As check_enable_rls() of PostgreSQL decides it. */
  public boolean applies() {
    return enabled && !superuser && !bypassesRls && (!owner || forced);
  }

  String sentence(String person) {
    if (!enabled) {
      return "off: every row is in reach of whoever has the grants";
    }
    if (superuser) {
      return "on, but " + person + " is a superuser, whom no policy binds";
    }
    if (bypassesRls) {
      return "on, but " + person + " has BYPASSRLS, so no policy binds them";
    }
    if (owner && !forced) {
      return "on, but not FORCEd, and "
          + person
          + " has the owner's rights, so no policy binds them";
    }
    String bound =
        owner
            ? "on and FORCEd, so it binds " + person + ", though an owner"
            : "on, and binds " + person;
    return settingOff
        ? bound + "; row_security is off in their sessions, so each query fails"
        : bound;
  }
}
