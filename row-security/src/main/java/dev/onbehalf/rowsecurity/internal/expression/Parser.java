package dev.onbehalf.rowsecurity.internal.expression;

import dev.onbehalf.rowsecurity.internal.expression.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads an expression by recursive descent, in the order of precedence of the manual's table.
 *
 * <p>The server's text has parentheses around everything, which makes that easy; what is not
 * understood becomes {@link Node.Other}, with all that could be read within, and never an error.
 */
final class Parser {
  private static final Set<String> SPECIAL =
      Set.of(
          "CURRENT_USER",
          "CURRENT_ROLE",
          "USER",
          "SESSION_USER",
          "SYSTEM_USER",
          "CURRENT_DATE",
          "CURRENT_TIME",
          "CURRENT_TIMESTAMP",
          "LOCALTIME",
          "LOCALTIMESTAMP",
          "CURRENT_CATALOG",
          "CURRENT_SCHEMA");
  private static final Set<String> COMPARING = Set.of("=", "<", ">", "<=", ">=", "<>", "!=");
  private static final Set<String> TYPE_WORDS =
      Set.of("VARYING", "PRECISION", "WITHOUT", "WITH", "TIME", "ZONE");

  /**
   * How deep a condition is read; below, and there are none but such as somebody made to be
   * unreadable, it is words without their places.
   */
  private static final int DEPTH = 500;

  private final Cursor in;
  private int depth;

  private Parser(List<Token> tokens, int depth) {
    this.in = new Cursor(tokens);
    this.depth = depth;
  }

  static Node parse(List<Token> tokens) {
    return parse(tokens, 0);
  }

  static Node parse(List<Token> tokens, int depth) {
    try {
      Parser parser = new Parser(tokens, depth);
      Node node = parser.disjunction();
      if (parser.in.isAtEnd()) {
        return node;
      }
    } catch (Cursor.NotUnderstood e) {
      // below
    }
    return loose(tokens);
  }

  /** Every word that can be recognised without its place in the whole. */
  static Node loose(List<Token> tokens) {
    List<Node> parts = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      boolean isCall = i + 1 < tokens.size() && tokens.get(i + 1).isMark("(");
      if (token.isName() && isCall && !token.isWord("AND") && !token.isWord("OR")) {
        boolean hasSchema = i > 1 && tokens.get(i - 1).isMark(".");
        String schema = hasSchema ? tokens.get(i - 2).text() : "";
        parts.add(new Node.Call(schema, token.text(), List.of(), token.start(), token.end()));
      } else if (token.kind() == Kind.WORD && SPECIAL.contains(upper(token))) {
        parts.add(new Node.Special(upper(token), token.start(), token.end()));
      } else if (token.isName()) {
        parts.add(new Node.Column("", token.text(), token.start(), token.end()));
      }
    }
    int end = tokens.isEmpty() ? 0 : tokens.get(tokens.size() - 1).end();
    return new Node.Other("?", parts, tokens.isEmpty() ? 0 : tokens.get(0).start(), end);
  }

  private static String upper(Token token) {
    return token.text().toUpperCase(Locale.ROOT);
  }

  private Node disjunction() {
    return junction(false);
  }

  private Node junction(boolean isAnd) {
    List<Node> parts = new ArrayList<>();
    do {
      parts.add(isAnd ? side() : junction(true));
    } while (in.acceptWord(isAnd ? "AND" : "OR"));
    return parts.size() == 1
        ? parts.get(0)
        : new Node.Junction(isAnd, parts, parts.get(0).start(), last(parts).end());
  }

  private static Node last(List<Node> nodes) {
    return nodes.get(nodes.size() - 1);
  }

  /** What AND joins; of one that is not understood the words, and the others are as they are. */
  private Node side() {
    int outside = depth;
    int from = in.place();
    try {
      Node node = negation();
      if (in.isAtEndOfSide()) {
        return node;
      }
    } catch (Cursor.NotUnderstood e) {
      depth = outside;
    }
    return loose(in.side(from));
  }

  private Node negation() {
    int outside = depth;
    deeper();
    int start = in.start();
    Node node;
    if (in.acceptWord("NOT")) {
      Node of = negation();
      node = new Node.Not(of, start, of.end());
    } else {
      node = test();
    }
    depth = outside;
    return node;
  }

  private void deeper() {
    if (++depth > DEPTH) {
      throw new Cursor.NotUnderstood();
    }
  }

  private Node test() {
    Node node = comparison();
    while (in.acceptWord("IS")) {
      deeper();
      boolean isNegated = in.acceptWord("NOT");
      if (in.acceptWord("DISTINCT")) {
        in.expectWord("FROM");
        Node right = comparison();
        String operator = isNegated ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM";
        node = new Node.Binary(operator, node, right, false, node.start(), right.end());
      } else {
        Token test = in.next();
        node = new Node.Is(node, upper(test), isNegated, node.start(), test.end());
      }
    }
    return node;
  }

  private Node comparison() {
    return operation(true);
  }

  /** What compares binds less than every other operator, and is read around them. */
  private Node operation(boolean isComparing) {
    Node left = isComparing ? operation(false) : operand();
    while (true) {
      String operator = operator(isComparing);
      if (operator.isEmpty()) {
        return left;
      }
      deeper();
      boolean isAny = operator.equals("IN") || operator.equals("NOT IN");
      if (!isAny && (in.isWord("ANY") || in.isWord("ALL") || in.isWord("SOME"))) {
        boolean isAll = in.isWord("ALL");
        in.next();
        Node right = operand();
        left =
            new Node.Binary(
                isAll ? operator + " ALL" : operator, left, right, true, left.start(), right.end());
        continue;
      }
      Node right = isComparing ? operation(false) : operand();
      left =
          new Node.Binary(
              isAny ? (operator.equals("IN") ? "=" : "<> ALL") : operator,
              left,
              right,
              isAny,
              left.start(),
              right.end());
    }
  }

  /** The name of the operator here, its schema left out; empty if there is none of the kind. */
  private String operator(boolean isComparing) {
    if (in.isAt(Kind.OPERATOR)) {
      return COMPARING.contains(in.peek().text()) == isComparing ? in.next().text() : "";
    }
    return isComparing ? comparingWord() : otherWord();
  }

  private String comparingWord() {
    if (in.acceptWord("IN")) {
      return "IN";
    } else if (in.acceptWords("NOT", "IN")) {
      return "NOT IN";
    } else if (in.acceptWord("LIKE")) {
      return "~~";
    } else if (in.acceptWords("NOT", "LIKE")) {
      return "!~~";
    } else if (in.acceptWord("ILIKE")) {
      return "~~*";
    }
    return in.acceptWords("NOT", "ILIKE") ? "!~~*" : "";
  }

  private String otherWord() {
    if (in.acceptWord("OPERATOR")) {
      in.expectMark("(");
      String name = "";
      while (!in.acceptMark(")")) {
        name = in.next().text();
      }
      return name;
    }
    if (in.acceptWords("AT", "TIME")) {
      in.next(); // ZONE
      return "AT TIME ZONE";
    }
    return "";
  }

  private Node operand() {
    int outside = depth;
    deeper();
    Node node = operandHere();
    depth = outside;
    return node;
  }

  private Node operandHere() {
    int start = in.start();
    if (in.isAt(Kind.OPERATOR)) { // a prefix operator
      String operator = in.next().text();
      Node of = operand();
      return new Node.Other(operator, List.of(of), start, of.end());
    }
    Node node = primary();
    while (true) {
      deeper();
      if (in.acceptMark("::")) {
        String type = type();
        node = new Node.Cast(node, type, start, in.previousEnd());
      } else if (in.acceptMark("[")) {
        List<Node> parts = new ArrayList<>(List.of(node));
        parts.add(disjunction());
        in.expectMark("]");
        node = new Node.Other("[]", parts, start, in.previousEnd());
      } else if (in.acceptWord("COLLATE")) {
        String name = in.next().text();
        while (in.acceptMark(".")) {
          name += "." + in.next().text();
        }
        node = new Node.Collate(node, name, start, in.previousEnd());
      } else if (in.acceptMark(".")) { // a field of a row
        in.next();
        node = new Node.Other(".", List.of(node), start, in.previousEnd());
      } else {
        return node;
      }
    }
  }

  private String type() {
    StringBuilder type = new StringBuilder(in.next().text());
    while (in.acceptMark(".")) {
      type.append('.').append(in.next().text());
    }
    boolean goesOn = true;
    while (goesOn && !in.isAtEnd()) {
      goesOn = false;
      if (in.isAt(Kind.WORD) && TYPE_WORDS.contains(upper(in.peek()))) {
        type.append(' ').append(in.next().text());
        goesOn = true;
      } else if (in.isMark("(")) {
        in.skipTo(")");
        goesOn = true;
      } else if (in.acceptMarks("[", "]")) {
        type.append("[]");
        goesOn = true;
      }
    }
    return type.toString();
  }

  private Node primary() {
    Token token = in.next();
    int start = token.start();
    if (token.isMark("(")) {
      if (in.isWord("SELECT") || in.isWord("WITH") || in.isWord("VALUES")) {
        return subSelect(false, start);
      }
      List<Node> parts = list(")");
      return parts.size() == 1
          ? spanned(parts.get(0), start)
          : new Node.Other("ROW", parts, start, in.previousEnd());
    }
    if (token.kind() == Kind.STRING || token.kind() == Kind.NUMBER) {
      return new Node.Constant(token.text(), token.kind() == Kind.STRING, start, token.end());
    }
    if (token.kind() == Kind.WORD) {
      String word = upper(token);
      if (word.equals("TRUE") || word.equals("FALSE") || word.equals("NULL")) {
        return new Node.Constant(word.toLowerCase(Locale.ROOT), false, start, token.end());
      }
      if (SPECIAL.contains(word)) {
        if (in.isMark("(")) {
          in.skipTo(")");
        }
        return new Node.Special(word, start, in.previousEnd());
      }
      @Nullable Node known =
          switch (word) {
            case "EXISTS" -> {
              in.expectMark("(");
              yield subSelect(true, start);
            }
            case "CASE" -> caseOf(start);
            case "ARRAY" -> array(start);
            case "ROW", "COALESCE", "GREATEST", "LEAST", "NULLIF" -> {
              in.expectMark("(");
              List<Node> parts = list(")");
              yield new Node.Call(
                  "", word.toLowerCase(Locale.ROOT), parts, start, in.previousEnd());
            }
            case "SELECT", "FROM", "WHERE", "AND", "OR", "THEN", "WHEN", "END", "ELSE" ->
                throw new Cursor.NotUnderstood();
            default -> null;
          };
      if (known != null) {
        return known;
      }
    }
    if (!token.isName()) {
      throw new Cursor.NotUnderstood();
    }
    return named(token);
  }

  /** The same node, as if the parentheses were part of it. */
  private Node spanned(Node node, int start) {
    int end = in.previousEnd();
    if (node instanceof Node.Junction it) {
      return new Node.Junction(it.isAnd(), it.parts(), start, end);
    } else if (node instanceof Node.Binary it) {
      return new Node.Binary(it.operator(), it.left(), it.right(), it.isAny(), start, end);
    } else if (node instanceof Node.Not it) {
      return new Node.Not(it.of(), start, end);
    } else if (node instanceof Node.Is it) {
      return new Node.Is(it.of(), it.test(), it.isNegated(), start, end);
    } else if (node instanceof Node.Cast it) {
      return new Node.Cast(it.of(), it.type(), start, end);
    } else if (node instanceof Node.Collate it) {
      return new Node.Collate(it.of(), it.collation(), start, end);
    }
    return node;
  }

  /** {@code name}, {@code table.name}, {@code schema.function(...)}, {@code table.*}. */
  private Node named(Token first) {
    List<String> names = new ArrayList<>(List.of(first.text()));
    while (in.acceptMark(".")) {
      Token token = in.next();
      if (!token.isName() && !token.text().equals("*")) {
        throw new Cursor.NotUnderstood();
      }
      names.add(token.text());
    }
    if (in.isAt(Kind.STRING)) { // interval '1 day'
      Token value = in.next();
      Node constant = new Node.Constant(value.text(), true, value.start(), value.end());
      return new Node.Cast(constant, String.join(".", names), first.start(), value.end());
    }
    String name = names.get(names.size() - 1);
    String qualifier = names.size() > 1 ? names.get(names.size() - 2) : "";
    if (in.acceptMark("(")) {
      List<Node> arguments = list(")");
      return new Node.Call(qualifier, name, arguments, first.start(), in.previousEnd());
    }
    return new Node.Column(qualifier, name, first.start(), in.previousEnd());
  }

  /** Up to and with the closing mark. */
  private List<Node> list(String close) {
    List<Node> parts = new ArrayList<>();
    if (in.acceptMark(close)) {
      return parts;
    }
    do {
      in.acceptWord("VARIADIC");
      in.acceptWord("DISTINCT");
      if (!in.isAtEnd() && in.peek().text().equals("*")) {
        in.next();
        continue;
      }
      Node part = disjunction();
      if (in.acceptWord("FROM") || in.acceptWord("FOR")) { // SUBSTRING(a FROM b), EXTRACT(a FROM b)
        parts.add(part);
        part = disjunction();
        if (in.acceptWord("FOR")) {
          parts.add(part);
          part = disjunction();
        }
      }
      parts.add(part);
    } while (in.acceptMark(","));
    in.expectMark(close);
    return parts;
  }

  private Node array(int start) {
    if (in.acceptMark("[")) {
      return new Node.Other("ARRAY", list("]"), start, in.previousEnd());
    }
    in.expectMark("(");
    Node select = subSelect(false, start);
    return new Node.Other("ARRAY", List.of(select), start, in.previousEnd());
  }

  private Node caseOf(int start) {
    List<Node> parts = new ArrayList<>();
    String name = in.isWord("WHEN") ? "CASE" : "CASE x";
    while (!in.acceptWord("END")) {
      if (!(in.acceptWord("WHEN") || in.acceptWord("THEN") || in.acceptWord("ELSE"))) {
        parts.add(disjunction());
      }
    }
    return new Node.Other(name, parts, start, in.previousEnd());
  }

  /** The opening parenthesis has been read; everything up to its closing one is taken. */
  private Node subSelect(boolean isExists, int start) {
    List<Token> inner = in.within();
    return SubSelects.read(inner, isExists, depth, start, in.previousEnd());
  }
}
