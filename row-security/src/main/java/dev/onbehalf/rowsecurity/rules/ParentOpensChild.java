package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Expression.Change;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A partition, or a child by inheritance, whose policies say whose its rows are, under a parent
 * whose policies don't: whoever asks the parent gets the child's rows by the parent's policies
 * alone. A parent that has none at all is {@link TableWithoutRls}'s.
 */
final class ParentOpensChild implements Rule {
  private static final char[] COMMANDS = {'r', 'w', 'd'};

  @Override
  public String id() {
    return "parent-opens-child";
  }

  @Override
  public String manual() {
    return "ddl-inherit.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Relation child : catalog.guardedTables()) {
      for (Relation parent : catalog.ancestors(child)) {
        Set<Person> people = new LinkedHashSet<>();
        List<String> mends = new ArrayList<>();
        for (char command : COMMANDS) {
          List<Person> let =
              parent.hasRls() ? letThrough(catalog, child, parent, command) : List.<Person>of();
          people.addAll(let);
          if (!let.isEmpty()) {
            mends.add(restrict(catalog, child, parent, command, let.get(0)));
          }
        }
        if (people.isEmpty()) {
          continue;
        }
        String sentence =
            "%s can reach by %s rows of %s that its own policies keep from them: who asks a parent is held by the parent's policies only."
                .formatted(Person.names(List.copyOf(people)), parent, child);
        if (people.stream().allMatch(person -> isOtherwiseHeld(catalog, parent, 'r', person))) {
          findings.warning(child, sentence, String.join("\n", mends)); // by another column
        } else {
          findings.error(child, sentence, String.join("\n", mends));
        }
      }
    }
  }

  private static boolean isOtherwiseHeld(
      Catalog catalog, Relation parent, char command, Person person) {
    return Ties.holdOld(catalog, parent, command, person, Ties.columns(catalog, parent));
  }

  private static List<Person> letThrough(
      Catalog catalog, Relation child, Relation parent, char command) {
    return catalog.reach(parent, Privileges.of(command)).people().stream()
        .filter(person -> isLooser(catalog, child, parent, command, person))
        .toList();
  }

  private static boolean isLooser(
      Catalog catalog, Relation child, Relation parent, char command, Person person) {
    List<Policy> above = catalog.policies(parent, command, person);
    boolean isOpen = above.stream().anyMatch(Policy::isPermissive);
    boolean isAware = // the mend, or another that thought of it
        above.stream()
            .filter(policy -> !policy.isPermissive())
            .flatMap(policy -> policy.using().stream())
            .anyMatch(using -> using.ownColumns().contains("tableoid"));
    if (!isOpen || isAware || catalog.isExempt(person.role().oid(), parent)) {
      return false;
    }
    List<Policy> own = catalog.policies(child, command, person);
    Set<String> ties = Ties.columns(catalog, child);
    boolean isTied =
        own.stream().anyMatch(Policy::isPermissive)
            && Ties.holdOld(catalog, child, command, person, ties);
    boolean isExcluding =
        own.stream()
            .filter(policy -> !policy.isPermissive())
            .anyMatch(policy -> above.stream().noneMatch(p -> p.using().equals(policy.using())));
    boolean isForOthers =
        own.stream().noneMatch(Policy::isPermissive)
            && catalog.policies(child).stream()
                .anyMatch(policy -> policy.isPermissive() && policy.isFor(command))
            && !isOtherwiseHeld(catalog, parent, command, person);
    return (isTied && !Ties.holdOld(catalog, parent, command, person, ties))
        || isExcluding
        || isForOthers;
  }

  /** The child's own condition, asked of its rows when they are reached by the parent. */
  private static String restrict(
      Catalog catalog, Relation child, Relation parent, char command, Person person) {
    List<Policy> own = catalog.policies(child, command, person);
    List<String> parts = new ArrayList<>();
    parts.add(
        own.stream()
            .filter(Policy::isPermissive)
            .flatMap(policy -> policy.using().stream())
            .map(using -> "(" + renamed(using, child, parent) + ")")
            .collect(Collectors.joining(" OR ", "(", ")")));
    own.stream()
        .filter(policy -> !policy.isPermissive())
        .flatMap(policy -> policy.using().stream())
        .forEach(using -> parts.add("(" + renamed(using, child, parent) + ")"));
    boolean isKnown =
        !parts.get(0).equals("()")
            && own.stream()
                .flatMap(policy -> policy.using().stream())
                .flatMap(using -> using.ownColumns().stream())
                .allMatch(name -> parent.column(name).isPresent());
    String condition =
        "tableoid OPERATOR(pg_catalog.<>) %s::pg_catalog.regclass%s"
            .formatted(
                Names.literal(child.quoted()), isKnown ? " OR " + String.join(" AND ", parts) : "");
    return "CREATE POLICY %s ON %s AS RESTRICTIVE FOR %s USING (%s)%s;"
        .formatted(
            Names.quoted(
                Names.with(
                    child.name(), " for " + Privileges.of(command).toLowerCase(Locale.ROOT))),
            parent.quoted(),
            Privileges.of(command),
            condition,
            command == 'w' ? " WITH CHECK (true)" : "");
  }

  /** Within sub-selects, columns have the table's name before them. */
  private static String renamed(Expression expression, Relation child, Relation parent) {
    return expression.with(
        expression
            .all(Node.Column.class)
            .filter(column -> column.table().equals(child.name()))
            .map(
                column ->
                    new Change(
                        column.start(),
                        column.end(),
                        Names.quoted(parent.name()) + "." + Names.quoted(column.name())))
            .toList());
  }
}
