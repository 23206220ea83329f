package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Role;
import java.util.stream.Collectors;

/**
 * A policy for a role that nobody has: a permissive one waits for whoever is given it, and a
 * restrictive one restricts nobody. One whose role was given rights there is made ready for who is
 * to come.
 */
final class PolicyForNobody implements Rule {
  @Override
  public String id() {
    return "policy-for-nobody";
  }

  @Override
  public String manual() {
    return "sql-createpolicy.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Policy policy : catalog.policies()) {
      boolean isSomebodys = policy.roles().stream().anyMatch(oid -> isHeld(catalog, oid));
      if (isSomebodys || (policy.isPermissive() && isReady(catalog, policy))) {
        continue;
      }
      String roles =
          policy.roles().stream()
              .map(oid -> catalog.role(oid).name())
              .collect(Collectors.joining(", "));
      if (policy.isPermissive()) {
        findings.note(
            policy,
            "Whoever is given %s next gets rows of %s by a policy that nobody has needed so far."
                .formatted(roles, policy.table()),
            policy.drop());
      } else if (!catalog.reach(policy.table(), Privileges.READ_OR_WRITE).isNobody()) {
        findings.warning(
            policy,
            "%s is not restricted by the policy %s of %s: it is for %s, whom nobody is a member of."
                .formatted(
                    catalog.reach(policy.table(), Privileges.READ_OR_WRITE).who(),
                    policy.name(),
                    policy.table(),
                    roles),
            policy.alter() + " TO PUBLIC;");
      }
    }
  }

  private static boolean isReady(Catalog catalog, Policy policy) {
    return policy.roles().stream()
        .allMatch(
            role ->
                catalog.grants(policy.table().oid()).stream()
                    .anyMatch(grant -> grant.grantee() == role));
  }

  private static boolean isHeld(Catalog catalog, long oid) {
    return oid == Role.PUBLIC
        || catalog.role(oid).logsIn()
        || catalog.people().all().stream().anyMatch(person -> person.reaches().contains(oid))
        || catalog.memberships().membersOf(oid).stream().anyMatch(m -> catalog.role(m).logsIn());
  }
}
