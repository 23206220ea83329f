package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Grant;
import dev.onbehalf.rowsecurity.internal.catalog.Key;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.Relation.Column;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rows of people that point at a row of somebody who can't see them. What a foreign key does with
 * them when that row goes or gets another key, it does as the owner of their table, beside the
 * policies.
 */
final class UnseenChildren {
  private static final Set<Character> WRITING = Set.of('c', 'n', 'd');

  private final Catalog catalog;
  private final Key key;
  private final Relation parent;
  private final Relation child;

  UnseenChildren(Catalog catalog, Key key) {
    this.catalog = catalog;
    this.key = key;
    this.parent = key.target();
    this.child = key.table();
  }

  /** Those whose DELETE or UPDATE writes rows that they can't see. */
  List<Person> writtenBy() {
    return those(WRITING.contains(key.onDelete()), WRITING.contains(key.onUpdate()));
  }

  /** Those whose DELETE or UPDATE is refused because of rows that they can't see. */
  List<Person> refusedTo() {
    return those(!WRITING.contains(key.onDelete()), !WRITING.contains(key.onUpdate()));
  }

  private List<Person> those(boolean byDelete, boolean byUpdate) {
    List<Person> found = new ArrayList<>();
    if (!child.hasRls() || catalog.reach(child, Privileges.READ_OR_WRITE).isNobody()) {
      return found; // none of people's
    }
    for (Person person : catalog.people().all()) {
      boolean isAble =
          (byDelete && may(person, 'd', ""))
              || (byUpdate && key.targetColumns().stream().anyMatch(c -> may(person, 'w', c)));
      if (isAble && !person.role().isAbove() && !seesChildren(person)) {
        found.add(person);
      }
    }
    return found;
  }

  /** Whether they can do it to some row: UPDATE, of this column. */
  private boolean may(Person person, char command, String column) {
    Reach reach = catalog.reach(parent, Privileges.of(command));
    boolean isFixed = parent.column(column).map(Column::isGenerated).orElse(false);
    boolean isGranted =
        reach.people().contains(person)
            && reach.grants().stream()
                .filter(grant -> person.reaches().contains(grant.grantee()))
                .anyMatch(g -> g.column().isEmpty() || g.column().equals(column));
    boolean isAllowed =
        !parent.hasRls()
            || catalog.policies(parent, command, person).stream().anyMatch(Policy::isPermissive);
    return isGranted && isAllowed && !isFixed;
  }

  private boolean seesChildren(Person person) {
    return Ties.seesAll(catalog, child, person)
        || isSeenWithParent(person)
        || carriesOwner()
        || isOfOwnerOnly(person);
  }

  /** Whoever sees what they point at sees them: that, or a function of the key, is all it asks. */
  private boolean isSeenWithParent(Person person) {
    return catalog.policies(child, 'r', person).stream()
        .filter(Policy::isPermissive)
        .anyMatch(
            policy ->
                policy
                    .using()
                    .map(using -> Expression.bare(using.root()))
                    .filter(node -> !(node instanceof Node.Junction))
                    .filter(node -> node.all().anyMatch(this::looksUp))
                    .filter(node -> key.columns().containsAll(Ties.own(policy, node)))
                    .isPresent());
  }

  private boolean looksUp(Node node) {
    return node instanceof Node.SubSelect select
        ? select.tables().contains(parent.schema() + "." + parent.name())
        : node instanceof Node.Call call && !call.schema().isEmpty();
  }

  /** Whose they are is in the key, on both sides. */
  private boolean carriesOwner() {
    Set<String> ties = Ties.columns(catalog, child);
    return Ties.columns(catalog, parent).stream()
        .flatMap(column -> key.columnFor(column).stream())
        .anyMatch(ties::contains);
  }

  /** One person alone sees each parent, and only who sees it can have pointed at it. */
  private boolean isOfOwnerOnly(Person person) {
    Set<String> owners = InsertForOthers.owners(catalog, parent);
    return !owners.isEmpty()
        && !InsertForOthers.owners(catalog, child).isEmpty()
        && Ties.holdOld(catalog, parent, 'r', person, owners)
        && Ties.holdNew(catalog, child, 'a', person, key.columns())
        && Ties.holdNew(catalog, child, 'w', person, key.columns());
  }

  /** Takes the right to delete and to renumber what is pointed at. */
  String revoke() {
    Reach reach = catalog.reach(parent, "DELETE", "UPDATE");
    List<Grant> grants =
        reach.grants().stream()
            .filter(
                grant ->
                    grant.privilege().equals("DELETE")
                        ? !WRITING.contains(key.onDelete())
                        : !WRITING.contains(key.onUpdate()) && isOfKey(grant))
            .toList();
    StringBuilder sql =
        new StringBuilder(catalog.revoke(new Reach(reach.people(), grants), parent.quoted()));
    String rest =
        parent.columns().stream()
            .filter(column -> !column.isGenerated() && !key.targetColumns().contains(column.name()))
            .map(column -> Names.quoted(column.name()))
            .collect(Collectors.joining(", "));
    for (Grant grant : grants) {
      if (grant.privilege().equals("UPDATE") && grant.column().isEmpty() && !rest.isEmpty()) {
        sql.append(
            "\nGRANT %s (%s) ON %s TO %s;"
                .formatted(
                    grant.privilege(), rest, parent.quoted(), catalog.grantee(grant.grantee())));
      }
    }
    return sql.toString();
  }

  private boolean isOfKey(Grant grant) {
    return key.targetColumns().stream()
        .anyMatch(
            name ->
                (grant.column().isEmpty() || grant.column().equals(name))
                    && !parent.column(name).map(Column::isGenerated).orElse(false));
  }
}
