package dev.onbehalf.rowsecurity.internal.catalog;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Somebody who logs in, or many who can do the same: who have the same memberships and nothing of
 * their own.
 *
 * @param role the first of them
 * @param count how many they are
 * @param inherits the roles whose rights they have without doing anything, themselves and {@link
 *     Role#PUBLIC} among them
 * @param becomes the roles that SET ROLE makes of them, themselves among them; also by what they
 *     can grant to themselves
 * @param reaches the roles whose rights they have in either way
 */
public record Person(
    Role role, int count, Set<Long> inherits, Set<Long> becomes, Set<Long> reaches) {

  /** One sentence's subject. */
  public static String names(List<Person> people) {
    int count = people.stream().mapToInt(Person::count).sum();
    String first = people.get(0).role().name();
    if (count == 1) {
      return first;
    }
    if (count == 2 && people.size() == 2) {
      return first + " and " + people.get(1).role().name();
    }
    return String.format(Locale.ROOT, "%s and %,d more", first, count - 1);
  }
}
