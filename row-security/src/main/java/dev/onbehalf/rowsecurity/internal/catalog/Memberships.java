package dev.onbehalf.rowsecurity.internal.catalog;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Who is a member of what. Through 15, whether rights are inherited is an attribute of the member
 * and SET ROLE is always allowed; from 16 on both are options of the grant. Whoever has a role with
 * ADMIN can grant themselves the rest.
 *
 * @see <a href="https://www.postgresql.org/docs/current/role-membership.html">Role Membership</a>
 */
public final class Memberships {
  /** A row of {@code pg_auth_members}. */
  public record Grant(long group, long member, boolean admin, boolean inherit, boolean set) {}

  /** From 14 on: whose member the owner of the database is. */
  public static final String DATABASE_OWNER = "pg_database_owner";

  private final Map<Long, List<Grant>> byMember = new HashMap<>();
  private final Map<Long, List<Grant>> byGroup = new HashMap<>();

  Memberships(List<Grant> grants) {
    for (Grant grant : grants) {
      byMember.computeIfAbsent(grant.member(), key -> new ArrayList<>()).add(grant);
      byGroup.computeIfAbsent(grant.group(), key -> new ArrayList<>()).add(grant);
    }
  }

  /** What a role is directly a member of. */
  public List<Grant> of(long member) {
    return byMember.getOrDefault(member, List.of());
  }

  /** The roles whose rights this one has, itself included. */
  public Set<Long> inherited(long role) {
    return upwards(Set.of(role), Grant::inherit);
  }

  /**
   * The roles that this one can become, itself included. ADMIN is a right among those that are
   * inherited: whoever has it of a role, by whatever they are or become, can grant it to
   * themselves.
   */
  public Set<Long> settable(long role) {
    Set<Long> settable = Set.of(role);
    int before;
    do {
      before = settable.size();
      Set<Long> found = new HashSet<>(settable);
      inherited(settable).stream()
          .flatMap(member -> of(member).stream())
          .filter(Grant::admin)
          .forEach(grant -> found.add(grant.group()));
      settable = upwards(found, Grant::set);
    } while (settable.size() > before);
    return settable;
  }

  /** The roles whose rights any of these has. */
  public Set<Long> inherited(Set<Long> roles) {
    return upwards(roles, Grant::inherit);
  }

  private Set<Long> upwards(Set<Long> roles, Predicate<Grant> isWay) {
    Set<Long> found = new HashSet<>(roles);
    Deque<Long> rest = new ArrayDeque<>(roles);
    while (!rest.isEmpty()) {
      for (Grant grant : of(rest.pop())) {
        if (isWay.test(grant) && found.add(grant.group())) {
          rest.push(grant.group());
        }
      }
    }
    return found;
  }

  /**
   * All members of a role, through any chain, without itself. Who has it with ADMIN alone, as
   * whoever made it has from 16 on, is none that its rights are for.
   */
  public Set<Long> membersOf(long group) {
    Set<Long> found = new HashSet<>();
    Deque<Long> rest = new ArrayDeque<>(List.of(group));
    while (!rest.isEmpty()) {
      for (Grant grant : byGroup.getOrDefault(rest.pop(), List.of())) {
        if ((grant.inherit() || grant.set()) && found.add(grant.member())) {
          rest.push(grant.member());
        }
      }
    }
    return found;
  }

  /** Direct members of a group who are in the same groups as this one, itself among them. */
  public List<Long> membersLike(long member, long group) {
    Set<Long> groups = groupsOf(member);
    return byGroup.getOrDefault(group, List.of()).stream()
        .map(Grant::member)
        .filter(other -> groupsOf(other).equals(groups))
        .distinct()
        .toList();
  }

  private Set<Long> groupsOf(long member) {
    return of(member).stream().map(Grant::group).collect(Collectors.toSet());
  }

  /** What a member is to be taken out of, so that a role is reached no more. */
  public List<Long> firstSteps(long member, long target) {
    return of(member).stream()
        .map(Grant::group)
        .filter(
            group ->
                group == target
                    || upwards(Set.of(group), g -> g.inherit() || g.set() || g.admin())
                        .contains(target))
        .distinct()
        .toList();
  }
}
