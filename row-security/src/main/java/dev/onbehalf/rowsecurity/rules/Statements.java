package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.expression.Query;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The statements of a function that runs as its owner, and which of them ask who calls: by {@code
 * session_user}, a variable that has it, or a function that knows. Said is not asked: what is
 * logged, selected or ordered by is no condition.
 */
final class Statements {
  private static final Set<String> BEGIN_CONDITION =
      Set.of("where", "on", "having", "if", "elsif", "elseif", "when", "while", "assert");
  private static final Set<String> END_CONDITION =
      Set.of(
          "then",
          "group",
          "order",
          "limit",
          "returning",
          "select",
          "set",
          "values",
          "loop",
          "raise",
          "perform",
          "return",
          "into",
          "do");
  private static final Pattern PIECE = Pattern.compile("\"[^\"]*+\"|'[^']*+'|[\\w$]++|:=|[^\\s]");
  private static final Pattern SELECT =
      Pattern.compile("\\b(?:select|with|perform)\\b", Pattern.CASE_INSENSITIVE);
  private static final Pattern WRITING =
      Pattern.compile(
          "\\b(?:insert\\s+into|update|delete\\s+from|merge\\s+into|execute)\\b",
          Pattern.CASE_INSENSITIVE);

  private final Catalog catalog;
  private final List<String> all = new ArrayList<>();
  private final Set<String> variables = new HashSet<>();

  Statements(Catalog catalog, Function function) {
    this.catalog = catalog;
    String code = FunctionText.code(function).strip();
    if (function.isParsed()) {
      code =
          code.replaceFirst("(?si)^begin\\s+atomic\\b(.*)\\bend;?$", "$1")
              .replaceFirst("(?i)^return\\b", "SELECT");
    }
    split(code);
    all.forEach(this::remember);
  }

  List<String> all() {
    return all;
  }

  /** Whether an IF or an ASSERT asks, so that nobody gets further who should not. */
  boolean isGuarded() {
    for (int i = 0; i < all.size(); i++) {
      String statement = all.get(i).toLowerCase(Locale.ROOT);
      boolean isTest = statement.matches("(?s)(?:if|elsif|elseif|assert)\\b.*");
      String next = i + 1 < all.size() ? all.get(i + 1).toLowerCase(Locale.ROOT) : "";
      if (isTest && asks(statement) && !SAID.matcher(next).lookingAt()) {
        return true;
      }
    }
    return false;
  }

  /** What a test is followed by that stops nobody. */
  private static final Pattern SAID =
      Pattern.compile("null\\b|insert\\b|raise\\s+(?:debug|log|info|notice|warning)\\b");

  /** The query that a statement is, if it is one and nothing else. */
  Optional<Query> query(String statement) {
    Matcher select = SELECT.matcher(statement);
    boolean isQuery =
        !WRITING.matcher(statement).find()
            && select.find()
            && !statement.substring(0, select.start()).contains("(");
    return isQuery
        ? Optional.of(
            Query.of(statement.substring(select.start()).replaceFirst("(?i)^perform\\b", "SELECT")))
        : Optional.empty();
  }

  /** What a query reads whoever calls. */
  Set<String> open(Query query) {
    return query.open(Held.toCaller(catalog, variables));
  }

  /** Whether it says who calls, anywhere. */
  boolean says(String statement) {
    List<String> pieces = pieces(statement);
    for (int i = 0; i < pieces.size(); i++) {
      if (tells(pieces, i)) {
        return true;
      }
    }
    return false;
  }

  /** Whether it says it in a condition. */
  boolean asks(String statement) {
    boolean isDynamic = statement.toLowerCase(Locale.ROOT).matches("(?s).*\\bexecute\\b.*");
    List<String> pieces = pieces(isDynamic ? statement.replace('\'', ' ') : statement);
    Deque<Boolean> outside = new ArrayDeque<>();
    boolean isCondition = false;
    for (int i = 0; i < pieces.size(); i++) {
      String piece = pieces.get(i);
      if (piece.equals("(")) {
        outside.push(isCondition);
      } else if (piece.equals(")")) {
        isCondition = !outside.isEmpty() && outside.pop();
      } else if (BEGIN_CONDITION.contains(piece) || (isDynamic && piece.equals("using"))) {
        isCondition = true;
      } else if (END_CONDITION.contains(piece)) {
        isCondition = false;
      } else if (isCondition && tells(pieces, i) && !isNullTest(pieces, i)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isNullTest(List<String> pieces, int at) {
    int next = at + 1;
    while (next < pieces.size() && (pieces.get(next).equals("(") || pieces.get(next).equals(")"))) {
      next++;
    }
    return next < pieces.size() && pieces.get(next).equals("is") && !pieces.contains("distinct");
  }

  private boolean tells(List<String> pieces, int at) {
    String piece = pieces.get(at);
    boolean isCall = at + 1 < pieces.size() && pieces.get(at + 1).equals("(");
    if (piece.matches("session_user|system_user") || (variables.contains(piece) && !isCall)) {
      return true;
    }
    if (piece.equals("current_setting") && isCall) {
      return at + 2 < pieces.size() && pieces.get(at + 2).equals("'role'");
    }
    return isCall
        && catalog.functionsNamed(piece.replace("\"", "")).stream()
            .anyMatch(f -> Callers.knows(catalog, f, true, new HashSet<>()));
  }

  /** {@code me := session_user}, {@code SELECT session_user INTO me}. */
  private void remember(String statement) {
    List<String> pieces = pieces(statement);
    int by = Math.max(pieces.indexOf(":="), pieces.indexOf("default"));
    int into = pieces.indexOf("into");
    if (by > 0 && says(statement)) {
      variables.add(pieces.get(0));
    } else if (into > 0
        && into + 1 < pieces.size()
        && pieces.get(0).equals("select")
        && says(String.join(" ", pieces.subList(0, into)))) {
      variables.add(pieces.get(pieces.get(into + 1).equals("strict") ? into + 2 : into + 1));
    }
  }

  private static List<String> pieces(String statement) {
    return PIECE
        .matcher(statement)
        .results()
        .map(piece -> piece.group().toLowerCase(Locale.ROOT))
        .toList();
  }

  private void split(String code) {
    Matcher piece = PIECE.matcher(code);
    int start = 0;
    int cases = 0;
    String before = "";
    while (piece.find()) {
      String word = piece.group().toLowerCase(Locale.ROOT);
      if (word.equals("case") && !before.equals("end")) {
        cases++;
      } else if (word.equals("end") && cases > 0) {
        cases--;
      }
      boolean isBetween =
          cases == 0 && Set.of("then", "else", "loop", "begin", "declare").contains(word);
      if (word.equals(";") || isBetween) {
        add(code.substring(start, piece.start()));
        start = piece.end();
        cases = 0;
      }
      before = word;
    }
    add(code.substring(start));
  }

  private void add(String statement) {
    if (!statement.isBlank()) {
      all.add(statement.strip());
    }
  }
}
