package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.RewriteRule;
import dev.onbehalf.rowsecurity.internal.catalog.Trigger;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import dev.onbehalf.rowsecurity.internal.expression.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a trigger or a rule writes elsewhere with its owner's rights, where the row that people
 * write says into which row, or what: {@code DELETE FROM orders WHERE id = NEW.id}. Columns by
 * which policies hold the row to who writes it say who that is; a number that nobody chooses, and
 * the key by which the written rows point at that row, is of that row itself. An UPDATE that only
 * counts, or says when, tells nothing of what somebody writes.
 */
final class RowWrites {
  /**
   * One of others' rows.
   *
   * @param isPointed whether it changes rows at which a foreign key of the row points, and not
   *     whose they are
   */
  record Open(Write write, boolean isPointed) {}

  private static final Pattern OF_ROW =
      Pattern.compile("\\b(new|old)\\s*+\\.\\s*+(\\w++|\"[^\"]++\")", Pattern.CASE_INSENSITIVE);
  private static final Pattern WHOLE_ROW =
      Pattern.compile("\\b(new|old)\\s*+\\.\\s*+\\*", Pattern.CASE_INSENSITIVE);

  /** A value that nobody says: {@code current_user} is the owner. */
  private static final Pattern CONSTANT =
      Pattern.compile(
          "(?:'[^']*+'(?:\\s*+::.*)?|null|default|current_user|current_role|user|\\d++)",
          Pattern.CASE_INSENSITIVE);

  private final Catalog catalog;
  private final Relation table;
  private final Doors.Door door;
  private final boolean isChecked;

  private RowWrites(Catalog catalog, Relation table, Doors.Door door, boolean isChecked) {
    this.catalog = catalog;
    this.table = table;
    this.door = door;
    this.isChecked = isChecked;
  }

  /** By each of the ways in which somebody writes such a row. */
  static List<RowWrites> by(Catalog catalog, Trigger trigger) {
    return Doors.ofRows(catalog, trigger)
        .map(door -> new RowWrites(catalog, trigger.table(), door, true))
        .toList();
  }

  static List<RowWrites> by(Catalog catalog, RewriteRule rule) {
    Set<String> privileges = Set.of(rule.privilege());
    Reach reach = catalog.reach(rule.table(), privileges);
    Doors.Door door = new Doors.Door(rule.table(), privileges, reach);
    return reach.isNobody()
        ? List.of()
        : List.of(new RowWrites(catalog, rule.table(), door, !rule.isInstead()));
  }

  /** Where somebody can have it done. */
  Doors.Door door() {
    return door;
  }

  /** What of it a function writes. */
  List<Open> of(Function function) {
    Statements statements = new Statements(catalog, function, function.isDefiner());
    List<Open> open = new ArrayList<>();
    for (String statement : statements.unguarded()) {
      for (Write it : Write.of(catalog, function, statement)) {
        Write write = it.with(withPerson(withColumns(statement), it.into()));
        if (isOpen(statements, write)) {
          open.add(new Open(write, write.isUpdate() && isPointed(write)));
        }
      }
    }
    return open;
  }

  private boolean isOpen(Statements statements, Write write) {
    String said = write.statement();
    return switch (write.command()) {
      case 'a' ->
          InsertForOthers.owners(catalog, write.into()).stream()
              .anyMatch(
                  column ->
                      write
                          .values(column)
                          .map(v -> v.stream().anyMatch(value -> isOpen(statements, said, value)))
                          .orElse(!statements.says(said)));
      case 'w' -> !statements.holds(said) && isOfRow(said) && !write.isCounting();
      case 'd' -> !statements.holds(said) && isOfRow(said);
      default -> false;
    };
  }

  /** Whether whose a new row is does not come from who writes. */
  private static boolean isOpen(Statements statements, String said, String value) {
    return isOfRow(value)
        || (!CONSTANT.matcher(value).matches()
            && !statements.says(value)
            && !statements.asks(said));
  }

  private boolean isPointed(Write update) {
    Set<String> pointing =
        catalog.keys(table).stream()
            .filter(key -> key.target().equals(update.into()))
            .flatMap(key -> key.columns().stream())
            .collect(Collectors.toSet());
    return OF_ROW
            .matcher(update.which())
            .results()
            .allMatch(value -> pointing.contains(FunctionText.plain(value.group(2))))
        && !update.maySet(Ties.columns(catalog, update.into()));
  }

  private static boolean isOfRow(String text) {
    return OF_ROW.matcher(text).find();
  }

  /** With each column for {@code NEW.*}. */
  private String withColumns(String statement) {
    return WHOLE_ROW
        .matcher(statement)
        .replaceAll(
            row ->
                table.columns().stream()
                    .map(column -> row.group(1) + "." + Names.quoted(column.name()))
                    .map(Matcher::quoteReplacement)
                    .collect(Collectors.joining(", ")));
  }

  /** With who asks where the row says it, or where it says itself. */
  private String withPerson(String statement, Relation into) {
    return OF_ROW
        .matcher(statement)
        .replaceAll(
            value -> {
              boolean isNew = value.group(1).equalsIgnoreCase("new");
              String column = FunctionText.plain(value.group(2));
              boolean isThere = isChecked || !isNew; // else no policy is asked of it, nor a key
              boolean isOwn =
                  isPersons(isNew, column)
                      || isPointed(statement, value, column, into)
                      || isKeptByKey(isNew, column, into);
              return isThere && isOwn ? "session_user" : Matcher.quoteReplacement(value.group());
            });
  }

  private boolean isPersons(boolean isNew, String column) {
    if (table.isView()) {
      return !isNew && Views.open(catalog, table).isEmpty();
    }
    return door.reach().people().stream().allMatch(person -> isTied(person, column, isNew));
  }

  /** An identity that is always the sequence's, or what they have no right to write. */
  private boolean isUnwritable(Person person, String column) {
    return table.column(column).filter(c -> c.isGenerated() && c.isSurrogate()).isPresent()
        || "aw".chars().allMatch(command -> isUnwritable((char) command, person, column));
  }

  private boolean isUnwritable(char command, Person person, String column) {
    return OwnerStamp.isStamped(catalog, table, command, column)
        || !InsertForOthers.isGranted(catalog, door.at(), command, column, person);
  }

  /** Whether a foreign key keeps it to what is theirs by another column: {@code (team, id)}. */
  private boolean isKeptByKey(boolean isNew, String column, Relation into) {
    Set<String> ties = Ties.columns(catalog, into);
    return catalog.keys(table).stream()
        .filter(key -> key.target().equals(into) && key.columns().contains(column))
        .flatMap(key -> ties.stream().flatMap(tie -> key.columnFor(tie).stream()))
        .flatMap(other -> table.column(other).stream())
        .anyMatch(other -> other.notNull() && isPersons(isNew, other.name())); // NULL is not asked
  }

  /**
   * Whether it is compared with what points at the row: {@code order_id = NEW.id}. Until the row is
   * there nothing points at it.
   */
  private boolean isPointed(String statement, MatchResult value, String column, Relation into) {
    return catalog.keys(into).stream()
        .filter(key -> key.target().equals(table))
        .filter(key -> key.targetColumns().equals(List.of(column)))
        .map(key -> "\"?\\b" + Pattern.quote(key.columns().get(0)) + "\\b\"?")
        .anyMatch(
            name ->
                statement.substring(0, value.start()).matches("(?is).*" + name + "\\s*+=\\s*+")
                    || statement
                        .substring(value.end())
                        .matches("(?is)\\s*+=\\s*+(?:[\\w\"]++\\.)*+" + name + ".*"));
  }

  private boolean isTied(Person person, String column, boolean isNew) {
    return isUnwritable(person, column)
        || "awd"
            .chars()
            .mapToObj(command -> (char) command)
            .filter(command -> door.privileges().contains(Privileges.of(command)))
            .allMatch(
                command ->
                    isNew
                        ? isNewTied(command, person, column)
                        : isOldTied(command, person, column));
  }

  /**
   * There is no new row of DELETE, nor an old one of INSERT. What UPDATE cannot write was there.
   */
  private boolean isNewTied(char command, Person person, String column) {
    return command == 'd'
        || holdsNew(command, person, column)
        || (isUnwritable(command, person, column)
            && (command == 'a' || isNewTied('a', person, column)));
  }

  private boolean isOldTied(char command, Person person, String column) {
    Relation at = door.at();
    return command == 'a'
        || isShown(at, column)
        || (at.hasRls() && Ties.holdOld(catalog, at, command, person, Set.of(column)));
  }

  private boolean holdsNew(char command, Person person, String column) {
    Relation at = door.at();
    return (isShown(at, column) && !at.checkOption().isEmpty())
        || (at.hasRls() && Ties.holdNew(catalog, at, command, person, Set.of(column)));
  }

  /** Whether a view of the table shows only what is theirs by a column. */
  private boolean isShown(Relation at, String column) {
    if (!at.isView() || Views.written(catalog, at).filter(table::equals).isEmpty()) {
      return false;
    }
    Query query = Views.query(catalog, at);
    return query.selects().get(0).conditions().stream()
        .filter(condition -> Held.toReader(catalog).holds(query.text(), condition))
        .flatMap(Node::all)
        .anyMatch(node -> node instanceof Node.Column it && it.name().equals(column));
  }
}
