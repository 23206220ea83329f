package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Memberships;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import java.util.List;

/**
 * Somebody is a member, through any chain, of a role that owns tables, views, functions or schemas:
 * policies and grants hold them no more than the owner, with Row-Level Security and without.
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
    OwnedThings.byOwner(catalog)
        .forEach(
            (owner, things) -> {
              List<Person> members =
                  catalog.reaching(owner).stream().filter(p -> p.role().oid() != owner).toList();
              String name = catalog.role(owner).name();
              // who owns the database is DatabaseOwned's to say
              if (!members.isEmpty() && !name.equals(Memberships.DATABASE_OWNER)) {
                findings.error(
                    "role " + Names.readable(name),
                    "%s can %s: they are members of its owner %s."
                        .formatted(Person.names(members), things.gravest(), name),
                    things.mend(catalog, members));
              }
            });
  }
}
