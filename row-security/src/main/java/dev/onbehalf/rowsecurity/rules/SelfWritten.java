package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.Trigger;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import dev.onbehalf.rowsecurity.internal.expression.Truth;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whether people can write into a table under Row-Level Security, in their own name, what a policy
 * elsewhere looks up there: its policies ask for their name, and not for the team beside it.
 * Whatever else is asked, of that team or of who they are, is believed to be enough; so is a key
 * that others' rows have taken, and a trigger that may refuse.
 */
final class SelfWritten {
  private final Catalog catalog;
  private final Lookup lookup;

  private SelfWritten(Catalog catalog, Lookup lookup) {
    this.catalog = catalog;
    this.lookup = lookup;
  }

  /** By INSERT (a) or UPDATE (w). */
  static boolean is(Catalog catalog, Lookup lookup, char command, Person person) {
    return new SelfWritten(catalog, lookup).is(command, person);
  }

  private boolean is(char command, Person person) {
    Relation table = lookup.table();
    boolean isNew = command == 'a' && lookup.others().isEmpty(); // to be there is all
    Set<String> said = new HashSet<>(isNew ? lookup.persons() : lookup.others());
    said.removeIf(column -> command == 'w' && isKept(column));
    List<Policy> policies = catalog.policies(table, command, person);
    return table.hasRls()
        && InsertForOthers.mayWrite(catalog, table, command, said, person)
        && !isTaken()
        && !(command == 'a' && isDecidedByOthers(person))
        && !isRefused(command)
        && policies.stream().anyMatch(p -> p.isPermissive() && lets(p, command))
        && policies.stream().allMatch(p -> p.isPermissive() || lets(p, command));
  }

  private boolean isTaken() {
    return catalog.indexes(lookup.table()).stream()
        .anyMatch(
            index ->
                index.isUnique()
                    && !index.isPartial()
                    && lookup.others().containsAll(index.columns()));
  }

  /** Whether a new row is asked for what they cannot write into it, and what it has not anyway. */
  private boolean isDecidedByOthers(Person person) {
    Relation table = lookup.table();
    return lookup.asked().entrySet().stream()
        .filter(asked -> !InsertForOthers.isGranted(catalog, table, 'a', asked.getKey(), person))
        .flatMap(asked -> table.column(asked.getKey()).stream())
        .anyMatch(column -> !column.constant().equals(lookup.asked().get(column.name())));
  }

  /** Whether a trigger writes back what was there. */
  private boolean isKept(String column) {
    Pattern kept =
        Pattern.compile(
            "\\bnew\\.\"?%1$s\"?\\s*:?=\\s*old\\.\"?%1$s\\b".formatted(Pattern.quote(column)),
            Pattern.CASE_INSENSITIVE);
    return before('w').anyMatch(function -> kept.matcher(function.source()).find());
  }

  private boolean isRefused(char command) {
    return before(command).anyMatch(function -> function.mentions("raise"));
  }

  private Stream<Function> before(char command) {
    return catalog.triggers(lookup.table()).stream()
        .filter(trigger -> trigger.isBefore(command))
        .map(Trigger::function);
  }

  private boolean lets(Policy policy, char command) {
    return lets(policy, policy.effectiveCheck())
        && (command == 'a' || lets(policy, policy.using()));
  }

  private boolean lets(Policy policy, Optional<Expression> expression) {
    return expression.filter(e -> lets(policy, e.text(), e.root())).isPresent();
  }

  private boolean lets(Policy policy, String text, Node node) {
    if (node instanceof Node.Junction junction) {
      return junction.isAnd()
          ? junction.parts().stream().allMatch(part -> lets(policy, text, part))
          : junction.parts().stream().anyMatch(part -> lets(policy, text, part));
    }
    if (Truth.of(new Expression(text, node), column -> false) == Truth.ALWAYS) {
      return true;
    }
    Set<String> own = Ties.own(policy, node);
    boolean isOfRow = !own.isEmpty() && Collections.disjoint(own, lookup.others());
    return isOfRow
        && !Lookup.looksUp(node)
        && (!Expression.isAboutPerson(node) || Held.toReader(catalog).holds(text, node));
  }
}
