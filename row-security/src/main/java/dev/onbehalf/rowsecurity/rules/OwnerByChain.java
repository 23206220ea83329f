package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Somebody is a member, through any chain, of a role that owns tables: policies hold them no more
 * than the owner.
 */
final class OwnerByChain implements Rule {
  @Override
  public String id() {
    return "owner-by-chain";
  }

  @Override
  public String manual() {
    return "role-membership.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    Map<Long, List<Relation>> owned =
        catalog.guardedTables().stream().collect(Collectors.groupingBy(Relation::owner));
    owned.forEach(
        (owner, tables) -> {
          List<Person> members =
              catalog.people().all().stream()
                  .filter(p -> p.role().oid() != owner && !p.role().isSuperuser())
                  .filter(p -> p.reaches().contains(owner))
                  .toList();
          if (!members.isEmpty()) {
            findings.error(
                "role " + Names.readable(catalog.role(owner).name()),
                "%s can read and write every row of %s, and take its policies away: they are members of its owner %s."
                    .formatted(Person.names(members), tables.get(0), catalog.role(owner).name()),
                Chains.cut(catalog, members, owner));
          }
        });
  }
}
