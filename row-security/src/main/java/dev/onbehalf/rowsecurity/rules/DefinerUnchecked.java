package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.RewriteRule;
import dev.onbehalf.rowsecurity.internal.catalog.Trigger;
import java.util.Locale;
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
    writes(catalog, beyond, findings);
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

  /** What people write into a table says what is written elsewhere, as somebody else. */
  private static void writes(Catalog catalog, Beyond beyond, Findings.Of findings) {
    for (Trigger trigger : catalog.triggers()) {
      Relation table = trigger.table();
      if (table.isTable() && table.reported() && trigger.function().isDefiner()) {
        RowWrites writes = RowWrites.by(catalog, trigger);
        String name = Names.quoted(trigger.name());
        report(
            catalog,
            beyond,
            writes,
            trigger.function(),
            "%s trigger %s".formatted(table, Names.readable(trigger.name())),
            "DROP TRIGGER %s ON %s; -- or ask whose the rows are".formatted(name, table.quoted()),
            findings);
      }
    }
    for (RewriteRule rule : catalog.rewriteRules()) {
      Relation table = rule.table();
      if (table.reported()) {
        String name = Names.quoted(rule.name());
        report(
            catalog,
            beyond,
            RowWrites.by(catalog, rule),
            RowWrites.asFunction(rule),
            "%s rule %s".formatted(table, Names.readable(rule.name())),
            "DROP RULE %s ON %s; -- or ask whose the rows are".formatted(name, table.quoted()),
            findings);
      }
    }
  }

  private static void report(
      Catalog catalog,
      Beyond beyond,
      RowWrites writes,
      Function function,
      String object,
      String mend,
      Findings.Of findings) {
    for (RowWrites.Write write : writes.of(function)) {
      Relation into = write.into();
      boolean isPeoples =
          write.command() == 'a'
              ? !InsertForOthers.owners(catalog, into).isEmpty()
              : !into.hasRls() || !Ties.columns(catalog, into).isEmpty();
      Optional<Beyond.Why> why =
          beyond
              .why(function.owner(), into, writes.reach().people(), "" + write.command())
              .filter(it -> isPeoples && !it.isList());
      if (why.isPresent()) {
        findings.error(
            object,
            "%s can %s rows of %s that are none of theirs, by what they write: it does so as its owner %s, %s."
                .formatted(
                    writes.reach().who(),
                    Privileges.of(write.command()).toLowerCase(Locale.ROOT),
                    into,
                    catalog.role(function.owner()).name(),
                    why.get().text()),
            mend);
        return;
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
