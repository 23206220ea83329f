package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.Finding;
import dev.onbehalf.rowsecurity.Severity;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what rules find; not thread-safe. */
public final class Findings {
  private static final String MANUAL = "https://www.postgresql.org/docs/current/";

  /** A finding, and for what is slow: of which table the plan is wanted, as whom. */
  static final class Draft {
    final Finding finding;
    final @Nullable Relation table;
    final @Nullable Person person;

    /** A condition of the question whose plan is shown; empty for the whole table. */
    final String where;

    String plan = "";

    Draft(Finding finding, @Nullable Relation table, @Nullable Person person, String where) {
      this.finding = finding;
      this.table = table;
      this.person = person;
      this.where = where;
    }

    Finding done() {
      return new Finding(
          finding.id(),
          finding.severity(),
          finding.object(),
          finding.sentence(),
          finding.mend(),
          finding.manual(),
          plan);
    }
  }

  private final List<Draft> drafts = new ArrayList<>();

  /** Where one rule puts what it finds. */
  public Of of(Rule rule) {
    return new Of(rule);
  }

  List<Draft> drafts() {
    return drafts;
  }

  /** A mend that is one of two: which it is to be, nobody knows but who wrote what is there. */
  static String commented(String first, String mend) {
    return "-- %s:\n-- %s".formatted(first, mend.replace("\n", "\n-- "));
  }

  /** The most severe first, then by id and object. */
  public List<Finding> sorted() {
    return drafts.stream()
        .map(Draft::done)
        .distinct()
        .sorted(
            Comparator.comparing(Finding::severity)
                .thenComparing(Finding::id)
                .thenComparing(Finding::object))
        .toList();
  }

  /** One rule's. */
  public final class Of {
    private final Rule rule;

    private Of(Rule rule) {
      this.rule = rule;
    }

    /** Somebody can do what they should not, today. */
    public void error(Object object, String sentence, String mend) {
      add(Severity.ERROR, object, sentence, mend);
    }

    /** Somebody could, given something likely. */
    public void warning(Object object, String sentence, String mend) {
      add(Severity.WARNING, object, sentence, mend);
    }

    /** What is written is not what happens. */
    public void note(Object object, String sentence, String mend) {
      add(Severity.NOTE, object, sentence, mend);
    }

    /** It costs time: the plan of reading the table is shown with it. */
    public void slow(
        Object object, String sentence, String mend, Relation table, Person person, String where) {
      drafts.add(
          new Draft(finding(Severity.WARNING, object, sentence, mend), table, person, where));
    }

    private void add(Severity severity, Object object, String sentence, String mend) {
      drafts.add(new Draft(finding(severity, object, sentence, mend), null, null, ""));
    }

    private Finding finding(Severity severity, Object object, String sentence, String mend) {
      return new Finding(
          rule.id(),
          severity,
          Names.visible(object.toString()),
          Names.visible(sentence),
          mend,
          MANUAL + rule.manual(),
          "");
    }
  }
}
