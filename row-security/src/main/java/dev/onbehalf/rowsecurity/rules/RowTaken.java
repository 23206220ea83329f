package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A row of another's is written so that it is one's own: USING asks for less than WITH CHECK. */
final class RowTaken implements Rule {
  @Override
  public String id() {
    return "row-taken";
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
        continue;
      }
      Set<String> columns = check.get().personsColumns();
      List<Person> held =
          catalog.heldBy(policy, "UPDATE"::equals).stream()
              .filter(person -> !Guards.used(catalog, policy.table(), 'w', person, columns))
              .filter(person -> mayBecomeTheirs(catalog, policy, columns, person))
              .toList();
      boolean isTaking =
          !columns.isEmpty()
              && !using.get().isAboutPerson()
              && !AlwaysTrue.isTrue(policy, using) // which says it itself
              && !isOfNobody(using.get(), columns);
      if (isTaking && !held.isEmpty()) {
        findings.error(
            policy,
            "%s can take rows of others in %s, by writing their own name into %s: USING does not ask whose they are."
                .formatted(Person.names(held), policy.table(), String.join(", ", columns)),
            "%s USING ((%s) AND (%s));"
                .formatted(policy.alter(), using.get().text(), check.get().text()));
      }
    }
  }

  /** They write their name, or a trigger does. */
  private static boolean mayBecomeTheirs(
      Catalog catalog, Policy policy, Set<String> columns, Person person) {
    return columns.stream()
        .anyMatch(
            column ->
                OwnerStamp.isStamped(catalog, policy.table(), 'w', column)
                    || InsertForOthers.isGranted(catalog, policy.table(), 'w', column, person));
  }

  /** What is nobody's is there to be taken. */
  private static boolean isOfNobody(Expression using, Set<String> columns) {
    return using
        .all(Node.Is.class)
        .anyMatch(
            is ->
                is.test().equals("NULL")
                    && !is.isNegated()
                    && !Collections.disjoint(Expression.ownColumns(is), columns));
  }
}
