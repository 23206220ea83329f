package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.Relation.Column;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Truth;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A policy that is true for every row, in any spelling; or that asks nothing of the row, and does
 * not name either who may.
 *
 * <p>Two are no mistake: {@code FOR SELECT USING (true)} on a table whose rows are nobody's says
 * that everybody may read it, and {@code TO auditors USING (true)} that some may whom it names.
 */
final class AlwaysTrue implements Rule {
  @Override
  public String id() {
    return "policy-always-true";
  }

  @Override
  public String manual() {
    return "sql-createpolicy.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Policy policy : catalog.policies()) {
      if (!policy.isPermissive()) {
        continue;
      }
      Set<Person> reached = new LinkedHashSet<>();
      List<String> commands = new ArrayList<>();
      for (char command : new char[] {'r', 'a', 'w', 'd'}) {
        List<Person> let = letThrough(catalog, policy, command);
        reached.addAll(let);
        if (!let.isEmpty()) {
          commands.add(Privileges.of(command).toLowerCase(Locale.ROOT));
        }
      }
      List<Person> held = List.copyOf(reached);
      String verbs = String.join(", ", commands);
      if (held.isEmpty() || isForEverybodyToRead(catalog, policy) || Chosen.few(catalog, policy)) {
        continue;
      }
      Optional<String> itself = Rowless.sameOnBothSides(policy);
      if (itself.isPresent()) {
        findings.error(
            policy,
            "%s can %s rows of %s that are none of theirs: the policy %s compares %s with itself."
                .formatted(Person.names(held), verbs, policy.table(), policy.name(), itself.get()),
            mend(policy));
        continue;
      }
      boolean isRead = policy.command() == 'r' && isPlain(catalog, policy);
      String sentence =
          "%s can %s every row of %s: the policy %s is true whatever the row."
              .formatted(Person.names(held), verbs, policy.table(), policy.name());
      if (isRead && !isPersonal(catalog, policy.table())) {
        findings.warning(policy, sentence, mend(policy));
      } else if (isRead && isOnlyReader(catalog, policy)) {
        findings.warning(policy, sentence, mend(policy)); // meant so, or forgotten
      } else if (isOfList(catalog, policy)) {
        findings.warning(
            policy,
            "%s can %s every row of %s, if the policy %s finds them in its list: it asks nothing of the row."
                .formatted(Person.names(held), verbs, policy.table(), policy.name()),
            mend(policy));
      } else {
        findings.error(policy, sentence, mend(policy));
      }
    }
  }

  /** Whom it lets do so, and no restrictive policy holds to what is theirs. */
  private static List<Person> letThrough(Catalog catalog, Policy policy, char command) {
    boolean isOpen =
        isOpen(catalog, policy, command) && !(command == 'a' && isDefault(catalog, policy));
    return isOpen ? Guards.unrestricted(catalog, policy, command) : List.of();
  }

  /** Whether the expression that the command meets first is always true. */
  private static boolean isOpen(Catalog catalog, Policy policy, char command) {
    Optional<Expression> expression = policy.asked(command);
    return isTrue(policy, expression)
        || expression.filter(e -> Rowless.is(catalog, policy, e)).isPresent()
        || Rowless.sameOnBothSides(policy).isPresent();
  }

  /** Whether all that is open looks for who asks in a table. */
  private static boolean isOfList(Catalog catalog, Policy policy) {
    return Stream.of(policy.using(), policy.check())
        .flatMap(Optional::stream)
        .filter(e -> isTrue(policy, Optional.of(e)) || Rowless.is(catalog, policy, e))
        .allMatch(Rowless::isList);
  }

  /** Whether new rows are their writers', for nobody can write another name into them. */
  private static boolean isDefault(Catalog catalog, Policy policy) {
    Set<String> owners = InsertForOthers.owners(catalog, policy.table());
    return !owners.isEmpty()
        && owners.stream()
            .allMatch(
                name ->
                    OwnerStamp.isStamped(catalog, policy.table(), 'a', name)
                        || policy
                            .table()
                            .column(name)
                            .filter(c -> c.expression().matches("(?is).*(current|session)_user.*"))
                            .isPresent())
        && catalog.heldBy(policy, "INSERT"::equals).stream()
            .noneMatch(p -> InsertForOthers.mayWrite(catalog, policy.table(), owners, p));
  }

  static boolean isTrue(Policy policy, Optional<Expression> expression) {
    return expression
        .map(
            e ->
                Truth.of(e, name -> policy.table().column(name).map(Column::notNull).orElse(false)))
        .filter(Truth.ALWAYS::equals)
        .isPresent();
  }

  private static boolean isPlain(Catalog catalog, Policy policy) {
    return policy
        .using()
        .filter(e -> e.text().equals("true") || Rowless.isForAll(catalog, policy, e))
        .isPresent();
  }

  /** Nobody's rows, and said in the plainest way. */
  private static boolean isForEverybodyToRead(Catalog catalog, Policy policy) {
    return policy.command() == 'r'
        && isPlain(catalog, policy)
        && isOnlyReader(catalog, policy)
        && !isPersonal(catalog, policy.table());
  }

  private static boolean isOnlyReader(Catalog catalog, Policy policy) {
    return catalog.policies(policy.table()).stream()
        .filter(other -> other.isPermissive() && other.isFor('r') && !isTrue(other, other.using()))
        .filter(other -> !other.equals(policy))
        .findAny()
        .isEmpty();
  }

  /** Whether rows belong to people: a policy or a default says so. */
  private static boolean isPersonal(Catalog catalog, Relation table) {
    return table.columns().stream()
            .map(column -> column.expression().toUpperCase(Locale.ROOT))
            .anyMatch(text -> text.contains("CURRENT_USER") || text.contains("SESSION_USER"))
        || catalog.policies(table).stream()
            .flatMap(p -> Stream.of(p.using(), p.check()).flatMap(Optional::stream))
            .anyMatch(expression -> !expression.personsColumns().isEmpty());
  }

  private static String mend(Policy policy) {
    return policy.drop() + " -- or a condition that names who may";
  }
}
