package dev.onbehalf.rowsecurity.internal.expression;

import java.util.List;
import java.util.Set;

/** Where one is in what is read; what is wanted and not there is {@link NotUnderstood}. */
final class Cursor {
  /** Says that what stands here is none of the forms that are known. */
  static final class NotUnderstood extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotUnderstood() {
      super(null, null, false, false);
    }
  }

  private static final Set<String> END_OF_SIDE =
      Set.of("AND", "OR", "WHEN", "THEN", "ELSE", "FROM", "FOR");

  private final List<Token> tokens;
  private int at;

  Cursor(List<Token> tokens) {
    this.tokens = tokens;
  }

  boolean isAtEnd() {
    return at >= tokens.size();
  }

  boolean isAt(Token.Kind kind) {
    return !isAtEnd() && tokens.get(at).kind() == kind;
  }

  /** The one that is next. */
  Token peek() {
    if (isAtEnd()) {
      throw new NotUnderstood();
    }
    return tokens.get(at);
  }

  Token next() {
    Token token = peek();
    at++;
    return token;
  }

  int start() {
    return peek().start();
  }

  int previousEnd() {
    return tokens.get(at - 1).end();
  }

  boolean isWord(String word) {
    return !isAtEnd() && tokens.get(at).isWord(word);
  }

  boolean isMark(String mark) {
    return !isAtEnd() && tokens.get(at).isMark(mark);
  }

  boolean acceptWord(String word) {
    boolean is = isWord(word);
    at += is ? 1 : 0;
    return is;
  }

  /** Both, or none. */
  boolean acceptWords(String first, String second) {
    boolean are = isWord(first) && at + 1 < tokens.size() && tokens.get(at + 1).isWord(second);
    at += are ? 2 : 0;
    return are;
  }

  boolean acceptMark(String mark) {
    boolean is = isMark(mark);
    at += is ? 1 : 0;
    return is;
  }

  /** Both, or none. */
  boolean acceptMarks(String first, String second) {
    boolean are = isMark(first) && at + 1 < tokens.size() && tokens.get(at + 1).isMark(second);
    at += are ? 2 : 0;
    return are;
  }

  void expectWord(String word) {
    if (!acceptWord(word)) {
      throw new NotUnderstood();
    }
  }

  void expectMark(String mark) {
    if (!acceptMark(mark)) {
      throw new NotUnderstood();
    }
  }

  void skipTo(String mark) {
    while (!acceptMark(mark)) {
      next();
    }
  }

  /** To come back to. */
  int place() {
    return at;
  }

  /** Whether nothing more belongs to one side of AND or OR. */
  boolean isAtEndOfSide() {
    return isAtEnd()
        || isMark(",")
        || change(peek()) < 0
        || END_OF_SIDE.stream().anyMatch(this::isWord);
  }

  /** All of one side of AND or OR, from a place on. */
  List<Token> side(int from) {
    at = from;
    int open = 0;
    while (!isAtEnd() && (open > 0 || !isAtEndOfSide())) {
      open += change(next());
    }
    if (at == from) {
      throw new NotUnderstood();
    }
    return tokens.subList(from, at);
  }

  private static int change(Token token) {
    boolean isOpening = token.isMark("[") || token.isWord("CASE");
    boolean isClosing = token.isMark("]") || token.isWord("END");
    return isOpening ? 1 : isClosing ? -1 : QueryParser.depth(token);
  }

  /** What stands up to the parenthesis that closes one which has been read; it is read, too. */
  List<Token> within() {
    int from = at;
    int open = 0;
    while (open > 0 || !isMark(")")) {
      open += QueryParser.depth(next());
    }
    return tokens.subList(from, at++);
  }
}
