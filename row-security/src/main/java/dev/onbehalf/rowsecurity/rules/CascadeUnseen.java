package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Key;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A foreign key that deletes or changes rows along with those that they point at, where whoever may
 * do that can't see them.
 */
final class CascadeUnseen implements Rule {
  /** An action that writes; or a name, in which the same words may be. */
  private static final Pattern WRITING_OR_NAME =
      Pattern.compile(
          " ON (?:DELETE|UPDATE) (?:CASCADE|SET NULL|SET DEFAULT)"
              + "(?: \\((?:[^()\"]|\"(?:[^\"]|\"\")*\")*\\))?|(\"(?:[^\"]|\"\")*\")");

  @Override
  public String id() {
    return "cascade-unseen";
  }

  @Override
  public String manual() {
    return "ddl-constraints.html#DDL-CONSTRAINTS-FK";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Key key : catalog.keys()) {
      List<Person> people =
          key.table().reported() ? new UnseenChildren(catalog, key).writtenBy() : List.of();
      if (!people.isEmpty()) {
        String name = Names.quoted(key.name());
        findings.warning(
            key.table() + " constraint " + Names.readable(key.name()),
            "%s can delete or change rows of %s that they cannot see, along with a row of %s that they point at: a foreign key's actions are not held by policies."
                .formatted(Person.names(people), key.table(), key.target()),
            "ALTER TABLE %1$s DROP CONSTRAINT %2$s;\nALTER TABLE %1$s ADD CONSTRAINT %2$s %3$s;"
                .formatted(key.table().quoted(), name, withoutActions(key)));
      }
    }
  }

  private static String withoutActions(Key key) {
    return WRITING_OR_NAME
        .matcher(key.definition())
        .replaceAll(it -> it.group(1) == null ? "" : Matcher.quoteReplacement(it.group(1)));
  }
}
