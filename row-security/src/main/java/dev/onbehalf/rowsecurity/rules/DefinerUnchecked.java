package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Privileges;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.RewriteRule;
import dev.onbehalf.rowsecurity.internal.catalog.Trigger;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
      if (!function.reported() || !function.isDefiner()) {
        continue;
      }
      if (!function.isTriggerFunction()) {
        Reach reach = DefinerSearchPath.callers(catalog, function);
        reads(catalog, beyond, function, reach, catalog.revoke(reach, function.quoted()), findings);
        continue;
      }
      List<Doors.Door> doors = doors(catalog, function);
      if (!doors.isEmpty()) {
        String mend = revoke(catalog, doors.stream());
        reads(catalog, beyond, function, doors.get(0).reach(), mend, findings);
      }
    }
  }

  private static void reads(
      Catalog catalog,
      Beyond beyond,
      Function function,
      Reach reach,
      String mend,
      Findings.Of findings) {
    if (!reach.isNobody()) {
      OpenReads.of(catalog, function).stream()
          .flatMap(read -> sentence(catalog, beyond, function, read, reach).stream())
          .findFirst()
          .ifPresent(sentence -> findings.error("function " + function, sentence, mend));
    }
  }

  /** What people write into a table says what is written elsewhere, as somebody else. */
  private static void writes(Catalog catalog, Beyond beyond, Findings.Of findings) {
    for (Trigger trigger : catalog.triggers()) {
      Relation table = trigger.table();
      if (table.isTable() && table.reported() && trigger.function().isDefiner()) {
        List<Done> done = done(catalog, beyond, RowWrites.by(catalog, trigger), trigger.function());
        String object = "%s trigger %s".formatted(table, Names.readable(trigger.name()));
        report(findings, object, done, revoke(catalog, done.stream().map(Done::door)));
      }
    }
    for (RewriteRule rule : catalog.rewriteRules()) {
      Relation table = rule.table();
      if (table.reported()) {
        List<Done> done = done(catalog, beyond, RowWrites.by(catalog, rule), rule.asFunction());
        String object = "%s rule %s".formatted(table, Names.readable(rule.name()));
        String mend =
            rule.isInstead() // without it what is written would be
                ? revoke(catalog, done.stream().map(Done::door))
                : "DROP RULE %s ON %s;".formatted(Names.quoted(rule.name()), table.quoted());
        report(findings, object, done, mend);
      }
    }
  }

  /**
   * A write of others' rows that somebody has done.
   *
   * @param isTold whether people write no such rows themselves, but what points at them: they are
   *     there to tell somebody
   */
  private record Done(Doors.Door door, String sentence, boolean isTold) {}

  /** One for each door. */
  private static List<Done> done(
      Catalog catalog, Beyond beyond, List<RowWrites> doors, Function function) {
    return doors.stream()
        .flatMap(
            writes ->
                writes.of(function).stream()
                    .flatMap(open -> done(catalog, beyond, writes.door(), open, function).stream())
                    .min(Comparator.comparing(Done::isTold))
                    .stream())
        .toList();
  }

  private static Optional<Done> done(
      Catalog catalog, Beyond beyond, Doors.Door door, RowWrites.Open open, Function function) {
    Write write = open.write();
    Relation into = write.into();
    boolean isPeoples =
        write.isInsert() || !into.hasRls() || !Ties.columns(catalog, into).isEmpty();
    List<Person> people = door.reach().people();
    return beyond
        .why(function.owner(), into, people, "" + write.command())
        .filter(why -> isPeoples && !why.isList())
        .map(
            why ->
                "%s can %s rows of %s that are none of theirs, by what they write: it does so as its owner %s, %s."
                    .formatted(
                        door.reach().who(),
                        Privileges.of(write.command()).toLowerCase(Locale.ROOT),
                        into,
                        catalog.role(function.owner()).name(),
                        why.text()))
        .map(
            sentence ->
                new Done(
                    door,
                    sentence,
                    write.isInsert()
                        ? people.stream().noneMatch(who -> inserts(catalog, into, who))
                        : open.isPointed()));
  }

  private static boolean inserts(Catalog catalog, Relation table, Person person) {
    return catalog.reach(table, "INSERT").people().contains(person)
        && catalog.policies(table, 'a', person).stream().anyMatch(Policy::isPermissive);
  }

  private static void report(Findings.Of findings, String object, List<Done> done, String mend) {
    done.stream()
        .min(Comparator.comparing(Done::isTold))
        .ifPresent(
            worst -> {
              if (worst.isTold()) {
                String orAsk =
                    Findings.commented("ask whose the rows are, if it matters, or", mend);
                findings.warning(object, worst.sentence(), orAsk);
              } else {
                findings.error(object, worst.sentence(), mend + " -- or ask whose the rows are");
              }
            });
  }

  private static String revoke(Catalog catalog, Stream<Doors.Door> doors) {
    return doors
        .map(door -> catalog.revoke(door.reach(), door.at().quoted()))
        .collect(Collectors.joining("\n"));
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

  /** To the views of which an INSTEAD OF trigger calls it: whoever writes there calls it. */
  private static List<Doors.Door> doors(Catalog catalog, Function function) {
    return catalog.triggers().stream()
        .filter(t -> t.function().equals(function) && t.table().isView())
        .flatMap(trigger -> Doors.to(catalog, trigger))
        .toList();
  }
}
