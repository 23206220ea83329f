package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.Role;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a role gets of a table that people who act through it do not get themselves. */
final class Beyond {
  /**
   * Why it gets more.
   *
   * @param text to follow the role's name in a sentence
   * @param isList whether no policy is there, and nothing hints at people
   */
  record Why(String text, boolean isList) {}

  private static final String UNHELD = "whom no policy holds there";

  private final Catalog catalog;
  private final PeoplesRows peoples;

  Beyond(Catalog catalog) {
    this.catalog = catalog;
    this.peoples = new PeoplesRows(catalog);
  }

  /**
   * Empty if it does not.
   *
   * @param people who act through it
   * @param commands what they can do through it: r, a, w, d
   */
  Optional<Why> why(long role, Relation table, List<Person> people, String commands) {
    if (!table.hasRls()) {
      boolean isMore =
          table.isTable()
              && commands
                  .chars()
                  .mapToObj(command -> Privileges.of((char) command))
                  .anyMatch(privilege -> isMore(role, table, people, privilege));
      return isMore ? Optional.of(new Why(UNHELD, isList(table))) : Optional.empty();
    }
    if (catalog.isExempt(role, table)) {
      return Optional.of(new Why(UNHELD, false));
    }
    Set<Long> roles = catalog.rights(role);
    List<Policy> theirs =
        catalog.policies(table).stream()
            .filter(policy -> policy.roles().stream().anyMatch(roles::contains))
            .toList();
    return commands
        .chars()
        .mapToObj(command -> opening(theirs, people, (char) command))
        .flatMap(Optional::stream)
        .map(policy -> "whom the policy %s lets do so there".formatted(policy.name()))
        .map(text -> new Why(text, false))
        .findFirst();
  }

  /** Of what is granted to themselves, TableWithoutRls and ChildWithoutRls speak. */
  private boolean isMore(long role, Relation table, List<Person> people, String privilege) {
    Set<Long> roles = catalog.memberships().inherited(role);
    boolean isAble =
        catalog.role(role).isSuperuser()
            || roles.contains(table.owner())
            || catalog.grants(table.oid()).stream()
                .filter(grant -> grant.privilege().equals(privilege))
                .anyMatch(g -> g.grantee() == Role.PUBLIC || roles.contains(g.grantee()));
    return isAble && !catalog.reach(table, privilege).people().containsAll(people);
  }

  private boolean isList(Relation table) {
    return !peoples.are(table) && !TableWithoutRls.isChildOfGuarded(catalog, table);
  }

  private Optional<Policy> opening(List<Policy> theirs, List<Person> people, char command) {
    List<Policy> asked = theirs.stream().filter(policy -> policy.isFor(command)).toList();
    boolean isRestricted = asked.stream().anyMatch(p -> !p.isPermissive() && isHeld(p, command));
    return asked.stream()
        .filter(policy -> policy.isPermissive() && !isRestricted)
        .filter(policy -> !isHeld(policy, command))
        .filter(policy -> people.stream().anyMatch(person -> !catalog.isFor(policy, person)))
        .findFirst();
  }

  private boolean isHeld(Policy policy, char command) {
    return policy
        .asked(command)
        .filter(e -> Held.toReader(catalog).holds(e.text(), e.root()))
        .isPresent();
  }
}
