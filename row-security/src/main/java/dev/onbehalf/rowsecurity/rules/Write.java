package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a statement of a function or a rule writes, and what it says of the rows.
 *
 * @param command a INSERT and MERGE, w UPDATE, d DELETE, c COPY
 */
record Write(Relation into, char command, String statement) {
  private static final String NAME = "(?:\\w++|\"[^\"]++\")";
  private static final Pattern INSERT =
      Pattern.compile(
          "\\binsert\\s++into\\s++(?:"
              + NAME
              + "\\s*+\\.\\s*+)?"
              + NAME
              + "(?:\\s++as\\s++"
              + NAME
              + ")?+\\s*+(?:\\(([^()]*+)\\)\\s*+)?+(?:overriding\\s++\\w++\\s++value\\s++)?+(values|select)\\b",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern UPSERT =
      Pattern.compile(
          "\\bon\\s++conflict\\s*+\\(([^()]*+)\\)\\s*+do\\s++update\\b(?!.*(?<!\\bdistinct\\s)\\bfrom\\b)",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern END =
      Pattern.compile(
          "\\b(?:from|where|group|having|order|limit|union|intersect|except|on|returning)\\b|;",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern SET =
      Pattern.compile("\\bset\\b(.*?)(?:\\bwhere\\b|$)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern ASSIGNED = Pattern.compile("(" + NAME + ")\\s*+=");
  private static final Pattern COUNTING =
      Pattern.compile(
          "\"?(\\w++)\"?\\s*+=\\s*+(?:(?:\\w++\\.)?+\"?\\1\"?\\s*+[+-]\\s*+\\d++|now\\s*+\\(\\s*+\\)|current_timestamp|current_date)",
          Pattern.CASE_INSENSITIVE);

  /** Its writes, as a function says them. */
  static List<Write> of(Catalog catalog, Function function, String statement) {
    return "awdc"
        .chars()
        .mapToObj(command -> (char) command)
        .flatMap(
            command ->
                FunctionText.behind(catalog, function, statement, words(command)).stream()
                    .map(into -> new Write(into, command, statement)))
        .toList();
  }

  /** Behind which the table's name stands; which row an upsert overwrites is not asked. */
  private static String words(char command) {
    return switch (command) {
      case 'a' -> "insert\\s+into|merge\\s+into";
      case 'w' -> "update";
      case 'd' -> "delete\\s+from";
      default -> "copy";
    };
  }

  Write with(String said) {
    return new Write(into, command, said);
  }

  boolean isInsert() {
    return command == 'a';
  }

  boolean isUpdate() {
    return command == 'w';
  }

  /** Whether it only counts, or says when: {@code SET n = n + 1, at = now()}. */
  boolean isCounting() {
    return isUpdate() && list(set()).allMatch(one -> COUNTING.matcher(one).matches());
  }

  /** Whether an UPDATE sets one of these columns, or what cannot be read. */
  boolean maySet(Set<String> columns) {
    return list(set())
        .map(ASSIGNED::matcher)
        .anyMatch(to -> !to.lookingAt() || columns.contains(FunctionText.plain(to.group(1))));
  }

  private String set() {
    Matcher set = SET.matcher(statement);
    return set.find() ? set.group(1) : "";
  }

  /** What stands behind that which an UPDATE sets: which rows. */
  String which() {
    String set = set();
    return statement.substring(statement.indexOf(set) + set.length());
  }

  /** The columns by which an upsert that reads nothing finds what it overwrites. */
  List<String> key() {
    Matcher upsert = UPSERT.matcher(statement);
    return upsert.find() ? list(upsert.group(1)).map(FunctionText::plain).toList() : List.of();
  }

  /**
   * What an INSERT says is in a column, for each row that is written out; none if it leaves the
   * column out. Empty if unreadable.
   */
  Optional<List<String>> values(String column) {
    Matcher insert = INSERT.matcher(statement);
    if (!insert.find()) {
      return Optional.empty();
    }
    List<String> columns =
        insert.group(1) == null
            ? into.columns().stream().map(Relation.Column::name).toList()
            : list(insert.group(1)).map(FunctionText::plain).toList();
    int at = columns.indexOf(column);
    if (at < 0) {
      return Optional.of(List.of());
    }
    String rest = statement.substring(insert.end());
    Stream<String> rows =
        insert.group(2).equalsIgnoreCase("select")
            ? Stream.of(rest)
            : list(rest).map(row -> row.replaceFirst("(?s)^\\((.*)\\)$", "$1"));
    List<String> values = new ArrayList<>();
    for (String row : rows.toList()) {
      List<String> said = list(row).toList();
      if (said.size() <= at || said.stream().limit(at + 1L).anyMatch(v -> v.endsWith("*"))) {
        return Optional.empty();
      }
      values.add(said.get(at));
    }
    return Optional.of(values);
  }

  /** What commas part, up to the end of the list. */
  private static Stream<String> list(String text) {
    String flat = FunctionText.outermost(text);
    Matcher end = END.matcher(flat);
    int length = end.find() ? end.start() : flat.length();
    List<String> parts = new ArrayList<>();
    int start = 0;
    while (start <= length) {
      int comma = flat.indexOf(',', start);
      int to = comma < 0 || comma > length ? length : comma;
      parts.add(text.substring(start, to).strip());
      start = to + 1;
    }
    return parts.stream();
  }
}
