package dev.onbehalf.rowsecurity.explain;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A condition, what it came to on this row for this person, and what made it so.
 *
 * @param expression as PostgreSQL writes it
 * @param value what it came to
 * @param joinedBy AND or OR between its parts, NOT before an only one; empty if it has none
 * @param parts the operands of AND, OR or NOT
 * @param operands for a condition without parts: columns of the row, current_user and the like, by
 *     name
 */
public record Part(
    String expression,
    Truth value,
    String joinedBy,
    List<Part> parts,
    Map<String, @Nullable String> operands) {

  /** The smallest conditions that made it what it is: for an AND that is false, the false ones. */
  List<Part> reasons() {
    if (parts.isEmpty()) {
      return List.of(this);
    }
    List<Part> decisive =
        parts.stream().filter(part -> part.value().isTrue() == value.isTrue()).toList();
    return (decisive.isEmpty() ? parts : decisive)
        .stream().flatMap(part -> part.reasons().stream()).toList();
  }
}
