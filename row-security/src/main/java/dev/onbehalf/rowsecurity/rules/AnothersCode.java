package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.ForeignCode;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import java.util.List;

/**
 * Code that somebody can rewrite, and that others run: a default, a generated column, a policy, a
 * trigger, a constraint, an index or an event trigger calls a function that a person owns.
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
    for (ForeignCode code : catalog.calledCode()) {
      Function function = code.function();
      List<Person> authors =
          catalog.people().all().stream()
              .filter(p -> !p.role().isSuperuser())
              .filter(
                  p ->
                      p.reaches().contains(function.owner()) && !p.reaches().contains(code.owner()))
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
  }
}
