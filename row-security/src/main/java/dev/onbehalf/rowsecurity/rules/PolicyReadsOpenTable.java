package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Grant;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A policy decides by a table that people can write as they like, or into which they can write
 * themselves.
 */
final class PolicyReadsOpenTable implements Rule {
  @Override
  public String id() {
    return "policy-reads-open-table";
  }

  @Override
  public String manual() {
    return "ddl-rowsecurity.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    PeoplesRows peoples = new PeoplesRows(catalog);
    List<Joining> joining = Joining.all(catalog);
    for (Policy policy : catalog.policies()) {
      List<Person> held = catalog.heldBy(policy);
      selfWritten(catalog, policy, findings);
      joined(catalog, policy, joining, findings);
      for (Relation read : policy.relations()) {
        if (held.isEmpty() || read.hasRls() || !read.isTable()) {
          continue;
        }
        Reach writers = catalog.reach(read, "INSERT", "UPDATE", "DELETE");
        Reach readers = catalog.reach(read, "SELECT");
        if (!writers.isNobody()) {
          findings.error(
              policy,
              "%s can write into %s what the policy %s of %s believes, and so get any row: it is not under Row-Level Security."
                  .formatted(writers.who(), read, policy.name(), policy.table()),
              "%s\nALTER TABLE %s ENABLE ROW LEVEL SECURITY;"
                  .formatted(catalog.revoke(writers, read.quoted()), read.quoted()));
        } else if (!readers.isNobody() && peoples.are(read)) {
          findings.warning(
              policy,
              "%s can read in %s who gets which rows of %s: it is not under Row-Level Security."
                  .formatted(readers.who(), read, policy.table()),
              "ALTER TABLE %s ENABLE ROW LEVEL SECURITY; -- then a policy for one's own rows"
                  .formatted(read.quoted()));
        }
      }
    }
  }

  private static void selfWritten(Catalog catalog, Policy policy, Findings.Of findings) {
    List<Person> held = decidedFor(catalog, policy);
    if (held.isEmpty()) {
      return;
    }
    Lookup.open(catalog, policy, lookup -> written(catalog, lookup, held))
        .ifPresent(
            written ->
                findings.error(
                    policy,
                    "%s can write themselves into %s with what the policy %s of %s believes, and so get any row: who writes there is asked for their own name only."
                        .formatted(
                            written.writers().who(),
                            written.lookup().table(),
                            policy.name(),
                            policy.table()),
                    mend(catalog, written.lookup(), written.writers())));
  }

  private static void joined(
      Catalog catalog, Policy policy, List<Joining> joining, Findings.Of findings) {
    List<Person> held = joining.isEmpty() ? List.of() : decidedFor(catalog, policy);
    if (held.isEmpty()) {
      return;
    }
    Lookup.open(
            catalog,
            policy,
            lookup ->
                joining.stream()
                    .filter(it -> it.writes(lookup))
                    .map(Joining::function)
                    .filter(function -> isCalled(catalog, function, held))
                    .findFirst())
        .ifPresent(
            function -> {
              Reach callers = DefinerSearchPath.callers(catalog, function);
              findings.error(
                  policy,
                  "%s can have %s write themselves into what the policy %s of %s believes, and so get any row: it asks for nothing but what it is given."
                      .formatted(callers.who(), function, policy.name(), policy.table()),
                  catalog.revoke(callers, function.quoted()));
            });
  }

  private static boolean isCalled(Catalog catalog, Function function, List<Person> held) {
    return DefinerSearchPath.callers(catalog, function).people().stream().anyMatch(held::contains);
  }

  /** What is looked up, and who can write it in their own name. */
  private record Written(Lookup lookup, Reach writers) {}

  /** If some of those can. */
  private static Optional<Written> written(Catalog catalog, Lookup lookup, List<Person> held) {
    Set<Person> able = new LinkedHashSet<>();
    List<Grant> grants = new ArrayList<>();
    for (char command : new char[] {'a', 'w'}) {
      Reach reach = catalog.reach(lookup.table(), Privileges.of(command));
      List<Person> writers =
          reach.people().stream()
              .filter(held::contains)
              .filter(person -> SelfWritten.is(catalog, lookup, command, person))
              .toList();
      able.addAll(writers);
      grants.addAll(writers.isEmpty() ? List.of() : reach.grants());
    }
    return able.isEmpty()
        ? Optional.empty()
        : Optional.of(new Written(lookup, new Reach(List.copyOf(able), grants)));
  }

  /** What is changed and decides nothing stays theirs to change. */
  private static String mend(Catalog catalog, Lookup lookup, Reach reach) {
    Relation read = lookup.table();
    String others =
        read.columns().stream()
            .filter(column -> !column.isGenerated())
            .map(Relation.Column::name)
            .filter(name -> !lookup.persons().contains(name) && !lookup.others().contains(name))
            .map(Names::quoted)
            .collect(Collectors.joining(", "));
    Stream<String> kept =
        reach.grants().stream()
            .filter(grant -> grant.privilege().equals("UPDATE") && grant.column().isEmpty())
            .filter(grant -> catalog.grants(read.oid()).contains(grant) && !others.isEmpty())
            .map(
                grant ->
                    "GRANT UPDATE (%s) ON %s TO %s;"
                        .formatted(others, read.quoted(), catalog.grantee(grant.grantee())));
    return Stream.concat(Stream.of(catalog.revoke(reach, read.quoted())), kept)
        .collect(Collectors.joining("\n"));
  }

  /** Those of whom no other policy asks whose a row is. */
  private static List<Person> decidedFor(Catalog catalog, Policy policy) {
    Relation table = policy.table();
    if (!policy.isPermissive()) {
      boolean isOpen =
          catalog.policies(table).stream()
              .anyMatch(p -> p.isPermissive() && AlwaysTrue.isTrue(p, p.using()));
      return isOpen ? catalog.heldBy(policy) : List.of();
    }
    return catalog.heldBy(policy).stream()
        .filter(
            person ->
                "rawd"
                    .chars()
                    .filter(command -> policy.isFor((char) command))
                    .anyMatch(c -> !Guards.isRestricted(catalog, table, (char) c, person)))
        .toList();
  }
}
