package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.expression.Query;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The query that a statement of a function is, if it is one and nothing else, or by which an
 * UPDATE, a DELETE or a MERGE finds its rows.
 */
final class StatementQuery {
  private static final Pattern SELECT =
      Pattern.compile("\\b(?:select|with|perform)\\b", Pattern.CASE_INSENSITIVE);
  private static final Pattern WRITING =
      Pattern.compile(
          "\\b(?:insert\\s+into|update|delete\\s+from|merge\\s+into|execute)\\b",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern CHANGING =
      Pattern.compile(
          "(?:return\\s++query\\s++)?+(?:update|delete\\s++from)\\b(.*?)(?:\\bset\\b(.*?))?(?:\\b(?:from|using)\\b(.*?))?(?:\\bwhere\\b(.*?))?(?:\\breturning\\b.*)?",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern MERGING =
      Pattern.compile(
          "merge\\s++into\\b(.*?)\\busing\\b(.*?)(?:\\bwhen\\b.*)?",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private StatementQuery() {}

  static Optional<Query> of(String statement) {
    String outermost = FunctionText.outermost(statement);
    Matcher changing = CHANGING.matcher(outermost);
    Matcher merging = MERGING.matcher(outermost);
    if (changing.matches()) {
      return Optional.of(
          Query.of(
              "SELECT"
                  + part(" ", changing, 2, statement)
                  + part(" FROM ", changing, 1, statement)
                  + part(", ", changing, 3, statement)
                  + part(" WHERE ", changing, 4, statement)));
    } else if (merging.matches()) {
      return Optional.of(
          Query.of(
              part("SELECT FROM ", merging, 1, statement) + part(" JOIN ", merging, 2, statement)));
    }
    Matcher select = SELECT.matcher(statement);
    boolean isQuery =
        !WRITING.matcher(statement).find()
            && select.find()
            && !statement.substring(0, select.start()).contains("(");
    return isQuery
        ? Optional.of(
            Query.of(statement.substring(select.start()).replaceFirst("(?i)^perform\\b", "SELECT")))
        : Optional.empty();
  }

  private static String part(String before, Matcher in, int group, String statement) {
    return in.start(group) < 0 ? "" : before + statement.substring(in.start(group), in.end(group));
  }
}
