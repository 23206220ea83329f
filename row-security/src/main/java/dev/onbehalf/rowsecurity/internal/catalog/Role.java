package dev.onbehalf.rowsecurity.internal.catalog;

/** A row of {@code pg_roles}. */
public record Role(
    long oid,
    String name,
    boolean isSuperuser,
    boolean bypassesRls,
    boolean inherits,
    boolean createsRoles,
    boolean logsIn,
    boolean replicates) {
  /** PUBLIC, which is no role, among those who hold grants. */
  public static final long PUBLIC = 0;

  /** Above Row-Level Security by an attribute. */
  public boolean isAbove() {
    return isSuperuser || bypassesRls;
  }

  /** For SQL. */
  public String quoted() {
    return Names.quoted(name);
  }
}
