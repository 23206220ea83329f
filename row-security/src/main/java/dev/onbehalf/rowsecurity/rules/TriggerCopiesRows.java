package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.RewriteRule;
import dev.onbehalf.rowsecurity.internal.catalog.Trigger;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A trigger or a rule that copies rows of a table under Row-Level Security into one that is not, or
 * that everybody reads; or sends them to whoever listens, for which nobody needs a right.
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
      if (!isGuarded(catalog, trigger.table())) {
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
      Source source = new Source(trigger.table(), "trigger", trigger.name());
      boolean isDefiner = false;
      Set<Copy> copies = new LinkedHashSet<>();
      for (Function called : FunctionText.withCalled(catalog, trigger.function())) {
        isDefiner |= called.isDefiner();
        copies.addAll(source.copies(catalog, called, isDefiner));
      }
      copies.forEach(copy -> copied(catalog, findings, copy));
    }
    for (RewriteRule rule : catalog.rewriteRules()) {
      if (isGuarded(catalog, rule.table())) {
        new Source(rule.table(), "rule", rule.name())
            .copies(catalog, rule.asFunction(), true)
            .forEach(copy -> copied(catalog, findings, copy));
      }
    }
  }

  /** What copies. */
  private record Source(Relation table, String kind, String name) {
    Set<Copy> copies(Catalog catalog, Function function, boolean asOwner) {
      return new Statements(catalog, function)
          .all().stream()
              .flatMap(statement -> Write.of(catalog, function, statement).stream())
              .filter(write -> write.command() != 'd' && !write.isCounting())
              .map(
                  write ->
                      new Copy(
                          this,
                          write.into(),
                          asOwner && catalog.isExempt(function.owner(), write.into()),
                          write.isUpdate()))
              .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    @Override
    public String toString() {
      return "%s %s %s".formatted(table, kind, Names.readable(name));
    }
  }

  /**
   * What is copied into where.
   *
   * @param isByOwner whether whoever writes the copy is held by no policy there
   * @param isUpdate whether it is written into rows that are there, perhaps for everybody
   */
  private record Copy(Source source, Relation into, boolean isByOwner, boolean isUpdate) {
    String mend(String mend) {
      return isUpdate
          ? Findings.commented("write into it what everybody may read, or", mend)
          : mend;
    }
  }

  private static void copied(Catalog catalog, Findings.Of findings, Copy copy) {
    Relation into = copy.into();
    Source source = copy.source();
    String object = source.toString();
    if (!into.isTable() || into.equals(source.table())) {
      return;
    }
    if (!into.hasRls()) {
      throughViews(catalog, findings, copy, object);
    }
    Reach reach = catalog.reach(into, "SELECT");
    if (reach.isNobody()) {
      return;
    }
    List<Policy> open =
        catalog.policies(into).stream()
            .filter(p -> into.hasRls() && p.isPermissive() && p.isFor('r'))
            .filter(p -> AlwaysTrue.isTrue(p, p.using()))
            .filter(p -> reach.people().stream().anyMatch(who -> catalog.isFor(p, who)))
            .toList();
    if (!open.isEmpty()) {
      findings.error(
          object,
          "%s can read in %s what others write into %s: the %s copies it, and the policy %s there is true whatever the row."
              .formatted(reach.who(), into, source.table(), source.kind(), open.get(0).name()),
          copy.mend(open.stream().map(Policy::drop).collect(Collectors.joining("\n"))));
    }
    if (!into.hasRls()) {
      findings.error(
          object,
          "%s can read in %s what others write into %s: the %s copies it, and no policy is there."
              .formatted(reach.who(), into, source.table(), source.kind()),
          copy.mend(
              copy.isByOwner()
                  ? "ALTER TABLE %s ENABLE ROW LEVEL SECURITY;".formatted(into.quoted())
                  : catalog.revoke(reach, into.quoted()))); // a policy would refuse the copying
    }
  }

  /** Views that read the copy as their owner, and show it to all alike. */
  private static void throughViews(
      Catalog catalog, Findings.Of findings, Copy copy, String object) {
    for (Relation view : catalog.readers(copy.into())) {
      boolean isOpen =
          (view.kind() == 'm' || (view.isView() && !view.isInvoker()))
              && !NAMING.matcher(catalog.definition(view)).find();
      Reach reach = isOpen ? catalog.reach(view, "SELECT") : new Reach(List.of(), List.of());
      if (!reach.isNobody()) {
        findings.error(
            object,
            "%s can read through %s what others write into %s: the %s copies it into %s."
                .formatted(
                    reach.who(), view, copy.source().table(), copy.source().kind(), copy.into()),
            catalog.revoke(reach, view.quoted()));
      }
    }
  }

  private static final Pattern NAMING =
      Pattern.compile("\\b(?:current_user|session_user)\\b", Pattern.CASE_INSENSITIVE);

  /** By policies of its own, or by those of what it is a part of. */
  private static boolean isGuarded(Catalog catalog, Relation table) {
    return table.reported() && (table.hasRls() || TableWithoutRls.isChildOfGuarded(catalog, table));
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
