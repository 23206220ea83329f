package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Query;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a function that runs as its owner reads or writes without asking who calls: itself, by
 * views, and by functions that it calls.
 */
final class OpenReads {
  /**
   * One of them.
   *
   * @param as the role whose rights count there
   * @param by the view or the function that does it; empty for itself
   */
  record Read(Relation table, long as, String by, boolean isInsert) {}

  private final Catalog catalog;
  private final List<Read> found = new ArrayList<>();
  private final Set<Object> seen = new HashSet<>();

  private OpenReads(Catalog catalog) {
    this.catalog = catalog;
  }

  static List<Read> of(Catalog catalog, Function function) {
    OpenReads reads = new OpenReads(catalog);
    reads.read(function, function.owner(), "");
    return reads.found;
  }

  private void read(Function function, long as, String by) {
    if (!seen.add(function)) {
      return;
    }
    Statements statements = new Statements(catalog, function);
    for (String statement : statements.unguarded()) {
      Optional<Query> query = StatementQuery.of(statement);
      if (query.isPresent()) {
        Set<String> open = statements.open(query.get());
        open.forEach(
            name ->
                FunctionText.resolve(catalog, function, name)
                    .ifPresent(relation -> add(relation, as, by, false)));
        boolean isHeld = open.isEmpty() && query.get().reads();
        if (!isHeld) {
          callees(statements, statement, as);
        }
      } else if (!isHeld(function, statements, statement)) {
        boolean isInsert = isInsert(statement);
        FunctionText.named(catalog, function, statement)
            .forEach(relation -> add(relation, as, by, isInsert));
        callees(statements, statement, as);
      }
    }
  }

  private static boolean isInsert(String statement) {
    String lower = statement.toLowerCase(Locale.ROOT);
    return lower.contains("insert") && !lower.matches("(?s).*\\b(?:from|update)\\b.*");
  }

  private boolean isHeld(Function function, Statements statements, String statement) {
    return isInsert(statement)
        ? statements.says(statement)
        : statements.asks(statement) || isOwnUpsert(function, statements, statement);
  }

  /** Whether a column of the key by which it finds what it overwrites says who calls. */
  private boolean isOwnUpsert(Function function, Statements statements, String statement) {
    return Write.of(catalog, function, statement).stream()
        .flatMap(write -> write.key().stream().flatMap(key -> write.values(key).stream()))
        .anyMatch(said -> !said.isEmpty() && said.stream().allMatch(statements::says));
  }

  /** What is told who calls is believed to look. */
  private void callees(Statements statements, String statement, long as) {
    if (statements.says(statement)) {
      return;
    }
    for (Function called : FunctionText.called(catalog, statement)) {
      read(called, called.isDefiner() ? called.owner() : as, called.toString());
    }
  }

  private void add(Relation relation, long as, String by, boolean isInsert) {
    if (!relation.isView()) {
      found.add(new Read(relation, as, by, isInsert));
    } else if (seen.add(relation)) {
      long reader = relation.isInvoker() ? as : relation.owner();
      Views.open(catalog, relation)
          .forEach(source -> add(source, reader, relation.toString(), isInsert));
    }
  }
}
