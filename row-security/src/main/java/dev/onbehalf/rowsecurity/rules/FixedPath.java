package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
    // without pg_temp, temporary tables and types come before everything else; with no schema at
    // all, the author had to qualify each name, but for types, of which temporary ones are found
    boolean isTemporaryLast =
        schemas.isEmpty()
            ? !new SearchedNames(function).hasTypes()
            : schemas.get(schemas.size() - 1).equals("pg_temp");
    boolean isOthers = SearchPath.hasUser(path.get()) && isUsersOpen(catalog, function);
    return isTemporaryLast
        && !isOthers
        && schemas.stream().allMatch(name -> catalog.creators(name).isNobody());
  }

  /** Whether people have, or can make, the schema for which {@code $user} stands in a function. */
  private static boolean isUsersOpen(Catalog catalog, Function function) {
    List<Person> people =
        catalog.people().all().stream().filter(p -> !p.role().isSuperuser()).toList();
    Stream<Long> users =
        function.isDefiner()
            ? Stream.of(function.owner())
            : people.stream().flatMap(person -> person.becomes().stream());
    return people.stream()
            .anyMatch(p -> !Collections.disjoint(p.reaches(), catalog.snapshot().schemaMakers()))
        || users.anyMatch(user -> !catalog.creators(catalog.role(user).name()).isNobody());
  }

  /** One with its own schema, and those of what it names, as far as nobody else creates there. */
  static String fix(Catalog catalog, Function function) {
    Set<String> schemas = new LinkedHashSet<>(List.of(function.schema()));
    FunctionText.tables(catalog, function).forEach(table -> schemas.add(table.schema()));
    FunctionText.callees(catalog, function).forEach(called -> schemas.add(called.schema()));
    String path =
        schemas.stream()
            .filter(s -> s.equals(function.schema()) || catalog.creators(s).isNobody())
            .map(Names::quoted)
            .collect(Collectors.joining(", "));
    return "ALTER %s SET search_path = pg_catalog, %s, pg_temp;".formatted(function.quoted(), path);
  }
}
