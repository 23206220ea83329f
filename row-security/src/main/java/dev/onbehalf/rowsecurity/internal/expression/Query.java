package dev.onbehalf.rowsecurity.internal.expression;

import dev.onbehalf.rowsecurity.internal.expression.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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

  /** What is known of who asks. */
  public interface Asker {
    /** Whether a condition of a text lets through only what is theirs, or said to be. */
    boolean holds(String text, Node condition);

    /** Whether a value says who it is. */
    boolean isToldBy(String text, Node value);
  }

  /**
   * What stands in FROM: a table, with its schema if it is written and without quotes, or a
   * sub-select.
   *
   * @param alias by which columns of it are named
   */
  private record Source(String table, Optional<Query> within, String alias) {
    Set<String> open(Asker asker) {
      return within.map(query -> query.open(asker)).orElse(Set.of(table));
    }
  }

  /**
   * One SELECT.
   *
   * @param conditions of WHERE, HAVING and inner joins: each must be true
   * @param links those, and the conditions of outer joins
   */
  public record Select(
      List<Node> targets, List<Source> sources, List<Node> conditions, List<Node> links) {

    /** Whether it reads something, in FROM. */
    public boolean hasFrom() {
      return !sources.isEmpty();
    }

    /** Whether each column is counted or added up of many rows. */
    public boolean isTotal() {
      return !targets.isEmpty()
          && targets.stream()
              .map(Expression::bare)
              .allMatch(t -> t instanceof Node.Call call && TOTALS.contains(call.name()));
    }

    private Set<String> open(String text, Asker asker) {
      Set<String> held = new HashSet<>();
      for (Node condition : conditions) {
        if (asker.holds(text, condition)) {
          Set<String> named = aliases(condition);
          if (named.isEmpty() || named.contains("")) {
            return Set.of(); // of all, or of one that is not said
          }
          held.addAll(named);
        }
      }
      sources.stream()
          .filter(source -> source.within.filter(query -> query.isHeld(asker)).isPresent())
          .forEach(source -> held.add(source.alias));
      spread(held);
      Set<String> open = new LinkedHashSet<>();
      sources.stream()
          .filter(source -> !held.contains(source.alias))
          .forEach(source -> open.addAll(source.open(asker)));
      return open;
    }

    /** What is joined to rows that are held is held with them. */
    private void spread(Set<String> held) {
      boolean isMore = !held.isEmpty();
      while (isMore) {
        isMore = false;
        for (Node link : links) {
          Set<String> named = aliases(link);
          isMore |= !Collections.disjoint(named, held) && held.addAll(named);
        }
      }
      if (held.contains("")) {
        sources.forEach(source -> held.add(source.alias));
      }
    }

    /** The tables that columns are of; empty for one that is not said. */
    private static Set<String> aliases(Node condition) {
      return condition
          .all()
          .filter(Node.Column.class::isInstance)
          .map(node -> ((Node.Column) node).table())
          .collect(Collectors.toSet());
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
      Set<String> read = select.open(text, asker);
      open.addAll(read);
      if (!read.isEmpty() || select.sources.isEmpty()) {
        select.targets.stream()
            .flatMap(Query::subSelects)
            .forEach(node -> open.addAll(of(text, node).open(asker)));
      }
    }
    return open;
  }

  /** All that could be read of what it reads, in conditions and in what it shows, too. */
  public Set<String> named() {
    Set<String> named = new LinkedHashSet<>();
    for (Select select : selects) {
      select.sources.forEach(
          source -> named.addAll(source.within.map(Query::named).orElse(Set.of(source.table))));
      Stream.concat(select.targets.stream(), select.links.stream())
          .flatMap(Query::subSelects)
          .forEach(node -> named.addAll(of(text, node).named()));
    }
    return named;
  }

  /** Those that are in no other: each is read once. */
  private static Stream<Node.SubSelect> subSelects(Node node) {
    return node instanceof Node.SubSelect select
        ? Stream.of(select)
        : node.parts().stream().flatMap(Query::subSelects);
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
        .flatMap(select -> select.sources.stream())
        .anyMatch(source -> source.within.map(Query::reads).orElse(true));
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
    List<Source> sources = new ArrayList<>();
    List<Node> conditions = new ArrayList<>();
    List<Node> links = new ArrayList<>();
    int from = tokens.get(0).isWord("TABLE") ? 0 : find(tokens, Set.of("FROM"), 0);
    if (from >= 0) {
      int last = find(tokens, END_OF_FROM, from + 1);
      List<Token> items = tokens.subList(from + 1, last < 0 ? tokens.size() : last);
      readFrom(text, items, sources, conditions, links);
    }
    for (String word : List.of("WHERE", "HAVING")) {
      int at = find(tokens, Set.of(word), 0);
      if (at >= 0) {
        int last = find(tokens, END_OF_FROM, at + 1);
        List<Token> condition = tokens.subList(at + 1, last < 0 ? tokens.size() : last);
        addAll(Parser.parse(condition), conditions);
      }
    }
    links.addAll(conditions);
    return new Select(targets, sources, conditions, links);
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
      List<Node> links) {
    Deque<Boolean> joins = new ArrayDeque<>();
    boolean isName = true;
    for (int i = 0; i < items.size(); i++) {
      Token token = items.get(i);
      if (token.isMark("(")) {
        int close = closing(items, i);
        if (i + 1 < items.size() && items.get(i + 1).isWord("SELECT")) {
          Query within = of(text, items.subList(i, close + 1));
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
        joins.poll();
        isName = false;
      } else if (token.isWord("ON")) {
        boolean isOuter = !joins.isEmpty() && joins.pop();
        int end = endOfCondition(items, i + 1);
        addAll(Parser.parse(items.subList(i + 1, end)), isOuter ? links : conditions);
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
