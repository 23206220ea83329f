package dev.onbehalf.rowsecurity.internal.catalog;

import java.util.List;

/**
 * A row of {@code pg_index}.
 *
 * @param constraint its name, empty if it is a mere index
 * @param method btree, gin ...
 * @param isOfNames whether the first column is ordered as names are, by the collation "C"
 * @param columns empty strings for expressions
 * @param isPartial whether it has a WHERE
 * @param isLeakproof whether the first column can be searched with a leakproof operator
 */
public record Index(
    String name,
    Relation table,
    String constraint,
    String method,
    boolean isUnique,
    boolean isPrimary,
    boolean isPartial,
    boolean isLeakproof,
    boolean isOfNames,
    List<String> columns) {

  /** Whether rows can be found by this column alone. */
  public boolean beginsWith(String column) {
    return !columns.isEmpty() && columns.get(0).equals(column);
  }
}
