package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which tables a function's text names. */
final class FunctionText {
  private static final Pattern NAME =
      Pattern.compile(
          "(?:([\\w]++|\"[^\"]*+(?:\"\"[^\"]*+)*+\")\\s*+\\.\\s*+)?([\\w]++|\"[^\"]*+(?:\"\"[^\"]*+)*+\")");

  private static final String WRITING = "insert\\s+into|update|merge\\s+into|copy";

  private static final Pattern CALL =
      Pattern.compile("([\\w]++|\"[^\"]*+(?:\"\"[^\"]*+)*+\")\\s*+\\(");

  private FunctionText() {}

  /** Those that it reads or writes. */
  static List<Relation> tables(Catalog catalog, Function function) {
    Set<Relation> found =
        new LinkedHashSet<>(catalog.snapshot().bodies().getOrDefault(function.oid(), Set.of()));
    found.addAll(after(catalog, function, "from|join|into|update|only|table"));
    return List.copyOf(found);
  }

  /** Those that it writes. */
  static Set<Relation> written(Catalog catalog, Function function) {
    return after(catalog, function, WRITING);
  }

  /** The functions that one's text calls by name, at any depth, itself among them. */
  static Set<Function> withCalled(Catalog catalog, Function function) {
    Set<Function> found = new LinkedHashSet<>();
    Deque<Function> rest = new ArrayDeque<>(List.of(function));
    while (!rest.isEmpty()) {
      Function next = rest.pop();
      if (found.add(next)) {
        Set<String> names =
            CALL.matcher(next.source())
                .results()
                .map(call -> plain(call.group(1)))
                .collect(Collectors.toSet());
        catalog.functions().stream().filter(f -> names.contains(f.name())).forEach(rest::add);
      }
    }
    return found;
  }

  /** Those that statements write, which name the schema of each. */
  static Set<Relation> written(Catalog catalog, String statements) {
    Set<Relation> found = new LinkedHashSet<>();
    named(
        statements,
        WRITING,
        name -> {
          if (name.group(1) != null) {
            catalog
                .relation(plain(name.group(1)) + "." + plain(name.group(2)))
                .ifPresent(found::add);
          }
        });
    return found;
  }

  private static Set<Relation> after(Catalog catalog, Function function, String words) {
    Set<Relation> found = new LinkedHashSet<>();
    named(
        function.source(),
        words,
        name -> resolve(catalog, function, name.group(1), name.group(2)).ifPresent(found::add));
    return found;
  }

  private static void named(String text, String words, Consumer<MatchResult> use) {
    Matcher word =
        Pattern.compile("\\b(?:" + words + ")\\s+", Pattern.CASE_INSENSITIVE).matcher(text);
    while (word.find()) {
      Matcher name = NAME.matcher(text).region(word.end(), text.length());
      if (name.lookingAt()) {
        use.accept(name);
      }
    }
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

  private static String plain(String name) {
    return name.startsWith("\"")
        ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
        : name.toLowerCase(Locale.ROOT);
  }
}
