package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.Trigger;
import java.util.Optional;

/** A function that runs as somebody whom policies do not hold, and does not look who calls it. */
final class DefinerUnchecked implements Rule {
  @Override
  public String id() {
    return "definer-unchecked";
  }

  @Override
  public String manual() {
    return "sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    Beyond beyond = new Beyond(catalog);
    for (Function function : catalog.functions()) {
      boolean isDoor = !function.isTriggerFunction() || door(catalog, function).isPresent();
      if (!function.reported() || !function.isDefiner() || !isDoor) {
        continue;
      }
      Reach reach = DefinerSearchPath.callers(catalog, function);
      if (!reach.isNobody()) {
        OpenReads.of(catalog, function).stream()
            .flatMap(read -> sentence(catalog, beyond, function, read, reach).stream())
            .findFirst()
            .ifPresent(
                sentence ->
                    findings.error(
                        "function " + function, sentence, mend(catalog, function, reach)));
      }
    }
  }

  private static Optional<String> sentence(
      Catalog catalog, Beyond beyond, Function function, OpenReads.Read read, Reach reach) {
    boolean isNobodys = read.isInsert() && InsertForOthers.owners(catalog, read.table()).isEmpty();
    if (isNobodys) {
      return Optional.empty();
    }
    return beyond
        .why(read.as(), read.table(), reach.people(), commands(read))
        .filter(why -> !why.isList()) // to tell something of a list is what functions are for
        .map(
            why ->
                "%s can %s through %s %s of %s: %s runs as its owner %s, %s, and does not look who calls."
                    .formatted(
                        reach.who(),
                        read.isInsert() ? "write" : "reach",
                        function,
                        read.isInsert() ? "rows" : "every row",
                        read.table(),
                        read.by().isEmpty() || read.as() == function.owner() ? "it" : read.by(),
                        catalog.role(read.as()).name(),
                        why.text()));
  }

  /** Where no policy asks by which, what everybody reads is nothing more. */
  private static String commands(OpenReads.Read read) {
    return read.isInsert() ? "a" : read.table().hasRls() ? "rwd" : "r";
  }

  private static String mend(Catalog catalog, Function function, Reach reach) {
    return catalog.revoke(
        reach, door(catalog, function).map(Relation::quoted).orElse(function.quoted()));
  }

  /** The view of which an INSTEAD OF trigger calls it: whoever writes there calls it. */
  private static Optional<Relation> door(Catalog catalog, Function function) {
    return catalog.triggers().stream()
        .filter(t -> t.function().equals(function) && t.table().isView())
        .map(Trigger::table)
        .findFirst();
  }
}
