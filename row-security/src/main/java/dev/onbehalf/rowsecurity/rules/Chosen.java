package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Grant;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Role;
import java.util.Set;

/**
 * A policy that is plainly true for a role that some of a table's people have and others don't:
 * auditors among all who have orders. The role says who may, as a condition would.
 */
final class Chosen {
  private Chosen() {}

  static boolean few(Catalog catalog, Policy policy) {
    boolean isNamed = policy.roles().stream().noneMatch(role -> role == Role.PUBLIC);
    return isNamed
        && isPlain(policy)
        && !makesUseless(catalog, policy)
        && (hasOthers(catalog, policy) || hasGroupOfOthers(catalog, policy));
  }

  /**
   * Whether another policy says to the same roles whose rows they get, which then means nothing.
   */
  private static boolean makesUseless(Catalog catalog, Policy policy) {
    return catalog.policies(policy.table()).stream()
        .filter(other -> other.isPermissive() && policy.roles().containsAll(other.roles()))
        .flatMap(other -> other.using().stream())
        .anyMatch(using -> !using.personsColumns().isEmpty());
  }

  private static boolean isPlain(Policy policy) {
    return policy.using().map(e -> e.text().equals("true")).orElse(true)
        && policy.check().map(e -> e.text().equals("true")).orElse(true);
  }

  /** Among those who are examined, by what they have as others do: not by a grant of their own. */
  private static boolean hasOthers(Catalog catalog, Policy policy) {
    return catalog.reach(policy.table(), Privileges.READ_OR_WRITE).people().stream()
        .filter(person -> !catalog.isFor(policy, person))
        .anyMatch(
            person ->
                catalog.grants(policy.table().oid()).stream()
                    .map(Grant::grantee)
                    .anyMatch(
                        role -> !catalog.role(role).logsIn() && person.reaches().contains(role)));
  }

  /** A group that has rights there, and somebody in it who has none of the policy's roles. */
  private static boolean hasGroupOfOthers(Catalog catalog, Policy policy) {
    return catalog.grants(policy.table().oid()).stream()
        .filter(grant -> Privileges.READ_OR_WRITE.contains(grant.privilege()))
        .map(Grant::grantee)
        .filter(role -> role != policy.table().owner() && role != Role.PUBLIC)
        .distinct()
        .filter(group -> !catalog.role(group).logsIn())
        .anyMatch(group -> hasOther(catalog, policy, group));
  }

  private static boolean hasOther(Catalog catalog, Policy policy, long group) {
    Set<Long> members = catalog.memberships().membersOf(group);
    return members.stream()
        .filter(member -> catalog.role(member).logsIn() && !catalog.role(member).isAbove())
        .anyMatch(member -> policy.roles().stream().noneMatch(role -> has(catalog, member, role)));
  }

  private static boolean has(Catalog catalog, long member, long role) {
    return catalog.memberships().inherited(member).contains(role)
        || catalog.memberships().settable(member).contains(role);
  }
}
