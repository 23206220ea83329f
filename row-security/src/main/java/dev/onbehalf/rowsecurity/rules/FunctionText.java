package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which tables a function's text names. */
final class FunctionText {
  private static final Pattern NAME =
      Pattern.compile(
          "(?:([\\w]++|\"[^\"]*+(?:\"\"[^\"]*+)*+\")\\s*+\\.\\s*+)?([\\w]++|\"[^\"]*+(?:\"\"[^\"]*+)*+\")");

  /** An alias, and the comma behind which the next table stands. */
  private static final Pattern NEXT =
      Pattern.compile(
          "(?:\\s*+\\*)?(?:\\s++(?:as\\s++)?+\\w++)?+\\s*+(?:\\([^()]*+\\)\\s*+)?+,\\s*+(?:only\\s++|lateral\\s++)?+",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern CALL = Pattern.compile(NAME.pattern() + "\\s*+\\(");

  private FunctionText() {}

  /** Without its comments, its parameters named as words; of the same length. */
  static String code(Function function) {
    String source = function.source();
    StringBuilder code = new StringBuilder(source.length());
    int at = 0;
    while (at < source.length()) {
      char c = source.charAt(at);
      int end = at + 1;
      if (c == '\'' || c == '"') {
        end = after(source, String.valueOf(c), end);
        code.append(source, at, end);
      } else if (source.startsWith("--", at) || source.startsWith("/*", at)) {
        end = after(source, c == '-' ? "\n" : "*/", at + 2);
        code.append(" ".repeat(end - at));
      } else {
        boolean isParameter =
            c == '$' && end < source.length() && Character.isDigit(source.charAt(end));
        code.append(isParameter ? '_' : c);
      }
      at = end;
    }
    return code.toString();
  }

  private static int after(String text, String mark, int from) {
    int found = text.indexOf(mark, from);
    return found < 0 ? text.length() : found + mark.length();
  }

  /** What it calls: as the server knows it, or by whatever name stands before a parenthesis. */
  static Set<Function> callees(Catalog catalog, Function function) {
    Set<Function> called =
        new LinkedHashSet<>(
            catalog.snapshot().calls().byFunction().getOrDefault(function.oid(), Set.of()));
    if (!function.isParsed()) {
      called.addAll(called(catalog, code(function)));
    }
    called.remove(function);
    return called;
  }

  /** What it calls, at any depth, and itself. */
  static Set<Function> withCalled(Catalog catalog, Function function) {
    Set<Function> found = new LinkedHashSet<>();
    Deque<Function> rest = new ArrayDeque<>(List.of(function));
    while (!rest.isEmpty()) {
      Function next = rest.pop();
      if (found.add(next)) {
        rest.addAll(callees(catalog, next));
      }
    }
    return found;
  }

  /** Functions whose names stand before a parenthesis in a text. */
  static Set<Function> called(Catalog catalog, String code) {
    Set<Function> called = new LinkedHashSet<>();
    Matcher call = CALL.matcher(code);
    while (call.find()) {
      String schema = call.group(1) == null ? "" : plain(call.group(1));
      catalog.functionsNamed(plain(call.group(2))).stream()
          .filter(f -> schema.isEmpty() || f.schema().equals(schema))
          .forEach(called::add);
    }
    return called;
  }

  /**
   * A part of its text, or of a view's, with question marks for strings, for names in quotes and
   * for what stands in parentheses; of the same length.
   */
  static String outermost(String code) {
    int[] ends = new int[code.length()]; // of what begins there
    Deque<Integer> open = new ArrayDeque<>();
    for (int i = 0; i < code.length(); i++) {
      char c = code.charAt(i);
      if (c == '(') {
        open.push(i);
      } else if (c == ')' && !open.isEmpty()) {
        ends[open.pop()] = i + 1;
      } else if (c == '\'' || c == '"') {
        int end = code.indexOf(c, i + 1);
        ends[i] = end + 1;
        i = Math.max(i, end);
      }
    }
    StringBuilder outermost = new StringBuilder(code.length());
    while (outermost.length() < code.length()) {
      int at = outermost.length();
      outermost.append(ends[at] > 0 ? "?".repeat(ends[at] - at) : code.charAt(at));
    }
    return outermost.toString();
  }

  /** Those that it reads or writes. */
  static List<Relation> tables(Catalog catalog, Function function) {
    Set<Relation> found =
        new LinkedHashSet<>(catalog.snapshot().bodies().getOrDefault(function.oid(), Set.of()));
    found.addAll(named(catalog, function, code(function)));
    return List.copyOf(found);
  }

  /** Those that a part of its text reads or writes. */
  static Set<Relation> named(Catalog catalog, Function function, String code) {
    return behind(catalog, function, code, "from|join|into|update|only|table|using|copy");
  }

  /** Whether it reads or writes a table without saying in which schema. */
  static boolean readsByName(Catalog catalog, Function function) {
    return names(code(function), "from|join|into|update|only|table|using").stream()
        .filter(name -> name.schema == null)
        .anyMatch(name -> resolve(catalog, function, null, name.name).isPresent());
  }

  private record Name(@Nullable String schema, String name) {}

  /** Those whose names stand behind one of the words. */
  static Set<Relation> behind(Catalog catalog, Function function, String code, String words) {
    Set<Relation> found = new LinkedHashSet<>();
    names(code, words)
        .forEach(name -> resolve(catalog, function, name.schema, name.name).ifPresent(found::add));
    return found;
  }

  private static List<Name> names(String code, String words) {
    List<Name> names = new ArrayList<>();
    Matcher word =
        Pattern.compile("\\b(?:" + words + ")\\s+(?:only\\s+)?", Pattern.CASE_INSENSITIVE)
            .matcher(code);
    while (word.find()) {
      Matcher name = NAME.matcher(code).region(word.end(), code.length());
      while (name.lookingAt()) {
        names.add(new Name(name.group(1), name.group(2)));
        Matcher next = NEXT.matcher(code).region(name.end(), code.length());
        int at = next.lookingAt() ? next.end() : code.length();
        name = NAME.matcher(code).region(at, code.length());
      }
    }
    return names;
  }

  /** The name that a query or a text says, with its schema before it or not. */
  static Optional<Relation> resolve(Catalog catalog, Function function, String name) {
    int dot = name.indexOf('.');
    return dot < 0 ? resolve(catalog, function, null, Names.quoted(name)) : catalog.relation(name);
  }

  private static Optional<Relation> resolve(
      Catalog catalog, Function function, @Nullable String schema, String name) {
    if (schema != null) {
      return catalog.relation(plain(schema) + "." + plain(name));
    }
    List<String> path = new ArrayList<>(SearchPath.schemas(function.searchPath().orElse("")));
    path.add(function.schema());
    path.addAll(catalog.schemas());
    return path.stream().flatMap(s -> catalog.relation(s + "." + plain(name)).stream()).findFirst();
  }

  /** A name as the catalog has it. */
  static String plain(String name) {
    return name.startsWith("\"")
        ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
        : name.toLowerCase(Locale.ROOT);
  }
}
