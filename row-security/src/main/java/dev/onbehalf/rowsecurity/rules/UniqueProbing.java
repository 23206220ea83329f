package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Index;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.Relation.Column;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A unique or an exclusion constraint over everybody's rows, on values that mean something: the
 * error tells that somebody has one. Policies are asked before it, so that a key with the column by
 * which rows are one's own, or one's team's, tells of those only; and what comes at random or out
 * of a sequence is nobody's to guess.
 */
final class UniqueProbing implements Rule {
  @Override
  public String id() {
    return "unique-probing";
  }

  @Override
  public String manual() {
    return "ddl-rowsecurity.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Relation table : catalog.guardedTables()) {
      Set<String> ties = null;
      for (Index index : catalog.indexes(table)) {
        if (!(index.isUnique() || index.isExclusion()) || isOfParent(catalog, index)) {
          continue;
        }
        ties = ties == null ? Ties.columns(catalog, table) : ties;
        List<Person> blind = ties.isEmpty() ? List.of() : blind(catalog, index, keys(index));
        Set<String> missing =
            blind.isEmpty() || hasSurrogate(index) ? Set.of() : missing(catalog, index, ties);
        if (!missing.isEmpty()) { // or rows are written for others, which is told as such
          findings.warning(
              table
                  + (index.constraint().isEmpty() ? " index " : " constraint ")
                  + Names.readable(index.name()),
              "%s can learn whether somebody has a row of %s with a certain %s: there may be only one among everybody's, and the error says so."
                  .formatted(Person.names(blind), table, what(index)),
              mend(catalog, index, missing));
        }
      }
    }
  }

  /** A partition's, which the parent's brings along. */
  private static boolean isOfParent(Catalog catalog, Index index) {
    return index.table().isPartition()
        && catalog.ancestors(index.table()).stream()
            .flatMap(parent -> catalog.indexes(parent).stream())
            .anyMatch(
                of -> of.isUnique() == index.isUnique() && of.columns().equals(index.columns()));
  }

  private static String what(Index index) {
    return index.columns().stream()
        .map(name -> name.isEmpty() ? "value" : name)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static boolean hasSurrogate(Index index) {
    return keys(index).stream()
        .anyMatch(n -> index.table().column(n).map(Column::isSurrogate).orElse(false));
  }

  /** The columns whose values must be the same for there to be an error. */
  private static List<String> keys(Index index) {
    return index.columns().stream()
        .filter(name -> !name.isEmpty())
        .filter(name -> !index.isExclusion() || isByEquality(index, name))
        .toList();
  }

  private static boolean isByEquality(Index index, String name) {
    String column = Pattern.quote(Names.readable(name));
    return Pattern.compile("[( ]" + column + "(?: [^,]*)? WITH =(?=[,)])")
        .matcher(index.definition())
        .find();
  }

  /** Those who may write what the others' rows are compared with, and don't see all of them. */
  private static List<Person> blind(Catalog catalog, Index index, List<String> keys) {
    List<Person> blind = new ArrayList<>();
    for (char command : new char[] {'a', 'w'}) {
      Reach reach = catalog.reach(index.table(), Privileges.of(command));
      for (Person person : reach.people()) {
        if (!blind.contains(person)
            && mayWrite(reach, person, index)
            && !Ties.seesAll(catalog, index.table(), person)
            && !Ties.holdNew(catalog, index.table(), command, person, keys)
            && !isOfWriter(catalog, index, command, person, keys)) {
          blind.add(person);
        }
      }
    }
    return blind;
  }

  private static boolean mayWrite(Reach reach, Person person, Index index) {
    boolean isOfExpression =
        index.columns().stream()
            .anyMatch(
                name ->
                    name.isEmpty()
                        || index.table().column(name).map(Column::isGenerated).orElse(false));
    return reach.grants().stream()
        .filter(grant -> person.reaches().contains(grant.grantee()))
        .anyMatch(
            grant ->
                grant.column().isEmpty()
                    || isOfExpression
                    || index.columns().contains(grant.column()));
  }

  /** Whether whose a row is stands in the key, and they cannot write anything else there. */
  private static boolean isOfWriter(
      Catalog catalog, Index index, char command, Person person, List<String> keys) {
    Relation table = index.table();
    Set<String> owners = InsertForOthers.owners(catalog, table);
    return keys.stream()
        .filter(
            key ->
                owners.contains(key)
                    || (command == 'w' && Ties.holdOld(catalog, table, 'w', person, Set.of(key))))
        .anyMatch(key -> !InsertForOthers.mayWrite(catalog, table, command, Set.of(key), person));
  }

  /** What the key must begin with, so that it tells of nobody else's rows. */
  private static Set<String> missing(Catalog catalog, Index index, Set<String> ties) {
    Set<String> missing = new LinkedHashSet<>();
    List<String> keys = new ArrayList<>(keys(index));
    for (String tie : ties) {
      if (!keys.contains(tie)) {
        missing.add(tie);
        keys.add(tie);
      }
      if (blind(catalog, index, keys).isEmpty()) {
        return missing;
      }
    }
    return missing;
  }

  private static String mend(Catalog catalog, Index index, Set<String> columns) {
    String table = index.table().quoted();
    String before =
        columns.stream()
            .map(
                name ->
                    Names.quoted(name)
                        + (index.isExclusion() ? " WITH OPERATOR(pg_catalog.=), " : ", "))
            .collect(Collectors.joining());
    String pointing =
        catalog.keys().stream()
            .filter(key -> key.target().equals(index.table()))
            .filter(key -> Set.copyOf(key.targetColumns()).equals(Set.copyOf(index.columns())))
            .map(key -> "%s of %s".formatted(Names.readable(key.name()), key.table()))
            .collect(Collectors.joining(", "));
    StringBuilder mend = new StringBuilder();
    if (index.isExclusion() && index.method().equals("gist")) {
      mend.append("CREATE EXTENSION IF NOT EXISTS btree_gist; -- = in an index of this kind\n");
    }
    StringBuilder definition = new StringBuilder(index.definition());
    if (index.constraint().isEmpty()) {
      definition.delete(0, unquoted(index.definition(), " USING "));
      definition.insert(definition.indexOf("(") + 1, before);
      mend.append(
          "DROP INDEX %1$s.%2$s;\nCREATE UNIQUE INDEX %2$s ON %3$s%4$s;"
              .formatted(
                  Names.quoted(index.table().schema()),
                  Names.quoted(index.name()),
                  table,
                  definition));
    } else {
      definition.insert(definition.indexOf("(") + 1, before);
      mend.append(
          "ALTER TABLE %1$s DROP CONSTRAINT %2$s;\nALTER TABLE %1$s ADD CONSTRAINT %2$s %3$s;"
              .formatted(table, Names.quoted(index.constraint()), definition));
    }
    return pointing.isEmpty()
        ? mend.toString()
        : Findings.commented("first the foreign key " + pointing, mend.toString());
  }

  /** Where it stands outside of names, in which anything may be. */
  private static int unquoted(String text, String wanted) {
    boolean isName = false;
    for (int at = 0; at < text.length(); at++) {
      isName ^= text.charAt(at) == '"';
      if (!isName && text.startsWith(wanted, at)) {
        return at;
      }
    }
    throw new IllegalStateException("No" + wanted + "in " + text);
  }
}
