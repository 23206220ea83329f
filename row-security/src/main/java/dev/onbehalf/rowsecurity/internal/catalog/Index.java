package dev.onbehalf.rowsecurity.internal.catalog;

import java.util.List;

/**
 * A row of {@code pg_index}.
 *
 * @param constraint its name, empty if it is a mere index
 * @param method btree, gin ...
 * @param isOfNames whether the first column is ordered as names are, by the collation "C"
 * @param columns of the key, without those that are only INCLUDEd; empty strings for expressions
 * @param definition of the constraint, if it is one's, else the statement that makes the index
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
    List<String> columns,
    String definition) {

  /** An EXCLUDE constraint's. */
  public boolean isExclusion() {
    return !isUnique && !constraint.isEmpty();
  }

  /** Whether rows can be found by this column alone. */
  public boolean beginsWith(String column) {
    return !columns.isEmpty() && columns.get(0).equals(column);
  }
}
