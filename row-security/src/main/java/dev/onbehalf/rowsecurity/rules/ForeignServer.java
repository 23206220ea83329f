package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Grant;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Outside.Server;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Role;
import java.util.List;
import java.util.Set;

/**
 * A foreign server that people may use, where a user mapping is not one person's. USAGE is enough:
 * a foreign table can be made among the temporary ones, where nobody needs a grant. With a mapping
 * of their own they are there who they are, which is right.
 */
final class ForeignServer implements Rule {
  @Override
  public String id() {
    return "foreign-server";
  }

  @Override
  public String manual() {
    return "sql-createusermapping.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Server server : catalog.outside().servers()) {
      List<Person> owners = catalog.reaching(server.owner());
      if (!owners.isEmpty()) {
        own(findings, server, owners);
        continue;
      }
      Reach reach = catalog.reach(server.grants());
      List<Person> shared =
          reach.people().stream().filter(person -> isShared(server, person)).toList();
      if (!shared.isEmpty()) {
        findings.error(
            "server " + Names.readable(server.name()),
            "%s can read and write behind the foreign server %s whatever a user mapping may that is not theirs alone, by a temporary foreign table."
                .formatted(Person.names(shared), server.name()),
            catalog.revoke(new Reach(shared, theirs(reach, shared)), "FOREIGN " + server.quoted()));
      }
    }
  }

  private static List<Grant> theirs(Reach reach, List<Person> people) {
    return reach.grants().stream()
        .filter(grant -> people.stream().anyMatch(p -> p.reaches().contains(grant.grantee())))
        .toList();
  }

  /** Their own mapping comes before the one for everybody. */
  private static boolean isShared(Server server, Person person) {
    long self = person.role().oid();
    boolean isOfAll = server.mappings().contains(Role.PUBLIC) && !server.mappings().contains(self);
    return isOfAll
        || server.mappings().stream()
            .anyMatch(role -> role != self && person.becomes().contains(role));
  }

  private static void own(Findings.Of findings, Server server, List<Person> owners) {
    if (server.mappings().isEmpty()
        || (owners.size() == 1 && server.mappings().equals(Set.of(owners.get(0).role().oid())))) {
      return; // theirs alone
    }
    String nobody = Names.quoted(Names.with(server.name(), " owner"));
    findings.error(
        "server " + Names.readable(server.name()),
        "%s can send others' sessions to a server of theirs, with the passwords of the user mappings: they own the foreign server %s."
            .formatted(Person.names(owners), server.name()),
        "CREATE ROLE %s NOLOGIN;\nALTER %s OWNER TO %s;"
            .formatted(nobody, server.quoted(), nobody));
  }
}
