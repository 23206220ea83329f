package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.Trigger;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A trigger that copies rows of a table under Row-Level Security into one that is not, or that
 * everybody reads; or sends them to whoever listens, for which nobody needs a right.
 */
final class TriggerCopiesRows implements Rule {
  @Override
  public String id() {
    return "trigger-copies-rows";
  }

  @Override
  public String manual() {
    return "sql-createtrigger.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Trigger trigger : catalog.triggers()) {
      if (!trigger.table().hasRls() || !trigger.table().reported()) {
        continue;
      }
      if (isTold(trigger.function())) {
        List<Person> people =
            catalog.people().all().stream().filter(p -> !p.role().isSuperuser()).toList();
        if (!people.isEmpty()) {
          findings.error(
              trigger.table() + " trigger " + Names.readable(trigger.name()),
              "%s can listen to what others write into %s: the trigger sends it by NOTIFY, and LISTEN needs no right."
                  .formatted(Person.names(people), trigger.table()),
              "DROP TRIGGER %s ON %s; -- or send that something changed, and not what"
                  .formatted(Names.quoted(trigger.name()), trigger.table().quoted()));
        }
      }
      for (Relation copy : FunctionText.written(catalog, trigger.function())) {
        Reach reach = catalog.reach(copy, "SELECT");
        List<Policy> open =
            catalog.policies(copy).stream()
                .filter(p -> copy.hasRls() && p.isPermissive() && p.isFor('r'))
                .filter(p -> AlwaysTrue.isTrue(p, p.using()))
                .filter(p -> reach.people().stream().anyMatch(who -> catalog.isFor(p, who)))
                .toList();
        if (copy.isTable() && !copy.equals(trigger.table()) && !open.isEmpty()) {
          findings.error(
              trigger.table() + " trigger " + Names.readable(trigger.name()),
              "%s can read in %s what others write into %s: the trigger copies it, and the policy %s there is true whatever the row."
                  .formatted(reach.who(), copy, trigger.table(), open.get(0).name()),
              open.stream().map(Policy::drop).collect(Collectors.joining("\n")));
        }
        if (copy.isTable() && !copy.hasRls() && !reach.isNobody()) {
          findings.error(
              trigger.table() + " trigger " + Names.readable(trigger.name()),
              "%s can read in %s what others write into %s: the trigger copies it, and no policy is there."
                  .formatted(reach.who(), copy, trigger.table()),
              "ALTER TABLE %s ENABLE ROW LEVEL SECURITY;".formatted(copy.quoted()));
        }
      }
    }
  }

  private static final Pattern NOTIFY =
      Pattern.compile("\\bpg_notify\\s*+\\(|\\bnotify\\s", Pattern.CASE_INSENSITIVE);

  private static final Pattern ROW =
      Pattern.compile("\\b(?:new|old)\\b(?!\\s*+;)", Pattern.CASE_INSENSITIVE);

  /** Whether its text notifies, and looks at the row. */
  private static boolean isTold(Function function) {
    return NOTIFY.matcher(function.source()).find() && ROW.matcher(function.source()).find();
  }
}
