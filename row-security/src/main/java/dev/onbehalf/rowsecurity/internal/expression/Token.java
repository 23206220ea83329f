package dev.onbehalf.rowsecurity.internal.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A piece of SQL, as {@code pg_get_expr} writes it: no comments, no dollar quotes.
 *
 * @param text a name without its quotes, a string without its own
 * @param start where it begins in the whole
 * @param end just behind it
 */
record Token(Kind kind, String text, int start, int end) {
  enum Kind {
    /** A word without quotes: a name, or a keyword. */
    WORD,
    /** A name in quotes. */
    QUOTED,
    STRING,
    NUMBER,
    OPERATOR,
    /** One of ( ) [ ] , . : ; or the cast's two colons. */
    MARK
  }

  private static final String OPERATOR_CHARACTERS = "+-*/<>=~!@#%^&|`?";

  boolean isMark(String mark) {
    return kind == Kind.MARK && text.equals(mark);
  }

  /** Whether it is this keyword, given in upper case. */
  boolean isWord(String keyword) {
    return kind == Kind.WORD && text.toUpperCase(Locale.ROOT).equals(keyword);
  }

  boolean isName() {
    return kind == Kind.WORD || kind == Kind.QUOTED;
  }

  static List<Token> of(String sql) {
    List<Token> tokens = new ArrayList<>();
    int at = 0;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
        continue;
      }
      Token token = next(sql, at, c);
      tokens.add(token);
      at = token.end;
    }
    return tokens;
  }

  private static Token next(String sql, int at, char c) {
    if (c == '\'') {
      return string(sql, at, at + 1, false);
    }
    if ((c == 'E' || c == 'e') && at + 1 < sql.length() && sql.charAt(at + 1) == '\'') {
      return string(sql, at, at + 2, true);
    }
    if (c == '"') {
      return quoted(sql, at);
    }
    if (Character.isLetter(c) || c == '_') {
      int end = at;
      while (end < sql.length()
          && (Character.isLetterOrDigit(sql.charAt(end)) || "_$".indexOf(sql.charAt(end)) >= 0)) {
        end++;
      }
      return new Token(Kind.WORD, sql.substring(at, end), at, end);
    }
    if (Character.isDigit(c)) {
      int end = at;
      while (end < sql.length()
          && (Character.isLetterOrDigit(sql.charAt(end)) || sql.charAt(end) == '.')) {
        end++;
      }
      return new Token(Kind.NUMBER, sql.substring(at, end), at, end);
    }
    if (sql.startsWith("::", at)) {
      return new Token(Kind.MARK, "::", at, at + 2);
    }
    if (OPERATOR_CHARACTERS.indexOf(c) >= 0) {
      int end = at;
      while (end < sql.length() && OPERATOR_CHARACTERS.indexOf(sql.charAt(end)) >= 0) {
        end++;
      }
      return new Token(Kind.OPERATOR, sql.substring(at, end), at, end);
    }
    return new Token(Kind.MARK, String.valueOf(c), at, at + 1);
  }

  private static Token string(String sql, int start, int from, boolean escapes) {
    StringBuilder value = new StringBuilder();
    int at = from;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (escapes && c == '\\' && at + 1 < sql.length()) {
        value.append(sql.charAt(at + 1));
        at += 2;
      } else if (c == '\'' && at + 1 < sql.length() && sql.charAt(at + 1) == '\'') {
        value.append(c);
        at += 2;
      } else if (c == '\'') {
        return new Token(Kind.STRING, value.toString(), start, at + 1);
      } else {
        value.append(c);
        at++;
      }
    }
    return new Token(Kind.STRING, value.toString(), start, at);
  }

  private static Token quoted(String sql, int start) {
    StringBuilder value = new StringBuilder();
    int at = start + 1;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (c == '"' && at + 1 < sql.length() && sql.charAt(at + 1) == '"') {
        value.append(c);
        at += 2;
      } else if (c == '"') {
        return new Token(Kind.QUOTED, value.toString(), start, at + 1);
      } else {
        value.append(c);
        at++;
      }
    }
    return new Token(Kind.QUOTED, value.toString(), start, at);
  }
}
