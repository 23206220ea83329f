package dev.onbehalf.pool.internal.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * What a statement leaves behind after its transaction: {@code LISTEN} goes on listening, and
 * {@code DECLARE} may hold its cursor open. Told by the first word, so that it costs a look at one
 * letter; behind another statement, or from within a function, neither is seen.
 */
final class LastingSql {
  private LastingSql() {}

  /** The bit of what has to be undone; 0 if nothing. */
  static int leftBy(@Nullable String sql) {
    if (sql == null) {
      return 0;
    }
    int start = firstWord(sql);
    char first = start < sql.length() ? sql.charAt(start) : ' ';
    return switch (first) {
      case 'l', 'L' -> isWord("listen", sql, start) ? SessionDefaults.LISTENING : 0;
      case 'd', 'D' -> isWord("declare", sql, start) ? SessionDefaults.CURSORS : 0;
      default -> 0;
    };
  }

  private static boolean isWord(String word, String sql, int start) {
    int end = start + word.length();
    return sql.regionMatches(true, start, word, 0, word.length())
        && (end == sql.length() || !Character.isJavaIdentifierPart(sql.charAt(end)));
  }

  private static int firstWord(String sql) {
    int at = 0;
    while (at < sql.length()) {
      if (sql.charAt(at) <= ' ' || sql.charAt(at) == ';') {
        at++;
      } else if (sql.startsWith("--", at)) {
        at = after(sql.indexOf('\n', at), 1, sql);
      } else if (sql.startsWith("/*", at)) {
        at = afterComment(sql, at);
      } else {
        return at;
      }
    }
    return at;
  }

  /** PostgreSQL's nest (manual, section 4.1.5). */
  private static int afterComment(String sql, int start) {
    int depth = 0;
    int at = start;
    while (at < sql.length()) {
      if (sql.startsWith("/*", at)) {
        depth++;
        at += 2;
      } else if (sql.startsWith("*/", at)) {
        depth--;
        at += 2;
        if (depth == 0) {
          return at;
        }
      } else {
        at++;
      }
    }
    return at;
  }

  private static int after(int end, int length, String sql) {
    return end < 0 ? sql.length() : end + length;
  }
}
