package dev.onbehalf.rowsecurity.internal.catalog;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The names of privileges on tables. */
public final class Privileges {
  /** Those that policies are about. */
  public static final Set<String> READ_OR_WRITE = Set.of("SELECT", "INSERT", "UPDATE", "DELETE");

  private static final List<String> MANUAL =
      List.of("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER");

  /** As the manual lists them. */
  static final Comparator<String> ORDER =
      Comparator.<String>comparingInt(MANUAL::indexOf).thenComparing(Comparator.naturalOrder());

  private Privileges() {}

  /** The privilege that a command needs: r, a, w or d. */
  public static String of(char command) {
    return switch (command) {
      case 'r' -> "SELECT";
      case 'a' -> "INSERT";
      case 'w' -> "UPDATE";
      default -> "DELETE";
    };
  }

  static String verbs(Collection<String> privileges) {
    List<String> verbs = privileges.stream().map(p -> p.toLowerCase(Locale.ROOT)).toList();
    int last = verbs.size() - 1;
    return last < 1
        ? String.join("", verbs)
        : String.join(", ", verbs.subList(0, last)) + " and " + verbs.get(last);
  }
}
