package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A function of the owner's that writes who calls, beside what it is given, into a table: {@code
 * INSERT INTO memberships (person, team) VALUES (session_user, $1)}. One that looks anything up, or
 * may refuse, is believed to ask who may.
 */
record Joining(Function function, Statements statements, Write write) {
  private static final Pattern ASKING =
      Pattern.compile(
          "\\b(?:if|case|raise|assert|execute|from|where)\\b", Pattern.CASE_INSENSITIVE);

  static List<Joining> all(Catalog catalog) {
    return catalog.functions().stream()
        .filter(f -> f.reported() && f.isDefiner() && !f.isTriggerFunction())
        .filter(f -> !ASKING.matcher(FunctionText.code(f)).find())
        .filter(f -> FunctionText.callees(catalog, f).isEmpty())
        .flatMap(function -> of(catalog, function))
        .toList();
  }

  private static Stream<Joining> of(Catalog catalog, Function function) {
    Statements statements = new Statements(catalog, function);
    return statements.all().stream()
        .flatMap(statement -> Write.of(catalog, function, statement).stream())
        .filter(write -> write.isInsert() && catalog.isExempt(function.owner(), write.into()))
        .map(write -> new Joining(function, statements, write));
  }

  /** Whether it writes what is looked up so that it is theirs who call. */
  boolean writes(Lookup lookup) {
    return write.into().equals(lookup.table())
        && !lookup.others().isEmpty()
        && lookup.persons().stream().allMatch(column -> each(column, statements::says))
        && lookup.others().stream().allMatch(column -> each(column, this::isGiven));
  }

  private boolean each(String column, Predicate<String> is) {
    return write.values(column).filter(said -> said.stream().anyMatch(is)).isPresent();
  }

  private boolean isGiven(String value) {
    String name = value.replaceFirst("^(?:\\w++|\"[^\"]++\")\\.", ""); // of the function
    return name.matches("_\\d+") // $1
        || function.parameters().contains(name.toLowerCase(Locale.ROOT));
  }
}
