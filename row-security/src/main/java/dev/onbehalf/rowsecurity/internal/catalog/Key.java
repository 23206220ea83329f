package dev.onbehalf.rowsecurity.internal.catalog;

import java.util.List;

/**
 * A foreign key.
 *
 * @param columns of the table, in the order of those that they point at
 * @param onDelete a NO ACTION, r RESTRICT, c CASCADE, n SET NULL, d SET DEFAULT
 * @param onUpdate the same
 */
public record Key(
    String name,
    Relation table,
    List<String> columns,
    Relation target,
    List<String> targetColumns,
    char onDelete,
    char onUpdate) {}
