package dev.onbehalf.rowsecurity.internal.catalog;

import java.util.List;
import java.util.Optional;

/**
 * A foreign key.
 *
 * @param columns of the table, in the order of those that they point at
 * @param onDelete a NO ACTION, r RESTRICT, c CASCADE, n SET NULL, d SET DEFAULT
 * @param onUpdate the same
 * @param definition as {@code ADD CONSTRAINT} takes it
 */
public record Key(
    String name,
    Relation table,
    List<String> columns,
    Relation target,
    List<String> targetColumns,
    char onDelete,
    char onUpdate,
    String definition) {

  /** Its column that points at one of the target's; empty if none does. */
  public Optional<String> columnFor(String targetColumn) {
    int at = targetColumns.indexOf(targetColumn);
    return at < 0 ? Optional.empty() : Optional.of(columns.get(at));
  }
}
