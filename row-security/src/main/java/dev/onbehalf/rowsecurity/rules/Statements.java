package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Query;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.ListIterator;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The statements of a function that runs as its owner, and which of them ask who calls: by {@code
 * session_user}, a variable that has it, or a function that knows. Said is not asked: what is
 * logged, selected or ordered by is no condition.
 */
final class Statements {
  private static final Set<String> BEGIN_CONDITION =
      Set.of("where", "on", "having", "if", "elsif", "elseif", "case", "when", "while", "assert");
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

  /** IF, or CASE as a statement. */
  private static final Pattern IF = Pattern.compile("(?:if|case)\\b", Pattern.CASE_INSENSITIVE);

  private static final Pattern IF_EXISTS =
      Pattern.compile(
          "(?:els(?:e)?)?if\\s++(?:not\\s++)?+exists\\s*+\\?++\\s*+", Pattern.CASE_INSENSITIVE);

  private static final Pattern END_OF_BRANCH =
      Pattern.compile("(?:elsif|elseif|else|when|end\\s+(?:if|case))\\b", Pattern.CASE_INSENSITIVE);
  private static final Pattern END_IF =
      Pattern.compile("end\\s+(?:if|case)\\b", Pattern.CASE_INSENSITIVE);
  private static final Pattern LEAVING =
      Pattern.compile("(?:return\\b(?!\\s+query)|exit\\b|continue\\b)", Pattern.CASE_INSENSITIVE);
  private static final Pattern RAISING =
      Pattern.compile(
          "\\braise\\b(?!\\s+(?:debug|log|info|notice|warning)\\b)", Pattern.CASE_INSENSITIVE);

  /** A call of a function, for nothing but what it does. */
  private static final Pattern CALLING =
      Pattern.compile("(?:select|perform|call)\\s++[\\w.]++\\s*+\\?++;?", Pattern.CASE_INSENSITIVE);

  private static final Pattern FINDING =
      Pattern.compile(
          "(?:select|perform|with|insert|update|delete|merge|fetch|for)\\b",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern ASSIGNMENT = Pattern.compile("([\\w$]++)\\s*+:?=");

  /** Of a variable, or where it is declared. */
  private static final Pattern ASSIGNED =
      Pattern.compile("([\\w$]++)[^('=]*?(?::=|\\bdefault\\b)", Pattern.CASE_INSENSITIVE);

  private static final Pattern LOOP =
      Pattern.compile("for\\s++(\\w++)\\s++in\\b", Pattern.CASE_INSENSITIVE);

  private static final Pattern INTO =
      Pattern.compile(
          "\\binto\\s++(?:strict\\s++)?+([\\w$]++(?:\\s*+,\\s*+[\\w$]++)*+)",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern VALUE = Pattern.compile("\\b[a-zA-Z_][\\w$]*+(?!\\s*\\()");
  private static final int MAX_DEPTH = 200;
  private static final Set<String> CONSTANTS = Set.of("true", "false", "null", "not");

  private final Catalog catalog;
  private final boolean asOwner;
  private final Set<String> parameters;
  private final List<String> all = new ArrayList<>();
  private final Set<String> variables = new HashSet<>();

  /** What was set in a branch that asked who calls. */
  private final Set<String> decided = new HashSet<>();

  /** Functions that are read on the way here: they may call each other. */
  private final Set<Function> seen;

  Statements(Catalog catalog, Function function) {
    this(catalog, function, true);
  }

  /**
   * The same.
   *
   * @param asOwner whether what it calls is called as its owner
   */
  Statements(Catalog catalog, Function function, boolean asOwner) {
    this(catalog, function, asOwner, new HashSet<>(Set.of(function)));
  }

  private Statements(Catalog catalog, Function function, boolean asOwner, Set<Function> seen) {
    this.catalog = catalog;
    this.asOwner = asOwner;
    this.seen = seen;
    this.parameters = function.parameters();
    String code = FunctionText.code(function).strip();
    if (function.isParsed()) {
      code =
          code.replaceFirst("(?si)^begin\\s+atomic\\b(.*)\\bend;?$", "$1")
              .replaceFirst("(?i)^return\\b", "SELECT");
    }
    split(code);
    remember();
  }

  List<String> all() {
    return all;
  }

  /** Those that run whoever calls: none, if an IF that asks stops who should get no further. */
  List<String> unguarded() {
    return isTooDeep() ? all : unguarded(all.listIterator(), statement -> false);
  }

  /** Whether it is nested as no person writes; what an IF stops there is not looked for. */
  private boolean isTooDeep() {
    int depth = 0;
    for (String statement : all) {
      if (END_IF.matcher(statement).lookingAt()) {
        depth--;
      } else if (IF.matcher(statement).lookingAt() && ++depth > MAX_DEPTH) {
        return true;
      }
    }
    return false;
  }

  /** The same up to the end of a branch; a handler of exceptions begins as one of CASE does. */
  private List<String> unguarded(ListIterator<String> rest, Predicate<String> isEnd) {
    List<String> open = new ArrayList<>();
    boolean isGuarded = false; // what stands behind, and before: it is undone
    while (rest.hasNext()) {
      String statement = rest.next();
      if (isEnd.test(statement)) {
        rest.previous();
        break;
      } else if (IF.matcher(statement).lookingAt()) {
        isGuarded |= isGuard(statement, rest, open);
      } else {
        open.add(statement);
        rememberFound(statement);
        isGuarded |= isRefusing(statement);
      }
    }
    return isGuarded ? List.of() : open;
  }

  /** {@code PERFORM require_member(team)}: whether what it calls lets only some get further. */
  private boolean isRefusing(String statement) {
    return CALLING.matcher(FunctionText.outermost(statement)).matches()
        && FunctionText.called(catalog, statement).stream()
            .filter(called -> RAISING.matcher(FunctionText.code(called)).find())
            .anyMatch(called -> seen.add(called) && refuses(called, statement));
  }

  private boolean refuses(Function called, String call) {
    Statements within = new Statements(catalog, called, asOwner, seen);
    if (says(call.substring(call.indexOf('(')))) {
      within.variables.addAll(called.parameters());
    }
    return within.unguarded().isEmpty();
  }

  /** {@code FOUND} tells of the last statement of SQL. */
  private void rememberFound(String statement) {
    if (asks(statement)) {
      decided.add("found");
    } else if (FINDING.matcher(statement).lookingAt()) {
      decided.remove("found");
    }
  }

  /**
   * Whether a branch of an IF that asks keeps somebody from what stands outside. Such branches are
   * for some only; what else there is comes to what is open. An ASSERT keeps nobody from anything:
   * who calls can have none of them asked.
   */
  private boolean isGuard(String first, ListIterator<String> rest, List<String> open) {
    boolean isAsking = false;
    boolean isGuard = false;
    String condition = first;
    while (!END_IF.matcher(condition).lookingAt()) {
      isAsking |= asks(condition) || pieces(condition).stream().anyMatch(decided::contains);
      int from = rest.nextIndex();
      List<String> branch =
          unguarded(rest, statement -> END_OF_BRANCH.matcher(statement).lookingAt());
      if (!isRefusal(condition, branch)) {
        open.add(condition);
      }
      if (isAsking) {
        for (String statement : all.subList(from, rest.nextIndex())) {
          isGuard |= isStop(statement);
        }
      } else {
        open.addAll(branch);
      }
      condition = rest.hasNext() ? rest.next() : "end if";
    }
    return isGuard;
  }

  /** {@code IF NOT EXISTS (...) THEN RAISE}: nothing is shown of what is looked up. */
  private static boolean isRefusal(String condition, List<String> branch) {
    return IF_EXISTS.matcher(FunctionText.outermost(condition)).matches()
        && branch.size() == 1
        && RAISING.matcher(branch.get(0)).lookingAt();
  }

  /**
   * Whether it ends the function, a loop's turn or the query, or hands on what was read before; a
   * variable that it sets to anything else is remembered, for a later IF may ask for it.
   */
  private boolean isStop(String statement) {
    Matcher assignment = ASSIGNMENT.matcher(statement);
    if (assignment.lookingAt()) {
      String variable = assignment.group(1).toLowerCase(Locale.ROOT);
      String value = statement.substring(assignment.end()).replaceAll("'[^']*+'", "");
      decided.add(variable);
      return VALUE
          .matcher(value)
          .results()
          .map(word -> word.group().toLowerCase(Locale.ROOT))
          .anyMatch(word -> !word.equals(variable) && !CONSTANTS.contains(word));
    }
    return LEAVING.matcher(statement).lookingAt()
        || RAISING.matcher(statement).lookingAt()
        || FunctionText.called(catalog, statement).stream()
            .anyMatch(called -> RAISING.matcher(FunctionText.code(called)).find());
  }

  /** Whether what it reads or changes is held to who calls. */
  boolean holds(String statement) {
    return StatementQuery.of(statement)
        .map(query -> open(query).isEmpty())
        .orElseGet(() -> asks(statement));
  }

  /** What a query reads whoever calls. */
  Set<String> open(Query query) {
    return query.open(caller(query));
  }

  private Query.Asker caller(Query query) {
    Set<String> known = new HashSet<>(variables);
    query.all().forEach(select -> known.removeAll(select.tables().keySet())); // of its own
    return Held.toCaller(catalog, asOwner, known, parameters);
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
            .anyMatch(f -> Callers.knows(catalog, f, asOwner, new HashSet<>()));
  }

  /** The variables that hold who calls, or what was looked up of who calls. */
  private void remember() {
    int depth = 0;
    for (String statement : all) {
      if (END_IF.matcher(statement).lookingAt()) {
        depth--;
      } else if (IF.matcher(statement).lookingAt()) {
        depth++;
      }
      Set<String> told = told(statement);
      if (depth > 0) {
        told.removeAll(parameters); // else it is whom the caller names
      }
      variables.addAll(told);
    }
  }

  /** {@code me := session_user}, {@code SELECT session_user INTO me}. */
  private Set<String> told(String statement) {
    Matcher assignment = ASSIGNED.matcher(statement);
    Matcher into = INTO.matcher(statement);
    Matcher loop = LOOP.matcher(statement);
    Set<String> told = new HashSet<>();
    if (assignment.lookingAt()) {
      Expression value = Expression.of(statement.substring(assignment.end()));
      Query.Asker caller = Held.toCaller(catalog, asOwner, variables, parameters);
      if (says(value.text()) && caller.isToldBy(value.text(), value.root())) {
        told.add(assignment.group(1).toLowerCase(Locale.ROOT));
      }
    } else if (loop.lookingAt() && isHeld(statement)) {
      told.add(loop.group(1).toLowerCase(Locale.ROOT));
    } else if (into.find()
        && isHeld(statement.substring(0, into.start()) + statement.substring(into.end()))) {
      told.addAll(pieces(into.group(1)));
    }
    return told;
  }

  private boolean isHeld(String statement) {
    return StatementQuery.of(statement).filter(query -> query.isHeld(caller(query))).isPresent();
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
    boolean isStatement = true; // whether nothing stands before it
    while (piece.find()) {
      String word = piece.group().toLowerCase(Locale.ROOT);
      if (word.equals("case") && !before.equals("end") && !isStatement) {
        cases++;
      } else if (word.equals("end") && cases > 0) {
        cases--;
      }
      boolean isBetween =
          cases == 0 && Set.of("then", "else", "loop", "begin", "declare").contains(word);
      if (word.equals(";") || isBetween) {
        add(code.substring(start, piece.start()));
        add(word.equals("else") ? word : "");
        start = piece.end();
        cases = 0;
      }
      isStatement = start == piece.end();
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
