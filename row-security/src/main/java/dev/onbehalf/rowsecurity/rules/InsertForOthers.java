package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A new row can be written in anybody's name: what is checked does not say who writes. */
final class InsertForOthers implements Rule {
  @Override
  public String id() {
    return "insert-for-others";
  }

  @Override
  public String manual() {
    return "sql-createpolicy.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Policy policy : catalog.policies()) {
      Set<String> own = owners(catalog, policy.table());
      Optional<Expression> team = own.isEmpty() ? team(catalog, policy.table()) : Optional.empty();
      Set<String> columns = team.map(e -> Guards.personsColumns(policy, e)).orElse(own);
      Optional<Expression> check = policy.effectiveCheck();
      if (!policy.isPermissive() || !policy.isFor('a') || columns.isEmpty() || check.isEmpty()) {
        continue;
      }
      List<Person> held =
          catalog.heldBy(policy, "INSERT"::equals).stream()
              .filter(person -> !Guards.checked(catalog, policy.table(), 'a', person, columns))
              .filter(person -> mayWrite(catalog, policy.table(), columns, person))
              .toList();
      if (!held.isEmpty() && !Guards.holds(catalog, policy, check.get(), columns)) {
        String sentence =
            "%s can insert rows of others into %s: nothing checks %s against who writes."
                .formatted(Person.names(held), policy.table(), String.join(", ", columns));
        String mend =
            "%s WITH CHECK (%s);"
                .formatted(
                    policy.alter(),
                    team.map(e -> "(%s) AND (%s)".formatted(check.get().text(), e.text()))
                        .orElseGet(() -> ofWriter(check.get(), columns, policy)));
        if (team.isEmpty() && isWhoMay(catalog, check.get(), check.get().root())) {
          String orAsk = Findings.commented("if they are not to let others in", mend);
          findings.warning(policy, sentence, orAsk);
        } else {
          findings.error(policy, sentence, mend);
        }
      }
    }
  }

  /** Whether it is looked up who may write something of the row: who leads lets others in. */
  private static boolean isWhoMay(Catalog catalog, Expression check, Node node) {
    if (node instanceof Node.Junction junction) {
      return junction.isAnd()
          ? junction.parts().stream().anyMatch(part -> isWhoMay(catalog, check, part))
          : junction.parts().stream().allMatch(part -> isWhoMay(catalog, check, part));
    }
    return Lookup.looksUp(node)
        && node.all().anyMatch(Node.Column.class::isInstance)
        && Held.toReader(catalog).holds(check.text(), node);
  }

  /** What says whose team's a row is: a sub-select that looks who asks is in. */
  private static Optional<Expression> team(Catalog catalog, Relation table) {
    return catalog.policies(table).stream()
        .filter(Policy::isPermissive)
        .flatMap(
            policy ->
                policy.using().stream()
                    .filter(e -> e.all(Node.SubSelect.class).anyMatch(Node.SubSelect::hasFrom))
                    .filter(e -> e.all(Node.Junction.class).allMatch(Node.Junction::isAnd))
                    .filter(e -> !Guards.personsColumns(policy, e).isEmpty()))
        .findFirst();
  }

  /** Columns that say whose a row is: other policies compare them with who asks, by equality. */
  static Set<String> owners(Catalog catalog, Relation table) {
    Set<String> columns = new TreeSet<>();
    for (Policy policy : catalog.policies(table)) {
      Stream.of(policy.using(), policy.check())
          .flatMap(Optional::stream)
          .flatMap(expression -> expression.comparisons().stream())
          .filter(comparison -> comparison.operator().equals("=") && !comparison.isAny())
          .forEach(
              comparison -> {
                addOwner(comparison.left(), comparison.right(), columns);
                addOwner(comparison.right(), comparison.left(), columns);
              });
    }
    return columns;
  }

  private static void addOwner(Node column, Node person, Set<String> columns) {
    if (Expression.bare(column) instanceof Node.Column it
        && Expression.bare(person) instanceof Node.Special special
        && special.isCurrentUser()) {
      columns.add(it.name());
    }
  }

  static boolean mayWrite(Catalog catalog, Relation table, Set<String> columns, Person person) {
    return mayWrite(catalog, table, 'a', columns, person);
  }

  /** Whether somebody can say themselves, by INSERT (a) or UPDATE (w), what is in one of these. */
  static boolean mayWrite(
      Catalog catalog, Relation table, char command, Set<String> columns, Person person) {
    return columns.stream()
        .filter(column -> !OwnerStamp.isStamped(catalog, table, command, column))
        .anyMatch(column -> isGranted(catalog, table, command, column, person));
  }

  static boolean isGranted(
      Catalog catalog, Relation table, char command, String column, Person person) {
    return catalog.granted(table, Privileges.of(command)).stream()
        .filter(grant -> person.reaches().contains(grant.grantee()))
        .anyMatch(grant -> grant.column().isEmpty() || grant.column().equals(column));
  }

  private static String ofWriter(Expression check, Set<String> columns, Policy policy) {
    String column = Names.quoted(columns.iterator().next());
    String own = column + " = CURRENT_USER";
    return AlwaysTrue.isTrue(policy, Optional.of(check))
        ? own
        : "(%s) AND %s".formatted(check.text(), own);
  }
}
