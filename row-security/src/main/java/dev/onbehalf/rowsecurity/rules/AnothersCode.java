package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.ForeignCode;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Grant;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.Role;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Code that somebody can rewrite, and that others run: a default, a generated column, a policy, a
 * trigger, a constraint, an index, an event trigger, a view or a function calls a function that a
 * person owns; or others read a view or call a function that a person owns.
 */
final class AnothersCode implements Rule {
  @Override
  public String id() {
    return "anothers-code";
  }

  @Override
  public String manual() {
    return "sql-createfunction.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    catalog.calledCode().forEach(code -> examine(catalog, code, findings));
    for (Relation view : catalog.reported()) {
      if (view.isView()) {
        catalog
            .snapshot()
            .calls()
            .byView()
            .getOrDefault(view.oid(), Set.of())
            .forEach(f -> examine(catalog, code(view.toString(), view.owner(), f), findings));
        used(catalog, view, findings);
      }
    }
    for (Function function : catalog.functions()) {
      if (function.reported()) {
        FunctionText.callees(catalog, function).stream()
            .filter(called -> isMeant(function, called))
            .forEach(
                called ->
                    examine(
                        catalog, code("function " + function, function.owner(), called), findings));
        used(catalog, function, findings);
      }
    }
  }

  private static ForeignCode code(String caller, long owner, Function function) {
    return new ForeignCode(caller, owner, function, true);
  }

  /** Whether a name in a text is likely to be that function's. */
  private static boolean isMeant(Function caller, Function called) {
    return caller.isParsed()
        || called.schema().equals(caller.schema())
        || caller.mentions(called.schema().toLowerCase(Locale.ROOT));
  }

  private static void examine(Catalog catalog, ForeignCode code, Findings.Of findings) {
    Function function = code.function();
    List<Person> authors =
        authors(catalog, function.owner()).stream()
            .filter(p -> !p.reaches().contains(code.owner()))
            .toList();
    if (code.reported() && !authors.isEmpty()) {
      findings.error(
          code.caller(),
          "%s can rewrite %s, which %s calls with the rights of whoever uses it."
              .formatted(Person.names(authors), function, code.caller()),
          "ALTER %s OWNER TO %s; -- once its text was read"
              .formatted(function.quoted(), catalog.grantee(code.owner())));
    }
  }

  /** A view calls what is in it as who reads, whether or not it reads as its owner. */
  private static void used(Catalog catalog, Relation view, Findings.Of findings) {
    List<Person> authors = authors(catalog, view.owner());
    Set<String> privileges = Privileges.READ_OR_WRITE;
    List<Grant> others =
        authors.isEmpty() ? List.of() : others(catalog, view.oid(), view.owner(), privileges);
    if (!others.isEmpty() && isUsed(catalog, view.schema(), view.owner())) {
      findings.error(
          view,
          "%s can rewrite %s, which others use: what they put into it runs with the rights of whoever does."
              .formatted(Person.names(authors), view),
          newOwner(catalog, view, authors)
              .map(owner -> handOver(catalog, view, owner))
              .orElse(catalog.revoke(new Reach(List.of(), others), view.quoted())));
    }
  }

  private static void used(Catalog catalog, Function function, Findings.Of findings) {
    List<Person> authors =
        function.isTriggerFunction() ? List.of() : authors(catalog, function.owner());
    List<Grant> others =
        authors.isEmpty()
            ? List.of()
            : others(catalog, function.oid(), function.owner(), Set.of("EXECUTE"));
    if (!others.isEmpty() && isUsed(catalog, function.schema(), function.owner())) {
      findings.warning(
          "function " + function,
          "%s can rewrite %s, which others may call: what they put into it runs with the rights of whoever does."
              .formatted(Person.names(authors), function),
          catalog.revoke(new Reach(List.of(), others), function.quoted()));
    }
  }

  private static List<Person> authors(Catalog catalog, long owner) {
    return catalog.people().all().stream()
        .filter(person -> !person.role().isSuperuser() && person.reaches().contains(owner))
        .toList();
  }

  private static boolean isUsed(Catalog catalog, String schema, long owner) {
    Long oid = catalog.snapshot().schemas().get(schema);
    return oid != null && !others(catalog, oid, owner, Set.of("USAGE")).isEmpty();
  }

  /** Grants by which somebody has it who can't become its owner. */
  private static List<Grant> others(
      Catalog catalog, long object, long owner, Set<String> privileges) {
    return catalog.grants(object).stream()
        .filter(grant -> privileges.contains(grant.privilege()) && grant.grantee() != owner)
        .filter(grant -> grant.grantee() == Role.PUBLIC || hasOther(catalog, grant, owner))
        .toList();
  }

  private static boolean hasOther(Catalog catalog, Grant grant, long owner) {
    Set<Long> holders = new HashSet<>(catalog.memberships().membersOf(grant.grantee()));
    holders.removeIf(holder -> !catalog.role(holder).logsIn());
    holders.add(grant.grantee());
    return holders.stream()
        .filter(holder -> holders.size() == 1 || catalog.role(holder).logsIn())
        .filter(holder -> !catalog.role(holder).isSuperuser())
        .anyMatch(
            holder ->
                !catalog.memberships().settable(holder).contains(owner)
                    && !catalog.memberships().inherited(holder).contains(owner));
  }

  /** Whose the tables are, where the view asks as who reads and nobody of the authors is them. */
  private static Optional<Long> newOwner(Catalog catalog, Relation view, List<Person> authors) {
    return catalog.sources(view).stream()
        .filter(source -> view.isInvoker())
        .map(Relation::owner)
        .filter(owner -> !catalog.role(owner).logsIn())
        .filter(owner -> authors.stream().noneMatch(p -> p.reaches().contains(owner)))
        .findFirst();
  }

  private static String handOver(Catalog catalog, Relation view, long owner) {
    return "ALTER VIEW %1$s OWNER TO %2$s; -- once its text was read\nGRANT SELECT ON %1$s TO %3$s;"
        .formatted(view.quoted(), catalog.grantee(owner), catalog.grantee(view.owner()));
  }
}
