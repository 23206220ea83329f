package dev.onbehalf.rowsecurity.explain;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A right that a command needs, and where the person has it from.
 *
 * @param privilege SELECT, INSERT, UPDATE, DELETE or USAGE
 * @param object the schema, table, columns or sequence that it is needed on
 * @param sources each grant that gives it or a part of it; empty if it is not held
 * @param outOfReach grants to groups of which the person is a member without inheriting
 * @param mend the statement that would give it
 */
public record Right(
    String privilege,
    String object,
    boolean held,
    List<Source> sources,
    List<Source> outOfReach,
    String mend) {

  /** What gives a right. */
  public enum Kind {
    SUPERUSER,
    OWNER,
    /** Such as pg_read_all_data. */
    PREDEFINED_ROLE,
    GRANT
  }

  /**
   * One grant.
   *
   * @param chain from the person to the role that has the right; PUBLIC alone if all have it
   * @param columns the columns that it is limited to; empty if it is not
   */
  public record Source(Kind kind, List<String> chain, List<String> columns) {
    String sentence() {
      String last = chain.get(chain.size() - 1);
      String what =
          switch (kind) {
            case SUPERUSER -> "as superuser";
            case OWNER -> chain.size() == 1 ? "as its owner" : "as its owner " + last;
            case PREDEFINED_ROLE -> "by the role " + last;
            case GRANT -> last.equals("PUBLIC") ? "granted to PUBLIC" : "granted to " + last;
          };
      String via = chain.size() < 2 ? "" : ", through " + String.join(" -> ", chain);
      String limit = columns.isEmpty() ? "" : ", column " + String.join(", ", columns);
      return what + via + limit;
    }
  }

  String sentence() {
    if (held) {
      String how =
          sources.stream().map(Source::sentence).distinct().collect(Collectors.joining("; "));
      return "%s on %s: %s".formatted(privilege, object, how.isEmpty() ? "held" : how);
    }
    String near =
        outOfReach.stream()
            .map(source -> "; " + source.sentence() + ", but not inherited")
            .distinct()
            .collect(Collectors.joining());
    return "%s on %s: missing%s. It would be given by: %s".formatted(privilege, object, near, mend);
  }
}
