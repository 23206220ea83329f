package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import java.util.ArrayList;
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
    return after(catalog, function, "insert\\s+into|update|merge\\s+into|copy");
  }

  private static Set<Relation> after(Catalog catalog, Function function, String words) {
    Set<Relation> found = new LinkedHashSet<>();
    Matcher word =
        Pattern.compile("\\b(?:" + words + ")\\s+", Pattern.CASE_INSENSITIVE)
            .matcher(function.source());
    while (word.find()) {
      Matcher name = NAME.matcher(function.source()).region(word.end(), function.source().length());
      if (name.lookingAt()) {
        resolve(catalog, function, name.group(1), name.group(2)).ifPresent(found::add);
      }
    }
    return found;
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
