package dev.onbehalf.rowsecurity.internal.expression;

import dev.onbehalf.rowsecurity.internal.expression.Token.Kind;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** What WITH names, put where the name is read. */
final class WithNames {
  /** Beyond this, nobody wrote it to be read. */
  private static final int LONGEST = 200_000;

  private WithNames() {}

  /** Puts what WITH names in the place of each name behind it. */
  static String without(String text) {
    String rest = text;
    List<Token> tokens = Token.of(rest);
    while (!tokens.isEmpty() && tokens.get(0).isWord("WITH") && rest.length() < LONGEST) {
      boolean isRecursive = tokens.size() > 1 && tokens.get(1).isWord("RECURSIVE");
      int at = isRecursive ? 2 : 1;
      int as = QueryParser.find(tokens, Set.of("AS"), at);
      int open = as < 0 ? -1 : as + 1;
      while (open > 0 && open < tokens.size() && !tokens.get(open).isMark("(")) {
        open++; // MATERIALIZED
      }
      if (open < 0 || open >= tokens.size()) {
        return rest;
      }
      int close = QueryParser.closing(tokens, open);
      Token name = tokens.get(at);
      String body = rest.substring(tokens.get(open).start(), tokens.get(close).end());
      body = isRecursive ? onceMore(body, name) : body;
      boolean hasMore = close + 1 < tokens.size() && tokens.get(close + 1).isMark(",");
      List<Token> behind =
          tokens.subList(Math.min(close + (hasMore ? 2 : 1), tokens.size()), tokens.size());
      rest =
          (hasMore ? "WITH " + (isRecursive ? "RECURSIVE " : "") : "")
              + replaced(rest, behind, name, body);
      tokens = Token.of(rest);
    }
    return rest;
  }

  /** Its first term for its own name in the second: what that is held by, so are all after it. */
  private static String onceMore(String body, Token name) {
    List<Token> tokens = Token.of(body);
    tokens = tokens.subList(1, tokens.size());
    int union = QueryParser.find(tokens, Set.of("UNION"), 0);
    if (union < 0) {
      return body;
    }
    int end = tokens.get(union).start();
    String first = "(" + body.substring(tokens.get(0).start(), end) + ")";
    return body.substring(0, end)
        + replaced(body, tokens.subList(union, tokens.size()), name, first);
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
      depth -= QueryParser.depth(tokens.get(i));
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
