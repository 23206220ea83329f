package dev.onbehalf.rowsecurity.internal.catalog;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Who has a privilege on an object, and by which grants.
 *
 * @param people nobody, if it is empty
 */
public record Reach(List<Person> people, List<Grant> grants) {
  public boolean isNobody() {
    return people.isEmpty();
  }

  /** The sentence's subject. */
  public String who() {
    return Person.names(people);
  }

  /** In the order of the manual. */
  public Set<String> privileges() {
    return grants.stream()
        .map(Grant::privilege)
        .collect(Collectors.toCollection(() -> new TreeSet<>(Privileges.ORDER)));
  }

  /** {@code select, insert and update}. */
  public String verbs() {
    return Privileges.verbs(privileges());
  }

  public boolean has(String privilege) {
    return grants.stream().anyMatch(grant -> grant.privilege().equals(privilege));
  }

  /** Columns that are granted one by one, where the whole is not. */
  public Set<String> columns() {
    boolean isWhole = grants.stream().anyMatch(grant -> grant.column().isEmpty());
    return isWhole
        ? Set.of()
        : grants.stream().map(Grant::column).collect(Collectors.toCollection(TreeSet::new));
  }
}
