package dev.onbehalf.rowsecurity.internal.catalog;

/**
 * One privilege on one object.
 *
 * @param column empty for the whole
 */
public record Grant(long object, String column, long grantee, String privilege) {}
