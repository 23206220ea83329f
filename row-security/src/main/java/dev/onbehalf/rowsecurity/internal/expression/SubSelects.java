package dev.onbehalf.rowsecurity.internal.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads of a sub-select what a condition around it asks for: what it selects, the conditions of its
 * joins and of WHERE, and which tables it names. {@link QueryParser} reads it to the end.
 */
final class SubSelects {
  private static final Set<String> END_OF_CONDITION =
      Set.of(
          "GROUP",
          "ORDER",
          "LIMIT",
          "OFFSET",
          "UNION",
          "INTERSECT",
          "EXCEPT",
          "HAVING",
          "WINDOW",
          "FOR");

  private SubSelects() {}

  static Node read(List<Token> inner, boolean isExists, int depth, int start, int end) {
    List<Node> parts = new ArrayList<>();
    int fromWord = QueryParser.find(inner, Set.of("FROM"), 0);
    int where = QueryParser.find(inner, Set.of("WHERE"), 0);
    boolean isPlain = !inner.isEmpty() && inner.get(0).isWord("SELECT");
    if (isPlain) {
      int listEnd = fromWord >= 0 ? fromWord : where >= 0 ? where : inner.size();
      parts.add(Parser.parse(QueryParser.withoutAlias(inner.subList(1, listEnd)), depth));
    }
    if (fromWord >= 0) {
      int fromEnd = where >= 0 ? where : inner.size();
      parts.addAll(conditionsOfJoins(inner.subList(fromWord + 1, fromEnd), depth));
    }
    if (where >= 0) {
      int rest = QueryParser.find(inner, END_OF_CONDITION, where + 1);
      parts.add(Parser.parse(inner.subList(where + 1, rest < 0 ? inner.size() : rest), depth));
      if (rest >= 0) {
        parts.add(Parser.loose(inner.subList(rest, inner.size())));
      }
    }
    if (!isPlain) {
      parts.add(Parser.loose(inner));
    }
    return new Node.SubSelect(
        isExists, fromWord >= 0 || !isPlain, tables(inner), parts, start, end);
  }

  private static List<Node> conditionsOfJoins(List<Token> from, int depth) {
    List<Node> conditions = new ArrayList<>();
    for (int i = 0; i + 1 < from.size(); i++) {
      if (from.get(i).isWord("ON") && from.get(i + 1).isMark("(")) {
        int close = QueryParser.closing(from, i + 1);
        conditions.add(Parser.parse(from.subList(i + 1, close + 1), depth));
      }
    }
    return conditions;
  }

  /** With pg_catalog as the search path, every other table's name has its schema. */
  private static List<String> tables(List<Token> tokens) {
    List<String> found = new ArrayList<>();
    for (int i = 0; i + 3 < tokens.size(); i++) {
      Token before = tokens.get(i);
      boolean isPlace =
          before.isWord("FROM")
              || before.isWord("JOIN")
              || before.isMark(",")
              || before.isMark("(")
              || before.isWord("ONLY");
      if (isPlace
          && tokens.get(i + 1).isName()
          && tokens.get(i + 2).isMark(".")
          && tokens.get(i + 3).isName()) {
        found.add(tokens.get(i + 1).text() + "." + tokens.get(i + 3).text());
      }
    }
    return found;
  }
}
