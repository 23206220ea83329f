package dev.onbehalf.rowsecurity.internal.catalog;

/**
 * A row of {@code pg_db_role_setting}.
 *
 * @param role {@link Role#PUBLIC} for everybody
 * @param isOfDatabase whether it is for this database only
 */
public record RoleSetting(long role, boolean isOfDatabase, String name, String value) {}
