package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A row that one has is written so that it is another's: WITH CHECK asks for less than USING. */
final class RowGivenAway implements Rule {
  @Override
  public String id() {
    return "row-given-away";
  }

  @Override
  public String manual() {
    return "sql-createpolicy.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Policy policy : catalog.policies()) {
      Optional<Expression> using = policy.using();
      Optional<Expression> check = policy.check();
      if (!policy.isPermissive() || !policy.isFor('w') || using.isEmpty() || check.isEmpty()) {
        continue; // without WITH CHECK, USING is it
      }
      if (check.get().text().equals(using.get().text())) {
        continue; // who has the row by it may write it
      }
      Set<String> columns =
          Guards.tied(catalog, policy, using.get(), Guards.personsColumns(policy, using.get()));
      List<Person> held =
          catalog.heldBy(policy, "UPDATE"::equals).stream()
              .filter(p -> !Guards.checked(catalog, policy.table(), 'w', p, columns))
              .filter(p -> InsertForOthers.mayWrite(catalog, policy.table(), 'w', columns, p))
              .toList();
      boolean isAll = using.get().all(Node.Junction.class).allMatch(Node.Junction::isAnd);
      boolean isHeld =
          isAll
              ? columns.stream()
                  .allMatch(name -> Guards.holds(catalog, policy, check.get(), Set.of(name)))
              : Guards.holds(catalog, policy, check.get(), columns);
      if (!isHeld && !held.isEmpty()) {
        findings.error(
            policy,
            "%s can give a row of %s to anybody, by writing another name into %s: WITH CHECK does not ask for who writes."
                .formatted(Person.names(held), policy.table(), String.join(", ", columns)),
            "%s WITH CHECK ((%s) AND (%s));"
                .formatted(policy.alter(), using.get().text(), check.get().text()));
      }
    }
  }
}
