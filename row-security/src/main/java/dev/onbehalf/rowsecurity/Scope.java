package dev.onbehalf.rowsecurity;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Which schemas are examined, and for whom.
 *
 * <pre>{@code
 * Scope scope = Scope.of("alice@example.com", "group:order_users").inSchemas("shop");
 * Report report = RowSecurity.examine(dataSource, scope);
 * }</pre>
 *
 * <p>Immutable.
 *
 * @param schemas by name; none for all but the system's
 * @param people roles by name; {@code group:NAME} stands for all who log in and are members of that
 *     role, through any chain
 * @param statementTimeout for each question to the catalogs
 * @param isMeasured whether plans are measured (see {@link #measured()})
 */
public record Scope(
    List<String> schemas, List<String> people, Duration statementTimeout, boolean isMeasured) {
  /** How the name of a group of people begins. */
  public static final String GROUP = "group:";

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if nobody is named, or a name is blank
   */
  public Scope {
    schemas = List.copyOf(schemas);
    people = List.copyOf(people);
    if (people.isEmpty()) {
      throw new IllegalArgumentException("For whom? Name at least one role, or group:<role>");
    }
    List<String> names = new ArrayList<>(schemas);
    names.addAll(people);
    if (names.stream().anyMatch(name -> name.isBlank() || name.equals(GROUP))) {
      throw new IllegalArgumentException("The name of a role or a schema is blank");
    }
  }

  /** All schemas but the system's, for these people. */
  public static Scope of(String... people) {
    return new Scope(List.of(), List.of(people), Duration.ofSeconds(30), false);
  }

  /** The same, in these schemas only. */
  public Scope inSchemas(String... names) {
    return new Scope(List.of(names), people, statementTimeout, isMeasured);
  }

  /**
   * The same, and what is slow is measured before and after its mend: in a second transaction that
   * is rolled back, but <em>takes the locks</em> of the mend, and plans and runs queries as the
   * person. That calls functions of policies, indexes and views in the session of whoever asks,
   * whose rights their owners could take. For a copy of production, whose owners are trusted.
   */
  public Scope measured() {
    return new Scope(schemas, people, statementTimeout, true);
  }
}
