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
  private static final Set<String> TYPE_WORDS =
      Set.of("VARYING", "PRECISION", "WITHOUT", "WITH", "TIME", "ZONE");

  /** Says that what stands here is none of the forms that are known. */
  private static final class NotUnderstood extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotUnderstood() {
      super(null, null, false, false);
    }
  }

  /**
   * How deep a condition is read; below, and there are none but such as somebody made to be
   * unreadable, it is words without their places.
   */
  private static final int DEPTH = 500;

  private final List<Token> tokens;
  private int at;
  private int depth;

  private Parser(List<Token> tokens, int depth) {
    this.tokens = tokens;
    this.depth = depth;
  }

  static Node parse(List<Token> tokens) {
    return parse(tokens, 0);
  }

  private static Node parse(List<Token> tokens, int depth) {
    try {
      Parser parser = new Parser(tokens, depth);
      Node node = parser.disjunction();
      if (parser.at == tokens.size()) {
        return node;
      }
    } catch (NotUnderstood e) {
      // below
    }
    return loose(tokens);
  }

  /** Every word that can be recognised without its place in the whole. */
  private static Node loose(List<Token> tokens) {
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
    parts.add(isAnd ? negation() : junction(true));
    while (acceptWord(isAnd ? "AND" : "OR")) {
      parts.add(isAnd ? negation() : junction(true));
    }
    return parts.size() == 1
        ? parts.get(0)
        : new Node.Junction(isAnd, parts, parts.get(0).start(), last(parts).end());
  }

  private static Node last(List<Node> nodes) {
    return nodes.get(nodes.size() - 1);
  }

  private Node negation() {
    int outside = depth;
    deeper();
    int start = start();
    Node node;
    if (acceptWord("NOT")) {
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
      throw new NotUnderstood();
    }
  }

  private Node test() {
    Node node = comparison();
    while (acceptWord("IS")) {
      deeper();
      boolean isNegated = acceptWord("NOT");
      if (acceptWord("DISTINCT")) {
        expectWord("FROM");
        Node right = comparison();
        String operator = isNegated ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM";
        node = new Node.Binary(operator, node, right, false, node.start(), right.end());
      } else {
        Token test = next();
        node = new Node.Is(node, upper(test), isNegated, node.start(), test.end());
      }
    }
    return node;
  }

  private Node comparison() {
    Node left = operand();
    while (true) {
      String operator = operator();
      if (operator.isEmpty()) {
        return left;
      }
      deeper();
      boolean isAny = operator.equals("IN") || operator.equals("NOT IN");
      if (!isAny && (isWord("ANY") || isWord("ALL") || isWord("SOME"))) {
        boolean isAll = isWord("ALL");
        at++;
        Node right = operand();
        left =
            new Node.Binary(
                isAll ? operator + " ALL" : operator, left, right, true, left.start(), right.end());
        continue;
      }
      Node right = operand();
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

  /** The name of the operator here, its schema left out; empty if there is none. */
  private String operator() {
    if (at >= tokens.size()) {
      return "";
    }
    Token token = tokens.get(at);
    if (token.kind() == Kind.OPERATOR) {
      at++;
      return token.text();
    }
    if (token.isWord("OPERATOR")) {
      at++;
      expectMark("(");
      String name = "";
      while (!acceptMark(")")) {
        name = next().text();
      }
      return name;
    }
    if (token.isWord("IN")) {
      at++;
      return "IN";
    }
    if (token.isWord("NOT") && at + 1 < tokens.size() && tokens.get(at + 1).isWord("IN")) {
      at += 2;
      return "NOT IN";
    }
    if (token.isWord("AT") && at + 2 < tokens.size() && tokens.get(at + 1).isWord("TIME")) {
      at += 3;
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
    int start = start();
    if (tokens.get(at).kind() == Kind.OPERATOR) { // a prefix operator
      String operator = next().text();
      Node of = operand();
      return new Node.Other(operator, List.of(of), start, of.end());
    }
    Node node = primary();
    while (true) {
      deeper();
      if (acceptMark("::")) {
        String type = type();
        node = new Node.Cast(node, type, start, previousEnd());
      } else if (acceptMark("[")) {
        List<Node> parts = new ArrayList<>(List.of(node));
        parts.add(disjunction());
        expectMark("]");
        node = new Node.Other("[]", parts, start, previousEnd());
      } else if (acceptWord("COLLATE")) {
        String name = next().text();
        while (acceptMark(".")) {
          name += "." + next().text();
        }
        node = new Node.Collate(node, name, start, previousEnd());
      } else if (acceptMark(".")) { // a field of a row
        next();
        node = new Node.Other(".", List.of(node), start, previousEnd());
      } else {
        return node;
      }
    }
  }

  private String type() {
    StringBuilder type = new StringBuilder(next().text());
    while (acceptMark(".")) {
      type.append('.').append(next().text());
    }
    boolean goesOn = true;
    while (goesOn && at < tokens.size()) {
      goesOn = false;
      if (tokens.get(at).kind() == Kind.WORD && TYPE_WORDS.contains(upper(tokens.get(at)))) {
        type.append(' ').append(next().text());
        goesOn = true;
      } else if (isMark("(")) {
        skipTo(")");
        goesOn = true;
      } else if (isMark("[") && at + 1 < tokens.size() && tokens.get(at + 1).isMark("]")) {
        at += 2;
        type.append("[]");
        goesOn = true;
      }
    }
    return type.toString();
  }

  private void skipTo(String mark) {
    while (!acceptMark(mark)) {
      next();
    }
  }

  private Node primary() {
    Token token = next();
    int start = token.start();
    if (token.isMark("(")) {
      if (isWord("SELECT") || isWord("WITH") || isWord("VALUES")) {
        return subSelect(false, start);
      }
      List<Node> parts = list(")");
      return parts.size() == 1
          ? spanned(parts.get(0), start)
          : new Node.Other("ROW", parts, start, previousEnd());
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
        if (isMark("(")) {
          skipTo(")");
        }
        return new Node.Special(word, start, previousEnd());
      }
      @Nullable Node known =
          switch (word) {
            case "EXISTS" -> {
              expectMark("(");
              yield subSelect(true, start);
            }
            case "CASE" -> caseOf(start);
            case "ARRAY" -> array(start);
            case "ROW", "COALESCE", "GREATEST", "LEAST", "NULLIF" -> {
              expectMark("(");
              List<Node> parts = list(")");
              yield new Node.Call("", word.toLowerCase(Locale.ROOT), parts, start, previousEnd());
            }
            case "SELECT", "FROM", "WHERE", "AND", "OR", "THEN", "WHEN", "END", "ELSE" ->
                throw new NotUnderstood();
            default -> null;
          };
      if (known != null) {
        return known;
      }
    }
    if (!token.isName()) {
      throw new NotUnderstood();
    }
    return named(token);
  }

  /** The same node, as if the parentheses were part of it. */
  private Node spanned(Node node, int start) {
    int end = previousEnd();
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
    while (isMark(".")) {
      at++;
      Token token = next();
      if (!token.isName() && !token.text().equals("*")) {
        throw new NotUnderstood();
      }
      names.add(token.text());
    }
    String name = names.get(names.size() - 1);
    String qualifier = names.size() > 1 ? names.get(names.size() - 2) : "";
    if (acceptMark("(")) {
      List<Node> arguments = list(")");
      return new Node.Call(qualifier, name, arguments, first.start(), previousEnd());
    }
    return new Node.Column(qualifier, name, first.start(), previousEnd());
  }

  /** Up to and with the closing mark. */
  private List<Node> list(String close) {
    List<Node> parts = new ArrayList<>();
    if (acceptMark(close)) {
      return parts;
    }
    do {
      acceptWord("VARIADIC");
      acceptWord("DISTINCT");
      if (at < tokens.size() && tokens.get(at).text().equals("*")) {
        at++;
        continue;
      }
      Node part = disjunction();
      if (acceptWord("FROM") || acceptWord("FOR")) { // SUBSTRING(a FROM b), EXTRACT(a FROM b)
        parts.add(part);
        part = disjunction();
        if (acceptWord("FOR")) {
          parts.add(part);
          part = disjunction();
        }
      }
      parts.add(part);
    } while (acceptMark(","));
    expectMark(close);
    return parts;
  }

  private Node array(int start) {
    if (acceptMark("[")) {
      return new Node.Other("ARRAY", list("]"), start, previousEnd());
    }
    expectMark("(");
    Node select = subSelect(false, start);
    return new Node.Other("ARRAY", List.of(select), start, previousEnd());
  }

  private Node caseOf(int start) {
    List<Node> parts = new ArrayList<>();
    String name = isWord("WHEN") ? "CASE" : "CASE x";
    while (!acceptWord("END")) {
      if (!(acceptWord("WHEN") || acceptWord("THEN") || acceptWord("ELSE"))) {
        parts.add(disjunction());
      }
    }
    return new Node.Other(name, parts, start, previousEnd());
  }

  /** The opening parenthesis has been read; everything up to its closing one is taken. */
  private Node subSelect(boolean isExists, int start) {
    int from = at;
    int open = 0;
    while (open > 0 || !isMark(")")) {
      Token token = next();
      open += token.isMark("(") ? 1 : token.isMark(")") ? -1 : 0;
    }
    List<Token> inner = tokens.subList(from, at);
    at++;
    List<Node> parts = new ArrayList<>();
    int fromWord = atDepthZero(inner, Set.of("FROM"), 0);
    int where = atDepthZero(inner, Set.of("WHERE"), 0);
    boolean isPlain = !inner.isEmpty() && inner.get(0).isWord("SELECT");
    if (isPlain) {
      int listEnd = fromWord >= 0 ? fromWord : where >= 0 ? where : inner.size();
      parts.add(parse(withoutAlias(inner.subList(1, listEnd)), depth));
    }
    if (fromWord >= 0) {
      int end = where >= 0 ? where : inner.size();
      for (Node join : conditionsOfJoins(inner.subList(fromWord + 1, end), depth)) {
        parts.add(join);
      }
    }
    if (where >= 0) {
      int end = atDepthZero(inner, END_OF_CONDITION, where + 1);
      parts.add(parse(inner.subList(where + 1, end < 0 ? inner.size() : end), depth));
      if (end >= 0) {
        parts.add(loose(inner.subList(end, inner.size())));
      }
    }
    if (!isPlain) {
      parts.add(loose(inner));
    }
    return new Node.SubSelect(
        isExists, fromWord >= 0 || !isPlain, tables(inner), parts, start, previousEnd());
  }

  private static List<Token> withoutAlias(List<Token> list) {
    int as = atDepthZero(list, Set.of("AS"), 0);
    return as < 0 ? list : list.subList(0, as);
  }

  private static List<Node> conditionsOfJoins(List<Token> from, int depth) {
    List<Node> conditions = new ArrayList<>();
    for (int i = 0; i + 1 < from.size(); i++) {
      if (from.get(i).isWord("ON") && from.get(i + 1).isMark("(")) {
        int open = 0;
        int end = i + 1;
        do {
          open += from.get(end).isMark("(") ? 1 : from.get(end).isMark(")") ? -1 : 0;
          end++;
        } while (open > 0 && end < from.size());
        conditions.add(parse(from.subList(i + 1, end), depth));
      }
    }
    return conditions;
  }

  private static int atDepthZero(List<Token> tokens, Set<String> words, int from) {
    int depth = 0;
    for (int i = from; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      depth += token.isMark("(") ? 1 : token.isMark(")") ? -1 : 0;
      if (depth == 0 && token.kind() == Kind.WORD && words.contains(upper(token))) {
        return i;
      }
    }
    return -1;
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

  private int start() {
    if (at >= tokens.size()) {
      throw new NotUnderstood();
    }
    return tokens.get(at).start();
  }

  private int previousEnd() {
    return tokens.get(at - 1).end();
  }

  private Token next() {
    if (at >= tokens.size()) {
      throw new NotUnderstood();
    }
    return tokens.get(at++);
  }

  private boolean isWord(String word) {
    return at < tokens.size() && tokens.get(at).isWord(word);
  }

  private boolean isMark(String mark) {
    if (at >= tokens.size()) {
      return false;
    }
    return tokens.get(at).isMark(mark);
  }

  private boolean acceptWord(String word) {
    boolean is = isWord(word);
    at += is ? 1 : 0;
    return is;
  }

  private boolean acceptMark(String mark) {
    boolean is = isMark(mark);
    at += is ? 1 : 0;
    return is;
  }

  private void expectWord(String word) {
    if (!acceptWord(word)) {
      throw new NotUnderstood();
    }
  }

  private void expectMark(String mark) {
    if (!acceptMark(mark)) {
      throw new NotUnderstood();
    }
  }
}
