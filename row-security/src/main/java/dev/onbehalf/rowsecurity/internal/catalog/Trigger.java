package dev.onbehalf.rowsecurity.internal.catalog;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A row of {@code pg_trigger}, those of constraints left out.
 *
 * @param function called for each change
 * @param type {@code tgtype}, bits
 * @param hasCondition whether it has a WHEN
 * @param columns of {@code UPDATE OF}; empty for any
 */
public record Trigger(
    String name,
    Relation table,
    Function function,
    int type,
    boolean hasCondition,
    List<String> columns) {
  private static final int ROW = 1;
  private static final int BEFORE = 2;
  private static final int INSERT = 4;
  private static final int DELETE = 8;
  private static final int UPDATE = 16;
  private static final int TRUNCATE = 32;
  private static final int INSTEAD = 64;

  /** Whether it writes in the place of a view. */
  public boolean isInsteadOf() {
    return (type & INSTEAD) != 0;
  }

  public boolean isForEachRow() {
    return (type & ROW) != 0;
  }

  /** With any of these on its table somebody calls it. */
  public Set<String> privileges() {
    return Stream.of(
            type(INSERT, "INSERT"),
            type(UPDATE, "UPDATE"),
            type(DELETE, "DELETE"),
            type(TRUNCATE, "TRUNCATE"))
        .flatMap(Optional::stream)
        .collect(Collectors.toSet());
  }

  private Optional<String> type(int event, String privilege) {
    return (type & event) != 0 ? Optional.of(privilege) : Optional.empty();
  }

  /** Whether it sees each row that is written, by INSERT (a) or UPDATE (w), before it is there. */
  public boolean isBefore(char command) {
    int event = command == 'a' ? INSERT : UPDATE;
    return isForEachRow() && (type & BEFORE) != 0 && (type & event) != 0;
  }
}
