package dev.onbehalf.rowsecurity.internal.expression;

import dev.onbehalf.rowsecurity.internal.expression.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A query, as {@code pg_get_viewdef} writes it or as somebody wrote it into a function: what it
 * reads, and by which conditions.
 *
 * @param text with what WITH names in the place of its name
 * @param selects those that UNION and its like join
 */
public record Query(String text, List<Select> selects) {
  /** Beyond this, nobody wrote it to be read. */
  private static final int LONGEST = 200_000;

  private static final Set<String> END_OF_TARGETS =
      Set.of("FROM", "INTO", "WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "OFFSET");
  private static final Set<String> END_OF_FROM =
      Set.of("WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR");
  private static final Set<String> SETS = Set.of("UNION", "INTERSECT", "EXCEPT");

  /** What is known of who asks. */
  public interface Asker {
    /** Whether a condition of a text lets through only what is theirs, or said to be. */
    boolean holds(String text, Node condition);

    /** Whether a value says who it is. */
    boolean isToldBy(String text, Node value);
  }

  /**
   * One SELECT.
   *
   * @param tables names in FROM, with their schema if it is written, without quotes
   * @param within the sub-selects in FROM
   * @param conditions of WHERE, HAVING and inner joins: each must be true
   * @param text all of it
   */
  public record Select(
      List<Node> targets,
      List<String> tables,
      List<Query> within,
      List<Node> conditions,
      String text) {

    /** Whether each column is counted or added up of many rows. */
    public boolean isTotal() {
      return !targets.isEmpty()
          && targets.stream()
              .map(Expression::bare)
              .allMatch(t -> t instanceof Node.Call call && TOTALS.contains(call.name()));
    }

    private boolean isJoined() {
      return conditions.stream()
          .flatMap(Node::all)
          .anyMatch(
              node ->
                  node instanceof Node.Binary binary
                      && binary.operator().equals("=")
                      && Expression.bare(binary.left()) instanceof Node.Column left
                      && Expression.bare(binary.right()) instanceof Node.Column right
                      && !left.table().equals(right.table()));
    }
  }

  private static final Set<String> TOTALS =
      Set.of("count", "sum", "avg", "bool_and", "bool_or", "every", "stddev", "variance");

  /** Reads; what is not understood is {@link Node.Other}, never an error. */
  public static Query of(String text) {
    String whole = withoutNames(text.strip().replaceFirst(";$", ""));
    return of(whole, Token.of(whole));
  }

  /** A sub-select of a text, with or without EXISTS before it. */
  public static Query of(String text, Node.SubSelect select) {
    String part = text.substring(select.start(), select.end());
    return of(part.substring(Math.max(0, part.indexOf('('))));
  }

  /**
   * What is read without a condition that holds it.
   *
   * @param asker to whom it is held
   */
  public Set<String> open(Asker asker) {
    Set<String> open = new LinkedHashSet<>();
    for (Select select : selects) {
      if (select.conditions.stream().anyMatch(condition -> asker.holds(text, condition))) {
        continue;
      }
      boolean isHeldWithin =
          select.isJoined() && select.within.stream().anyMatch(query -> query.isHeld(asker));
      if (!isHeldWithin) {
        open.addAll(select.tables);
        select.within.forEach(query -> open.addAll(query.open(asker)));
        select.targets.stream()
            .flatMap(Node::all)
            .filter(Node.SubSelect.class::isInstance)
            .forEach(node -> open.addAll(of(text, (Node.SubSelect) node).open(asker)));
      }
    }
    return open;
  }

  private boolean isHeld(Asker asker) {
    return reads()
        ? open(asker).isEmpty()
        : selects.stream()
            .flatMap(select -> select.targets.stream())
            .anyMatch(target -> asker.isToldBy(text, target));
  }

  /** Whether it reads anything but what is written in it. */
  public boolean reads() {
    return selects.stream()
        .anyMatch(s -> !s.tables.isEmpty() || s.within.stream().anyMatch(Query::reads));
  }

  /** Whether all that it shows is counted or added up of many rows. */
  public boolean isTotal() {
    return !selects.isEmpty() && selects.stream().allMatch(Select::isTotal);
  }

  private static Query of(String text, List<Token> all) {
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
        if (!part.isEmpty() && part.get(0).isMark("(")) {
          selects.addAll(of(text, part).selects);
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
    return token.isWord("SELECT") || token.isMark("(") || token.isWord("VALUES");
  }

  private static Select select(String text, List<Token> tokens) {
    int end = find(tokens, END_OF_TARGETS, 0);
    List<Token> list = tokens.subList(Math.min(1, tokens.size()), end < 0 ? tokens.size() : end);
    List<Node> targets = new ArrayList<>();
    split(list).forEach(target -> targets.add(Parser.parse(withoutAlias(target))));
    List<String> tables = new ArrayList<>();
    List<Query> within = new ArrayList<>();
    List<Node> conditions = new ArrayList<>();
    int from = tokens.get(0).isWord("TABLE") ? 0 : find(tokens, Set.of("FROM"), 0);
    if (from >= 0) {
      int last = find(tokens, END_OF_FROM, from + 1);
      List<Token> items = tokens.subList(from + 1, last < 0 ? tokens.size() : last);
      readFrom(text, items, tables, within, conditions);
    }
    for (String word : List.of("WHERE", "HAVING")) {
      int at = find(tokens, Set.of(word), 0);
      if (at >= 0) {
        int last = find(tokens, END_OF_FROM, at + 1);
        List<Token> condition = tokens.subList(at + 1, last < 0 ? tokens.size() : last);
        conditions.add(Parser.parse(condition));
      }
    }
    int start = tokens.get(0).start();
    String whole = text.substring(start, tokens.get(tokens.size() - 1).end());
    return new Select(targets, tables, within, conditions, whole);
  }

  /** Names, sub-selects and the conditions of joins; an outer join's holds nothing. */
  private static void readFrom(
      String text,
      List<Token> items,
      List<String> tables,
      List<Query> within,
      List<Node> conditions) {
    Deque<Boolean> joins = new ArrayDeque<>();
    boolean isName = true;
    for (int i = 0; i < items.size(); i++) {
      Token token = items.get(i);
      if (token.isMark("(")) {
        int close = closing(items, i);
        if (i + 1 < items.size() && items.get(i + 1).isWord("SELECT")) {
          within.add(of(text, items.subList(i, close + 1)));
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
        joins.poll();
        isName = false;
      } else if (token.isWord("ON")) {
        boolean isOuter = !joins.isEmpty() && joins.pop();
        int end = endOfCondition(items, i + 1);
        if (!isOuter) {
          conditions.add(Parser.parse(items.subList(i + 1, end)));
        }
        i = end - 1;
        isName = false;
      } else if (isName && token.isName() && !token.isWord("ONLY") && !token.isWord("LATERAL")) {
        boolean hasSchema =
            i + 2 < items.size() && items.get(i + 1).isMark(".") && items.get(i + 2).isName();
        int last = hasSchema ? i + 2 : i;
        boolean isFunction = last + 1 < items.size() && items.get(last + 1).isMark("(");
        if (!isFunction) {
          tables.add(hasSchema ? plain(token) + "." + plain(items.get(last)) : plain(token));
        }
        i = last;
        isName = false;
      }
    }
  }

  private static int endOfCondition(List<Token> items, int from) {
    int depth = 0;
    for (int i = from; i < items.size(); i++) {
      depth += depth(items.get(i));
      boolean isNext =
          items.get(i).isMark(",")
              || isOneOf(
                  items.get(i),
                  Set.of("JOIN", "LEFT", "RIGHT", "INNER", "FULL", "CROSS", "NATURAL", "ON"));
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

  private static List<Token> withoutAlias(List<Token> list) {
    int as = find(list, Set.of("AS"), 0);
    return as < 0 ? list : list.subList(0, as);
  }

  /** Where one of the words stands outside of parentheses; {@code IS DISTINCT FROM} is none. */
  private static int find(List<Token> tokens, Set<String> words, int from) {
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

  private static int depth(Token token) {
    return token.isMark("(") ? 1 : token.isMark(")") ? -1 : 0;
  }

  private static int closing(List<Token> tokens, int open) {
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

  /** Puts what WITH names in the place of each name behind it. */
  private static String withoutNames(String text) {
    String rest = text;
    List<Token> tokens = Token.of(rest);
    while (!tokens.isEmpty() && tokens.get(0).isWord("WITH") && rest.length() < LONGEST) {
      int at = tokens.size() > 1 && tokens.get(1).isWord("RECURSIVE") ? 2 : 1;
      int as = find(tokens, Set.of("AS"), at);
      int open = as < 0 ? -1 : as + 1;
      while (open > 0 && open < tokens.size() && !tokens.get(open).isMark("(")) {
        open++; // MATERIALIZED
      }
      if (open < 0 || open >= tokens.size()) {
        return rest;
      }
      int close = closing(tokens, open);
      Token name = tokens.get(at);
      String body = rest.substring(tokens.get(open).start(), tokens.get(close).end());
      boolean hasMore = close + 1 < tokens.size() && tokens.get(close + 1).isMark(",");
      List<Token> behind =
          tokens.subList(Math.min(close + (hasMore ? 2 : 1), tokens.size()), tokens.size());
      rest = (hasMore ? "WITH " : "") + replaced(rest, behind, name, body);
      tokens = Token.of(rest);
    }
    return rest;
  }

  private static String replaced(String text, List<Token> tokens, Token name, String body) {
    StringBuilder replaced = new StringBuilder();
    int from = tokens.isEmpty() ? text.length() : tokens.get(0).start();
    for (int i = 1; i < tokens.size() && replaced.length() < LONGEST; i++) {
      Token token = tokens.get(i);
      Token before = tokens.get(i - 1);
      boolean isRead =
          token.isName()
              && token.text().equalsIgnoreCase(name.text())
              && !(i + 1 < tokens.size() && tokens.get(i + 1).isMark("."))
              && (Stream.of("FROM", "JOIN", "LATERAL").anyMatch(before::isWord)
                  || before.isMark(",")
                  || before.isMark("("));
      if (isRead && isInFrom(tokens, i)) {
        replaced.append(text, from, token.start()).append(body).append(' ');
        // an alias of its own stands behind; without one, columns are named by the name
        from = token.start();
      }
    }
    return replaced.append(text, from, text.length()).toString();
  }

  /** Whether the nearest clause before it, at its own depth, is FROM. */
  private static boolean isInFrom(List<Token> tokens, int at) {
    int depth = 0;
    for (int i = at - 1; i >= 0; i--) {
      depth -= depth(tokens.get(i));
      if (depth <= 0 && tokens.get(i).kind() == Kind.WORD) {
        String word = tokens.get(i).text().toUpperCase(Locale.ROOT);
        if (word.equals("FROM") || word.equals("JOIN")) {
          return true;
        }
        if (word.equals("SELECT") || word.equals("WHERE") || word.equals("BY")) {
          return false;
        }
      }
    }
    return false;
  }
}
