package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether a function's names are what its author meant. */
final class FixedPath {
  private FixedPath() {}

  /** Whether it sets a search path in which nobody else creates, temporary tables last. */
  static boolean isFixed(Catalog catalog, Function function) {
    Optional<String> path = function.searchPath();
    if (path.isEmpty()) {
      return false;
    }
    List<String> schemas = SearchPath.schemas(path.get());
    // without pg_temp, temporary tables come before everything else; with no schema at all, the
    // author had to qualify each name
    boolean isTemporaryLast =
        schemas.isEmpty() || schemas.get(schemas.size() - 1).equals("pg_temp");
    return isTemporaryLast && schemas.stream().allMatch(name -> catalog.creators(name).isNobody());
  }

  private static final Pattern TABLE =
      Pattern.compile(
          "\\b(?:from|join|into|update|only)\\s+(?!pg_catalog\\.)([a-z_\"][\\w\"]*)(?![\\w\"]|\\s*[.(])",
          Pattern.CASE_INSENSITIVE);

  /** Whether its text reads or writes a table without saying in which schema. */
  static boolean readsByName(Catalog catalog, Function function) {
    Matcher table = TABLE.matcher(function.source());
    while (table.find()) {
      String name = table.group(1).replace("\"", "").toLowerCase(Locale.ROOT);
      if (catalog.schemas().stream()
          .anyMatch(schema -> catalog.relation(schema + "." + name).isPresent())) {
        return true;
      }
    }
    return false;
  }

  static String fix(Function function) {
    return "ALTER %s SET search_path = pg_catalog, %s, pg_temp;"
        .formatted(function.quoted(), Names.quoted(function.schema()));
  }
}
