package dev.onbehalf.rowsecurity.internal.catalog;

import dev.onbehalf.rowsecurity.Scope;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * For whom is examined. Members of one group who differ by their name only are one {@link Person},
 * so that 20,000 of them cost no more than one.
 *
 * @param groups the roles that stand for their members, which may log in themselves
 */
public record People(List<Person> all, Set<Long> groups) {

  /** How many log in. */
  public int count() {
    return all.stream().mapToInt(Person::count).sum();
  }

  /**
   * @param named roles that hold grants, own something, are named in a policy or have settings: who
   *     is one of them is not like others
   */
  static People of(Scope scope, Map<Long, Role> roles, Memberships memberships, Set<Long> named) {
    Map<String, Role> byName = new LinkedHashMap<>();
    roles.values().forEach(role -> byName.put(role.name(), role));
    Map<Object, List<Role>> alike = new LinkedHashMap<>();
    for (Role role : chosen(scope, roles, byName, memberships)) {
      boolean isPlain = !named.contains(role.oid()) && !role.isAbove() && !role.replicates();
      Object key =
          isPlain
              ? List.of(
                  role.inherits(),
                  role.createsRoles(),
                  new HashSet<>(
                      memberships.of(role.oid()).stream()
                          .map(g -> List.of(g.group(), g.admin(), g.inherit(), g.set()))
                          .toList()))
              : role;
      alike.computeIfAbsent(key, unused -> new ArrayList<>()).add(role);
    }
    Set<Long> groups = new HashSet<>();
    for (String name : scope.people()) {
      Role group =
          name.startsWith(Scope.GROUP) ? byName.get(name.substring(Scope.GROUP.length())) : null;
      if (group != null) {
        groups.add(group.oid());
      }
    }
    return new People(
        alike.values().stream().map(some -> person(some.get(0), some.size(), memberships)).toList(),
        groups);
  }

  private static Set<Role> chosen(
      Scope scope, Map<Long, Role> roles, Map<String, Role> byName, Memberships memberships) {
    Set<Role> chosen = new LinkedHashSet<>();
    for (String name : scope.people()) {
      boolean isGroup = name.startsWith(Scope.GROUP) && !byName.containsKey(name);
      Role role = byName.get(isGroup ? name.substring(Scope.GROUP.length()) : name);
      if (role == null) {
        throw new IllegalArgumentException(
            "There is no role " + (isGroup ? name.substring(Scope.GROUP.length()) : name));
      }
      if (!isGroup) {
        chosen.add(role);
        continue;
      }
      Set<Long> members = new TreeSet<>(memberships.membersOf(role.oid()));
      List<Role> loggingIn =
          members.stream()
              .map(roles::get)
              .filter(member -> member != null && member.logsIn())
              .toList();
      // a group without members yet is looked at as its first member will be
      chosen.addAll(loggingIn.isEmpty() ? List.of(role) : loggingIn);
    }
    return chosen;
  }

  private static Person person(Role role, int count, Memberships memberships) {
    Set<Long> inherits = memberships.inherited(role.oid());
    Set<Long> becomes = memberships.settable(role.oid());
    Set<Long> reaches = new HashSet<>(memberships.inherited(becomes));
    reaches.addAll(inherits);
    inherits.add(Role.PUBLIC);
    reaches.add(Role.PUBLIC);
    return new Person(role, count, inherits, becomes, reaches);
  }
}
