package dev.onbehalf.rowsecurity.explain;

import dev.onbehalf.rowsecurity.internal.catalog.Names;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A condition as PostgreSQL writes it (pg_get_expr, not pretty: each operand of AND and OR is in
 * parentheses), taken apart at its ANDs and ORs, also where they stand under a NOT.
 *
 * @param text without the parentheses around it
 * @param joinedBy AND or OR between the parts, or NOT before the only one; empty if there are none
 */
record Expression(String text, String joinedBy, List<Expression> parts) {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s+|[Ee]?'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[\\p{L}_][\\p{L}\\p{N}_$]*"
              + "|[0-9][0-9.eE]*|::|.",
          Pattern.DOTALL);
  private static final Set<String> USERS = Set.of("CURRENT_USER", "SESSION_USER", "CURRENT_ROLE");

  private record Token(String text, int start, int end) {
    boolean is(String other) {
      return text.equals(other);
    }

    boolean isName() {
      char first = text.charAt(0);
      return first == '"' || first == '_' || (Character.isLetter(first) && !text.endsWith("'"));
    }

    String name() {
      return text.charAt(0) == '"'
          ? text.substring(1, text.length() - 1).replace("\"\"", "\"")
          : text;
    }
  }

  static Expression parse(String text) {
    String bare = withoutParentheses(text.strip());
    List<Token> tokens = tokens(bare);
    Set<String> joins = new TreeSet<>();
    List<Integer> cuts = new ArrayList<>(List.of(0));
    int depth = 0;
    for (Token token : tokens) {
      depth += change(token);
      if (depth == 0 && (token.is("AND") || token.is("OR"))) {
        joins.add(token.text());
        cuts.add(token.start());
        cuts.add(token.end());
      }
    }
    cuts.add(bare.length());
    if (joins.isEmpty() && !tokens.isEmpty() && tokens.get(0).is("NOT")) {
      Expression negated = parse(bare.substring(tokens.get(0).end()));
      boolean isJoined = !negated.parts().isEmpty();
      return new Expression(bare, isJoined ? "NOT" : "", isJoined ? List.of(negated) : List.of());
    }
    if (joins.size() != 1) {
      return new Expression(bare, "", List.of());
    }
    List<Expression> parts = new ArrayList<>();
    for (int i = 0; i < cuts.size(); i += 2) {
      parts.add(parse(bare.substring(cuts.get(i), cuts.get(i + 1))));
    }
    return new Expression(bare, joins.iterator().next(), parts);
  }

  private static int change(Token token) {
    return switch (token.text()) {
      case "(", "[", "CASE" -> 1;
      case ")", "]", "END" -> -1;
      default -> 0;
    };
  }

  private static String withoutParentheses(String text) {
    if (!text.startsWith("(")) {
      return text;
    }
    List<Token> tokens = tokens(text);
    int depth = 0;
    for (int i = 0; i < tokens.size(); i++) {
      depth += change(tokens.get(i));
      if (depth == 0) {
        return i == tokens.size() - 1
            ? withoutParentheses(text.substring(1, text.length() - 1).strip())
            : text;
      }
    }
    return text;
  }

  private static List<Token> tokens(String text) {
    List<Token> tokens = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(text);
    while (matcher.find()) {
      if (!matcher.group().isBlank()) {
        tokens.add(new Token(matcher.group(), matcher.start(), matcher.end()));
      }
    }
    return tokens;
  }

  /**
   * What the value depends on, by the name to show: columns of the row, who the user is, settings,
   * and functions that are called without arguments. Nothing that is read from tables.
   */
  Map<String, String> operands(TableName table, Set<String> columns) {
    Map<String, String> operands = new LinkedHashMap<>();
    List<Token> tokens = tokens(text);
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (!token.isName()) {
        continue;
      }
      String before = i == 0 ? "" : tokens.get(i - 1).text();
      String after = i + 1 == tokens.size() ? "" : tokens.get(i + 1).text();
      if (USERS.contains(token.text())) {
        operands.put(token.text().toLowerCase(Locale.ROOT), token.text());
      } else if (after.equals("(") && !before.equals("::")) {
        int end = callWithoutColumns(tokens, i + 1, token.is("current_setting"));
        if (end >= 0) {
          String call = text.substring(tokens.get(qualified(tokens, i)).start(), end);
          operands.put(call.replace("::text", ""), call);
        }
      } else if (isColumn(tokens, i, before, after, table, columns)) {
        operands.put(token.name(), Names.quoted(table.name()) + "." + Names.quoted(token.name()));
      }
    }
    return operands;
  }

  private static boolean isColumn(
      List<Token> tokens,
      int i,
      String before,
      String after,
      TableName table,
      Set<String> columns) {
    if (!columns.contains(tokens.get(i).name()) || after.equals(".")) {
      return false;
    }
    if (before.equals(".")) {
      return i >= 2
          && tokens.get(i - 2).name().equals(table.name())
          && (i < 3 || !tokens.get(i - 3).is("."));
    }
    return !before.equals("::") && !before.equals("AS") && !after.equals("(");
  }

  /** Where a call ends that has no arguments, or only constants where those are settings' names. */
  private static int callWithoutColumns(List<Token> tokens, int open, boolean constants) {
    for (int i = open + 1; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (token.is(")")) {
        return token.end();
      }
      boolean constant =
          token.text().endsWith("'")
              || Set.of("::", ",", "text", "true", "false").contains(token.text());
      if (!constants || !constant) {
        return -1;
      }
    }
    return -1;
  }

  private static int qualified(List<Token> tokens, int i) {
    int first = i;
    while (first >= 2 && tokens.get(first - 1).is(".") && tokens.get(first - 2).isName()) {
      first -= 2;
    }
    return first;
  }

  /** As people write it: in one line, current_user in small letters and without casts. */
  static String shown(String text) {
    return text.replaceAll("\\s*\n\\s*", " ")
        .replaceAll("\\((CURRENT_USER|SESSION_USER)\\)::(text|name)", "$1")
        .replaceAll("(CURRENT_USER|SESSION_USER)::(text|name)", "$1")
        .replace("CURRENT_USER", "current_user")
        .replace("SESSION_USER", "session_user");
  }

  /** The text with another user in the place of session_user. */
  static String withSessionUser(String text, String user) {
    StringBuilder replaced = new StringBuilder(text);
    List<Token> tokens = tokens(text);
    for (int i = tokens.size() - 1; i >= 0; i--) {
      Token token = tokens.get(i);
      if (token.is("SESSION_USER")) {
        replaced.replace(
            token.start(), token.end(), Sql.literal(user).strip() + "::pg_catalog.name");
      }
    }
    return replaced.toString();
  }
}
