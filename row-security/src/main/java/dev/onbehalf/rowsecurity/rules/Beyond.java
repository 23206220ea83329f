package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.Role;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What a role gets of a table that people who act through it do not get themselves. */
final class Beyond {
  private Beyond() {}

  /**
   * Why it gets more, to follow the role's name in a sentence; empty if it does not.
   *
   * @param people who act through it
   */
  static Optional<String> why(Catalog catalog, long role, Relation table, List<Person> people) {
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
            .filter(policy -> policy.isFor('r'))
            .filter(policy -> policy.roles().stream().anyMatch(roles::contains))
            .toList();
    boolean isRestricted = theirs.stream().anyMatch(p -> !p.isPermissive() && isHeld(catalog, p));
    return theirs.stream()
        .filter(policy -> policy.isPermissive() && !isRestricted && !isHeld(catalog, policy))
        .filter(policy -> people.stream().anyMatch(person -> !catalog.isFor(policy, person)))
        .map(policy -> "whom the policy %s lets read there".formatted(policy.name()))
        .findFirst();
  }

  private static boolean isHeld(Catalog catalog, Policy policy) {
    return Stream.of(policy.using())
        .flatMap(Optional::stream)
        .anyMatch(using -> Held.toReader(catalog).holds(using.text(), using.root()));
  }
}
