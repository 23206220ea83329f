package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.RewriteRule;
import dev.onbehalf.rowsecurity.internal.catalog.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a trigger or a rule writes elsewhere with its owner's rights, where the row that people
 * write says into which row, or what: {@code DELETE FROM orders WHERE id = NEW.id}. Columns by
 * which policies hold the row to who writes it say who that is; a number that nobody chooses, and
 * what others point at, is of that row itself. A counter that goes up by one tells nothing of what
 * somebody writes.
 */
final class RowWrites {
  /** A write: a INSERT, w UPDATE, d DELETE. */
  record Write(Relation into, char command) {}

  private static final Pattern OF_ROW =
      Pattern.compile("\\b(new|old)\\s*+\\.\\s*+(\\w++|\"[^\"]++\")", Pattern.CASE_INSENSITIVE);
  private static final Pattern SET =
      Pattern.compile("\\bset\\b(.*?)(?:\\bwhere\\b|$)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private final Catalog catalog;
  private final Relation table;
  private final Set<String> privileges;
  private final Reach reach;
  private final boolean isChecked;

  private RowWrites(Catalog catalog, Relation table, Set<String> privileges, boolean isChecked) {
    this.catalog = catalog;
    this.table = table;
    this.privileges = privileges;
    this.reach = catalog.reach(table, privileges);
    this.isChecked = isChecked;
  }

  static RowWrites by(Catalog catalog, Trigger trigger) {
    return new RowWrites(catalog, trigger.table(), trigger.privileges(), true);
  }

  static RowWrites by(Catalog catalog, RewriteRule rule) {
    boolean isInstead = rule.definition().contains(" DO INSTEAD "); // no policy is asked of NEW
    return new RowWrites(catalog, rule.table(), Set.of(rule.privilege()), !isInstead);
  }

  /** A rule as a function of its table's owner, in which current_user is who asks all the same. */
  static Function asFunction(RewriteRule rule) {
    String text = rule.definition();
    String actions =
        text.substring(text.indexOf(" DO ") + " DO ".length())
            .replaceFirst("^(?:ALSO|INSTEAD)\\b", "")
            .replace("CURRENT_USER", "session_user");
    Relation table = rule.table();
    return new Function(
        0,
        table.schema(),
        rule.name(),
        "",
        table.owner(),
        true,
        'v',
        false,
        List.of(),
        "sql",
        actions,
        false,
        "void",
        false,
        table.reported());
  }

  /** Who can have it done. */
  Reach reach() {
    return reach;
  }

  /** What of it a function writes. */
  List<Write> of(Function function) {
    Statements statements = new Statements(catalog, function);
    List<Write> writes = new ArrayList<>();
    if (reach.isNobody()) {
      return writes;
    }
    for (String statement : statements.unguarded()) {
      String said = withPerson(statement);
      char command = command(said);
      boolean isOpen =
          switch (command) {
            case 'a' -> !statements.says(said);
            case 'w' -> !statements.asks(said) && isOfRow(set(said));
            case 'd' -> !statements.asks(said) && isOfRow(said);
            default -> false;
          };
      if (isOpen) {
        FunctionText.changed(catalog, function, statement)
            .forEach(into -> writes.add(new Write(into, command)));
      }
    }
    return writes;
  }

  private static char command(String statement) {
    String lower = statement.toLowerCase(Locale.ROOT);
    if (lower.matches("(?s).*\\b(?:insert|merge)\\s+into\\b.*")) {
      return 'a'; // an upsert's row is said by its values
    }
    return lower.matches("(?s).*\\bdelete\\s+from\\b.*")
        ? 'd'
        : lower.matches("(?s).*\\bupdate\\s.*\\bset\\b.*") ? 'w' : ' ';
  }

  private static boolean isOfRow(String text) {
    return OF_ROW.matcher(text).find();
  }

  private static String set(String update) {
    Matcher set = SET.matcher(update);
    return set.find() ? set.group(1) : "";
  }

  /** With who asks where the row says it. */
  private String withPerson(String statement) {
    return OF_ROW
        .matcher(statement)
        .replaceAll(
            value ->
                isPersons(value.group(1), value.group(2).replace("\"", ""))
                    ? "session_user"
                    : Matcher.quoteReplacement(value.group()));
  }

  private boolean isPersons(String row, String column) {
    boolean isNew = row.equalsIgnoreCase("new");
    if (table.isView()) {
      return !isNew && Views.open(catalog, table).isEmpty();
    }
    return (isChecked || !isNew)
        && (isRowsOwn(column)
            || (table.hasRls()
                && reach.people().stream().allMatch(person -> isTied(person, column, isNew))));
  }

  private boolean isRowsOwn(String column) {
    return table.column(column).map(Relation.Column::isSurrogate).orElse(false)
        || catalog.keys().stream()
            .anyMatch(key -> key.target().equals(table) && key.targetColumns().contains(column));
  }

  private boolean isTied(Person person, String column, boolean isNew) {
    return "awd"
        .chars()
        .mapToObj(command -> (char) command)
        .filter(command -> privileges.contains(Privileges.of(command)))
        .allMatch(
            command ->
                isNew ? isNewTied(command, person, column) : isOldTied(command, person, column));
  }

  /** There is no new row of DELETE, nor an old one of INSERT. */
  private boolean isNewTied(char command, Person person, String column) {
    return command == 'd'
        || Ties.holdNew(catalog, table, command, person, Set.of(column))
        || OwnerStamp.isStamped(catalog, table, command, column)
        || !InsertForOthers.isGranted(catalog, table, command, column, person);
  }

  private boolean isOldTied(char command, Person person, String column) {
    return command == 'a' || Ties.holdOld(catalog, table, command, person, Set.of(column));
  }
}
