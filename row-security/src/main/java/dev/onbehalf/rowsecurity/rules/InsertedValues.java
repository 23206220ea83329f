package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What an INSERT says is in a column, as it is written there. */
final class InsertedValues {
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
  private static final Pattern END =
      Pattern.compile(
          "\\b(?:from|where|group|having|order|limit|union|intersect|except|on|returning)\\b|;",
          Pattern.CASE_INSENSITIVE);

  private InsertedValues() {}

  /**
   * One for each row that is written out; none if it leaves the column out. Empty if unreadable.
   */
  static Optional<List<String>> of(String statement, Relation into, String column) {
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
  static Stream<String> list(String text) {
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
