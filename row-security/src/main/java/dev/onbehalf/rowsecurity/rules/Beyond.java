package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.Role;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a role gets of a table that people who act through it do not get themselves. */
final class Beyond {
  private Beyond() {}

  /**
   * Why it gets more, to follow the role's name in a sentence; empty if it does not.
   *
   * @param people who act through it
   * @param commands what they can do through it: r, a, w, d
   */
  static Optional<String> why(
      Catalog catalog, long role, Relation table, List<Person> people, String commands) {
    if (!table.hasRls()) {
      return Optional.empty();
    }
    if (catalog.isExempt(role, table)) {
      return Optional.of("whom no policy holds there");
    }
    Set<Long> roles = new HashSet<>(catalog.memberships().inherited(role));
    roles.add(Role.PUBLIC);
    List<Policy> theirs =
        catalog.policies(table).stream()
            .filter(policy -> policy.roles().stream().anyMatch(roles::contains))
            .toList();
    return commands
        .chars()
        .mapToObj(command -> opening(catalog, theirs, people, (char) command))
        .flatMap(Optional::stream)
        .map(policy -> "whom the policy %s lets do so there".formatted(policy.name()))
        .findFirst();
  }

  private static Optional<Policy> opening(
      Catalog catalog, List<Policy> theirs, List<Person> people, char command) {
    List<Policy> asked = theirs.stream().filter(policy -> policy.isFor(command)).toList();
    boolean isRestricted =
        asked.stream().anyMatch(p -> !p.isPermissive() && isHeld(catalog, p, command));
    return asked.stream()
        .filter(policy -> policy.isPermissive() && !isRestricted)
        .filter(policy -> !isHeld(catalog, policy, command))
        .filter(policy -> people.stream().anyMatch(person -> !catalog.isFor(policy, person)))
        .findFirst();
  }

  private static boolean isHeld(Catalog catalog, Policy policy, char command) {
    Optional<Expression> expression = command == 'a' ? policy.effectiveCheck() : policy.using();
    return expression.filter(e -> Held.toReader(catalog).holds(e.text(), e.root())).isPresent();
  }
}
