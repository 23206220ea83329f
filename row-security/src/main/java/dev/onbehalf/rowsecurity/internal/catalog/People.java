package dev.onbehalf.rowsecurity.internal.catalog;

import dev.onbehalf.rowsecurity.Scope;
import java.util.ArrayList;
import java.util.HashMap;
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
   * Finds them.
   *
   * @param named roles that hold grants, own something, are named in a policy or have settings: who
   *     is one of them is not like others
   * @param owners of relations: who may become one is looked at with all their memberships
   */
  static People of(
      Scope scope,
      Map<Long, Role> roles,
      Memberships memberships,
      Set<Long> named,
      Set<Long> owners) {
    Map<String, Role> byName = new LinkedHashMap<>();
    roles.values().forEach(role -> byName.put(role.name(), role));
    Set<Long> grave = new HashSet<>(owners);
    roles.values().stream().filter(People::isGrave).forEach(role -> grave.add(role.oid()));
    Map<Object, List<Role>> alike = new LinkedHashMap<>();
    Map<Object, Object> known = new HashMap<>();
    for (Role role : chosen(scope, roles, byName, memberships)) {
      boolean isPlain = !named.contains(role.oid()) && !role.isAbove() && !role.replicates();
      Object key =
          isPlain
              ? known.computeIfAbsent(
                  direct(role, memberships),
                  direct -> likeness(role, direct, memberships, named, grave))
              : role;
      alike.computeIfAbsent(key, unused -> new ArrayList<>()).add(role);
    }
    return new People(
        alike.values().stream().map(some -> person(some.get(0), some.size(), memberships)).toList(),
        groups(scope, byName));
  }

  private static Set<Long> groups(Scope scope, Map<String, Role> byName) {
    Set<Long> groups = new HashSet<>();
    for (String name : scope.people()) {
      Role group =
          name.startsWith(Scope.GROUP) ? byName.get(name.substring(Scope.GROUP.length())) : null;
      if (group != null) {
        groups.add(group.oid());
      }
    }
    return groups;
  }

  /** Whoever may become one of these has a finding, whose mend says what they are a member of. */
  private static boolean isGrave(Role role) {
    return role.isAbove()
        || role.replicates()
        || role.createsRoles()
        || role.logsIn()
        || role.name().startsWith("pg_");
  }

  private static Object direct(Role role, Memberships memberships) {
    Set<Object> groups = new HashSet<>();
    memberships
        .of(role.oid())
        .forEach(g -> groups.add(List.of(g.group(), g.admin(), g.inherit(), g.set())));
    return List.of(role.inherits(), role.createsRoles(), groups);
  }

  /**
   * What they have, of all that matters to a rule; or what they are members of, if that is grave.
   */
  private static Object likeness(
      Role role, Object direct, Memberships memberships, Set<Long> named, Set<Long> grave) {
    Person person = person(role, 1, memberships);
    Set<Long> reaches = new HashSet<>(person.reaches());
    reaches.addAll(person.becomes());
    reaches.remove(role.oid());
    if (reaches.stream().anyMatch(grave::contains)) {
      return direct;
    }
    Set<Long> inherits = new HashSet<>(person.inherits());
    inherits.retainAll(named);
    reaches.retainAll(named);
    return List.of(role.createsRoles(), inherits, reaches);
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
