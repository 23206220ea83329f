package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Two permissive policies, of which one was meant to restrict the other: they are joined by OR.
 *
 * <p>Which one was, shows in what it says: nothing of who asks, and something that excludes ({@code
 * IS NULL}, {@code NOT}, {@code <>}), or it lets write.
 */
final class PoliciesAddUp implements Rule {
  @Override
  public String id() {
    return "policies-add-up";
  }

  @Override
  public String manual() {
    return "sql-createpolicy.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Policy policy : catalog.policies()) {
      Optional<Expression> using = policy.using();
      if (!policy.isPermissive()
          || using.isEmpty()
          || using.get().isAboutPerson()
          || AlwaysTrue.isTrue(policy, using)) {
        continue;
      }
      boolean isRestricting = policy.command() != 'r' || isExcluding(using.get().root());
      Optional<Policy> other = own(catalog, policy);
      List<Person> held = catalog.heldBy(policy);
      if (other.isEmpty()) {
        crossed(catalog, policy, findings);
      }
      if (isRestricting && other.isPresent() && !held.isEmpty()) {
        findings.warning(
            policy,
            "%s gets every row of %s for which %s, whosever it is: permissive policies add up, and %s restricts %s no more than that one restricts it."
                .formatted(
                    Person.names(held),
                    policy.table(),
                    using.get().text(),
                    policy.name(),
                    other.get().name()),
            "%s\nCREATE POLICY %s ON %s AS RESTRICTIVE FOR %s TO %s USING (%s)%s;"
                .formatted(
                    policy.drop(),
                    Names.quoted(policy.name()),
                    policy.table().quoted(),
                    policy.commandName(),
                    policy.roles().stream().map(catalog::grantee).collect(Collectors.joining(", ")),
                    using.get().text(),
                    policy.check().map(check -> " WITH CHECK (" + check.text() + ")").orElse("")));
      }
    }
  }

  /** What one policy's USING lets change passes the other's WITH CHECK: each is joined by OR. */
  private static void crossed(Catalog catalog, Policy policy, Findings.Of findings) {
    if (!policy.isFor('w') || policy.check().isEmpty() || policy.check().get().isAboutPerson()) {
      return;
    }
    List<Person> held = catalog.heldBy(policy, "UPDATE"::equals);
    Optional<Expression> own =
        catalog.policies(policy.table()).stream()
            .filter(p -> !p.name().equals(policy.name()) && p.isPermissive() && p.isFor('w'))
            .filter(p -> held.stream().anyMatch(person -> catalog.isFor(p, person)))
            .flatMap(p -> p.using().stream())
            .filter(using -> !using.personsColumns().isEmpty())
            .findFirst();
    Set<String> columns = own.map(Expression::personsColumns).orElse(Set.of());
    List<Person> able =
        held.stream()
            .filter(p -> !Guards.checked(catalog, policy.table(), 'w', p, columns))
            .toList();
    if (own.isPresent() && !able.isEmpty()) {
      findings.error(
          policy,
          "%s can give a row of %s to anybody: another policy lets them change it, and the WITH CHECK of %s lets them write what they like, for permissive policies add up."
              .formatted(Person.names(able), policy.table(), policy.name()),
          "%s WITH CHECK ((%s) AND (%s));"
              .formatted(policy.alter(), policy.check().get().text(), own.get().text()));
    }
  }

  /** Another that asks whose the row is, by a column which this one does not look at. */
  private static Optional<Policy> own(Catalog catalog, Policy policy) {
    Set<String> columns = policy.using().map(Expression::ownColumns).orElse(Set.of());
    return catalog.policies(policy.table()).stream()
        .filter(
            other ->
                other.isPermissive()
                    && (other.command() == '*'
                        || policy.command() == '*'
                        || other.command() == policy.command()))
        .filter(
            other ->
                other.using().map(Expression::personsColumns).filter(c -> !c.isEmpty()).isPresent())
        .filter(other -> Collections.disjoint(other.using().get().personsColumns(), columns))
        .findFirst();
  }

  private static boolean isExcluding(Node node) {
    return node.all()
        .anyMatch(
            part ->
                part instanceof Node.Not
                    || (part instanceof Node.Is is && is.isNegated() == is.test().equals("TRUE"))
                    || (part instanceof Node.Binary binary
                        && (binary.operator().startsWith("<>") || isFalse(binary))));
  }

  private static boolean isFalse(Node.Binary binary) {
    return binary.operator().equals("=")
        && Stream.of(binary.left(), binary.right())
            .map(Expression::bare)
            .anyMatch(side -> side instanceof Node.Constant c && c.value().equals("false"));
  }
}
