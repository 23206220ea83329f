package dev.onbehalf.rowsecurity.internal.expression;

import dev.onbehalf.rowsecurity.internal.expression.Query.Outer;
import dev.onbehalf.rowsecurity.internal.expression.Query.Select;
import dev.onbehalf.rowsecurity.internal.expression.Query.Source;
import dev.onbehalf.rowsecurity.internal.expression.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads a query by its clauses, each of which is read by {@link Parser}. */
final class QueryParser {
  private static final Set<String> END_OF_TARGETS =
      Set.of("FROM", "INTO", "WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "OFFSET");
  private static final Set<String> END_OF_FROM =
      Set.of("WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR");
  private static final Set<String> AFTER_SOURCE =
      Set.of(
          "JOIN",
          "LEFT",
          "RIGHT",
          "INNER",
          "FULL",
          "CROSS",
          "NATURAL",
          "ON",
          "USING",
          "TABLESAMPLE");
  private static final Set<String> SETS = Set.of("UNION", "INTERSECT", "EXCEPT");

  private QueryParser() {}

  static Query parse(String text, List<Token> all) {
    List<Token> tokens = inner(all);
    List<Select> selects = new ArrayList<>();
    int start = 0;
    int depth = 0;
    for (int i = 0; i <= tokens.size(); i++) {
      boolean isEnd = i == tokens.size();
      depth += isEnd ? 0 : depth(tokens.get(i));
      if (isEnd || (depth == 0 && isOneOf(tokens.get(i), SETS))) {
        List<Token> part = tokens.subList(start, i);
        if (!part.isEmpty() && (part.get(0).isWord("ALL") || part.get(0).isWord("DISTINCT"))) {
          part = part.subList(1, part.size());
        }
        if (!part.isEmpty() && part.get(0).isMark("(") && part.size() < all.size()) {
          selects.addAll(parse(text, part).selects());
        } else if (!part.isEmpty()) {
          selects.add(select(text, part));
        }
        start = i + 1;
      }
    }
    return new Query(text, selects);
  }

  /** Without parentheses around all of it. */
  private static List<Token> inner(List<Token> tokens) {
    List<Token> inner = tokens;
    while (inner.size() > 2
        && inner.get(0).isMark("(")
        && closing(inner, 0) == inner.size() - 1
        && isQuery(inner.get(1))) {
      inner = inner.subList(1, inner.size() - 1);
    }
    // ORDER BY behind a select in parentheses
    if (inner.size() > 2 && inner.get(0).isMark("(") && isQuery(inner.get(1))) {
      int close = closing(inner, 0);
      boolean isOne =
          close + 1 < inner.size()
              && inner.subList(close + 1, inner.size()).stream().noneMatch(t -> isOneOf(t, SETS));
      return isOne ? inner(inner.subList(0, close + 1)) : inner;
    }
    return inner;
  }

  private static boolean isQuery(Token token) {
    return token.isWord("SELECT")
        || token.isMark("(")
        || token.isWord("VALUES")
        || token.isWord("WITH");
  }

  private static Select select(String text, List<Token> tokens) {
    int end = find(tokens, END_OF_TARGETS, 0);
    List<Token> list = tokens.subList(Math.min(1, tokens.size()), end < 0 ? tokens.size() : end);
    List<Node> targets = new ArrayList<>();
    split(list).forEach(target -> targets.add(Parser.parse(withoutAlias(target))));
    List<Source> sources = new ArrayList<>();
    List<Node> conditions = new ArrayList<>();
    List<Outer> outer = new ArrayList<>();
    int from = tokens.get(0).isWord("TABLE") ? 0 : find(tokens, Set.of("FROM"), 0);
    if (from >= 0) {
      int last = find(tokens, END_OF_FROM, from + 1);
      List<Token> items = tokens.subList(from + 1, last < 0 ? tokens.size() : last);
      readFrom(text, items, sources, conditions, outer);
    }
    for (String word : List.of("WHERE", "HAVING")) {
      int at = find(tokens, Set.of(word), 0);
      if (at >= 0) {
        int last = find(tokens, END_OF_FROM, at + 1);
        List<Token> condition = tokens.subList(at + 1, last < 0 ? tokens.size() : last);
        addAll(Parser.parse(condition), conditions);
      }
    }
    return new Select(targets, sources, conditions, outer);
  }

  private static void addAll(Node condition, List<Node> conditions) {
    if (condition instanceof Node.Junction junction && junction.isAnd()) {
      junction.parts().forEach(part -> addAll(part, conditions));
    } else {
      conditions.add(condition);
    }
  }

  /** Names, sub-selects and the conditions of joins; an outer join's holds nothing. */
  private static void readFrom(
      String text,
      List<Token> items,
      List<Source> sources,
      List<Node> conditions,
      List<Outer> outer) {
    Deque<Boolean> joins = new ArrayDeque<>();
    boolean isName = true;
    for (int i = 0; i < items.size(); i++) {
      Token token = items.get(i);
      if (token.isMark("(")) {
        int close = closing(items, i);
        if (i + 1 < items.size() && items.get(i + 1).isWord("SELECT")) {
          Query within = parse(text, items.subList(i, close + 1));
          sources.add(new Source("", Optional.of(within), alias(items, close + 1, "")));
          i = close;
          isName = false;
        } else if (!isName) {
          i = close; // a list of columns, arguments
        }
      } else if (token.isWord("JOIN")) {
        boolean isCross = i > 0 && isOneOf(items.get(i - 1), Set.of("CROSS", "NATURAL"));
        if (!isCross) {
          joins.push(i > 0 && isOneOf(items.get(i - 1), Set.of("LEFT", "RIGHT", "FULL", "OUTER")));
        }
        isName = true;
      } else if (token.isMark(",")) {
        isName = true;
      } else if (token.isWord("USING")) {
        boolean isOuter = !joins.isEmpty() && joins.pop();
        if (sources.size() == 2) { // of more it is not said which of them has the column
          Node equal = equal(sources, items, i + 1);
          if (isOuter) {
            outer.add(new Outer(equal, sources.get(1).alias()));
          } else {
            conditions.add(equal);
          }
        }
        isName = false;
      } else if (token.isWord("ON")) {
        boolean isOuter = !joins.isEmpty() && joins.pop();
        int end = endOfCondition(items, i + 1);
        Node condition = Parser.parse(items.subList(i + 1, end));
        if (isOuter) {
          String to = sources.isEmpty() ? "" : sources.get(sources.size() - 1).alias();
          outer.add(new Outer(condition, to));
        } else {
          addAll(condition, conditions);
        }
        i = end - 1;
        isName = false;
      } else if (isName && token.isName() && !token.isWord("ONLY") && !token.isWord("LATERAL")) {
        boolean hasSchema =
            i + 2 < items.size() && items.get(i + 1).isMark(".") && items.get(i + 2).isName();
        int last = hasSchema ? i + 2 : i;
        boolean isFunction = last + 1 < items.size() && items.get(last + 1).isMark("(");
        if (!isFunction) {
          String name = plain(items.get(last));
          sources.add(
              new Source(
                  hasSchema ? plain(token) + "." + name : name,
                  Optional.empty(),
                  alias(items, last + 1, name)));
        }
        i = last;
        isName = false;
      }
    }
  }

  /** The last of the names that follow; what WITH named has two of them. */
  private static String alias(List<Token> items, int from, String name) {
    String alias = name;
    int at = from;
    while (at < items.size()
        && items.get(at).isName()
        && (items.get(at).kind() == Kind.QUOTED || !isOneOf(items.get(at), AFTER_SOURCE))) {
      alias = items.get(at).isWord("AS") ? alias : items.get(at).text();
      at++;
    }
    return alias;
  }

  private static int endOfCondition(List<Token> items, int from) {
    int depth = 0;
    for (int i = from; i < items.size(); i++) {
      depth += depth(items.get(i));
      boolean isNext = items.get(i).isMark(",") || isOneOf(items.get(i), AFTER_SOURCE);
      if (depth < 0 || (depth == 0 && isNext)) {
        return i;
      }
    }
    return items.size();
  }

  private static String plain(Token token) {
    return token.kind() == Kind.WORD ? token.text().toLowerCase(Locale.ROOT) : token.text();
  }

  private static List<List<Token>> split(List<Token> list) {
    List<List<Token>> parts = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i <= list.size(); i++) {
      depth += i == list.size() ? 0 : depth(list.get(i));
      if (i == list.size() || (depth == 0 && list.get(i).isMark(","))) {
        parts.add(list.subList(start, i));
        start = i + 1;
      }
    }
    return parts.stream().filter(part -> !part.isEmpty()).toList();
  }

  static List<Token> withoutAlias(List<Token> list) {
    int as = find(list, Set.of("AS"), 0);
    return as < 0 ? list : list.subList(0, as);
  }

  /** Where one of the words stands outside of parentheses; {@code IS DISTINCT FROM} is none. */
  static int find(List<Token> tokens, Set<String> words, int from) {
    int depth = 0;
    for (int i = from; i < tokens.size(); i++) {
      depth += depth(tokens.get(i));
      boolean isDistinct =
          i > 1
              && tokens.get(i - 1).isWord("DISTINCT")
              && (tokens.get(i - 2).isWord("IS") || tokens.get(i - 2).isWord("NOT"));
      if (depth == 0 && !isDistinct && isOneOf(tokens.get(i), words)) {
        return i;
      }
    }
    return -1;
  }

  static int depth(Token token) {
    return token.isMark("(") ? 1 : token.isMark(")") ? -1 : 0;
  }

  /** {@code USING (team)} of two: that their first such column is the same. */
  private static Node equal(List<Source> sources, List<Token> items, int open) {
    Token column = items.get(Math.min(open + 1, items.size() - 1));
    Node left =
        new Node.Column(sources.get(0).alias(), plain(column), column.start(), column.end());
    Node right =
        new Node.Column(sources.get(1).alias(), plain(column), column.start(), column.end());
    return new Node.Binary("=", left, right, false, column.start(), column.end());
  }

  static int closing(List<Token> tokens, int open) {
    int depth = 0;
    for (int i = open; i < tokens.size(); i++) {
      depth += depth(tokens.get(i));
      if (depth == 0) {
        return i;
      }
    }
    return tokens.size() - 1;
  }

  private static boolean isOneOf(Token token, Set<String> words) {
    return token.kind() == Kind.WORD && words.contains(token.text().toUpperCase(Locale.ROOT));
  }
}
