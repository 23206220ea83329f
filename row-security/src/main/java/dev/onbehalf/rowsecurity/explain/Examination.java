package dev.onbehalf.rowsecurity.explain;

import dev.onbehalf.rowsecurity.explain.Check.On;
import dev.onbehalf.rowsecurity.explain.Outcome.Failure;
import dev.onbehalf.rowsecurity.explain.Outcome.When;
import dev.onbehalf.rowsecurity.explain.Policies.Policy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One question's way over the row and the policies to the verdict, in the transaction of whoever
 * asks. Used once.
 */
final class Examination {
  /** A setting with a dot in its name, or whose name is worked out. */
  private static final Pattern OF_APPLICATION = Pattern.compile("current_setting\\((?!'[^'.]*')");

  private final Subject subject;
  private final Session session;
  private final Facts facts;
  private final Question question;
  private final PersonConnections connections;
  private final List<Right> rights;
  private final RowSecurityStatus status;
  private final List<Stage> stages;
  private final List<String> notes = new ArrayList<>();

  /**
   * @param subject whom and what the question is about
   */
  Examination(Subject subject, Question question, PersonConnections connections)
      throws SQLException {
    this.subject = subject;
    this.session = subject.session();
    this.facts = subject.facts();
    this.question = question;
    this.connections = connections;
    question.key().keySet().forEach(facts::column);
    question.proposed().keySet().forEach(facts::column);
    this.rights = subject.rights().of(question);
    this.status = subject.status();
    this.stages = Stage.of(question);
  }

  Explanation explain() throws SQLException {
    if (!question.command().findsRow()) {
      return explain(null);
    }
    if (!facts.asker().reads()) {
      return yesOrNo();
    }
    List<RowText> rows = RowText.read(session, facts, question.key());
    if (rows.size() > 1) {
      throw new IllegalArgumentException(
          "Several rows of %s have %s: name one by its key"
              .formatted(question.table(), Question.listed(question.key(), " = ")));
    }
    return rows.isEmpty() ? withoutRow() : explain(rows.get(0));
  }

  private Explanation explain(@Nullable RowText old) throws SQLException {
    noteRules();
    noteTriggers();
    Map<On, Evaluation> evaluations = Map.of();
    List<Check> checks = new ArrayList<>();
    Verdict verdict = orRefused(Verdict.ALLOWED);
    if (status.applies()) {
      noteSettings();
      evaluations = evaluate(rows(old));
      for (Stage stage : stages) {
        checks.add(stage.check(of(evaluations, stage), subject.policies(), subject.paths()));
      }
    }
    Optional<Verdict> atStart = atStart(old);
    if (atStart.isPresent()) {
      verdict = atStart.get();
    } else if (status.applies()) {
      verdict = orRefused(byPolicies(evaluations, checks));
    }
    ServerAnswer server = server(old);
    if (verdict == Verdict.UNKNOWN && server.verdict() != null) {
      notes.add("Not each policy could be evaluated here: the verdict is the server's own");
      verdict = server.verdict();
    }
    return explanation(verdict, List.copyOf(checks), server);
  }

  private Explanation withoutRow() throws SQLException {
    if (facts.asker().bound()) {
      return explanation(
          orRefused(Verdict.NOT_SEEN),
          List.of(),
          ServerAnswer.notAsked("whoever asks does not see such a row"));
    }
    return explanation(
        atStart(null).orElse(orRefused(Verdict.NO_SUCH_ROW)),
        List.of(),
        ServerAnswer.notAsked("there is no such row"));
  }

  /** For the person, who may read some columns only: whether it is seen, and no values. */
  private Explanation yesOrNo() throws SQLException {
    if (!facts.asksForThemselves()) {
      throw CannotAskException.mayNotRead(facts);
    }
    notes.add("Values are not told, for not each column may be read");
    Question seen =
        Question.of(question.person(), Command.SELECT, question.table(), question.key());
    ServerAnswer server =
        ServerQuestion.bySetRole(subject.person(), new Statements(seen, facts).toTry(null));
    Verdict verdict =
        server.verdict() == null || server.verdict() == Verdict.HIDDEN
            ? Verdict.NOT_SEEN
            : server.verdict();
    boolean isOther = verdict == Verdict.ALLOWED && question.command() != Command.SELECT;
    if (isOther || !subject.serverWouldMistake().isEmpty()) {
      verdict = Verdict.UNKNOWN;
    }
    return explanation(orRefused(verdict), List.of(), server);
  }

  private Map<On, RowText> rows(@Nullable RowText old) throws SQLException {
    Map<On, RowText> rows = new EnumMap<>(On.class);
    if (old != null) {
      rows.put(On.ROW_AS_IT_IS, old);
    }
    if (question.command().leavesRow()) {
      rows.put(On.ROW_AS_PROPOSED, subject.proposedRow().of(question, old));
    }
    return rows;
  }

  private Map<On, Evaluation> evaluate(Map<On, RowText> rows) throws SQLException {
    Map<On, Evaluation> evaluations = new EnumMap<>(On.class);
    for (Map.Entry<On, RowText> row : rows.entrySet()) {
      Evaluation evaluation = new Evaluation(facts, row.getValue());
      for (Stage stage : stages) {
        if (stage.on() == row.getKey()) {
          stage.addTo(evaluation, subject.policies());
        }
      }
      evaluation.run(subject.person());
      evaluations.put(row.getKey(), evaluation);
    }
    return evaluations;
  }

  private static Evaluation of(Map<On, Evaluation> evaluations, Stage stage) {
    Evaluation evaluation = evaluations.get(stage.on());
    if (evaluation == null) {
      throw new IllegalStateException("No row for " + stage);
    }
    return evaluation;
  }

  private Verdict byPolicies(Map<On, Evaluation> evaluations, List<Check> checks)
      throws SQLException {
    if (subject.person().pathNotFollowed()) {
      notes.add(
          "A function that the policies call looks names up in the person's search_path, and what is"
              + " there is not run here: ALTER FUNCTION ... SET search_path, or ask with the person's"
              + " own connection");
      return Verdict.UNKNOWN;
    }
    Set<String> notTheirs = subject.person().notTheirs();
    if (!notTheirs.isEmpty()) {
      notes.add(
          ("The policies, or what they read, ask for %s, which is something else here than in the"
                  + " person's sessions: ask with the person's own connection, or as a superuser for"
                  + " session_user and role")
              .formatted(String.join(", ", notTheirs)));
      return Verdict.UNKNOWN;
    }
    if (checks.stream().anyMatch(check -> check.result() == Verdict.UNKNOWN)) {
      return Verdict.UNKNOWN;
    }
    noteOrder(evaluations);
    return checks.stream()
        .filter(check -> !check.passes())
        .map(Check::result)
        .findFirst()
        .orElse(Verdict.ALLOWED);
  }

  /** Conditions that are known to leak nothing may come first, whatever their names are. */
  private void noteOrder(Map<On, Evaluation> evaluations) throws SQLException {
    for (Stage stage : stages) {
      List<Outcome> conditions = stage.conditions(of(evaluations, stage), subject.policies());
      boolean fails =
          conditions.stream()
              .anyMatch(each -> each.error() != null && each.error().when() == When.ON_ROW);
      boolean hides = conditions.stream().anyMatch(each -> each.error() == null && !each.isTrue());
      if (stage.failure() == Verdict.HIDDEN && fails && hides) {
        notes.add(
            "One condition fails and another hides the row: the server chooses which comes first");
        return;
      }
    }
  }

  /**
   * What the command comes to whatever the row is, because the server can't even begin. The server
   * is asked for its plan: its planner knows which conditions it needs, and it finds a recursion
   * before it asks for any right, also where another policy of the table than this command's leads
   * to it (fireRIRrules() of PostgreSQL).
   */
  private Optional<Verdict> atStart(@Nullable RowText old) throws SQLException {
    Optional<Facts.Column> fixed =
        question.proposed().keySet().stream()
            .map(facts::column)
            .filter(column -> column.generated() || column.alwaysIdentity())
            .findFirst();
    if (fixed.isPresent() && facts.person().rights().usage()) {
      notes.add(
          "Whatever the row is, the command ends in an error: nobody says what is in %s, which is generated (428C9)"
              .formatted(fixed.get().name()));
      return Optional.of(Verdict.FAILS);
    }
    if (!status.applies() || status.settingOff()) {
      return Optional.empty();
    }
    AsPerson person = subject.person();
    boolean isTheirs = !person.pathNotFollowed() && person.notTheirs().isEmpty();
    Optional<Failure> failure =
        person
            .whyNotPlanned(new Statements(question, facts).toTry(old))
            .filter(why -> isTheirs || why.isRecursion() || Stage.of(why) == Verdict.REFUSED);
    failure
        .filter(why -> Stage.of(why) == Verdict.FAILS || rights.stream().allMatch(Right::held))
        .ifPresent(
            why ->
                notes.add(
                    "Whatever the row is, the command ends in: %s (%s)"
                        .formatted(why.text(), why.state())));
    return failure.map(Stage::of);
  }

  private void noteSettings() throws SQLException {
    for (Policy policy : subject.policies()) {
      if (OF_APPLICATION.matcher(policy.using() + " " + policy.check()).find()) {
        notes.add(
            ("Policy \"%s\" reads a setting: its value here is what the person's sessions begin"
                    + " with, an empty text perhaps for none, and an application may have set"
                    + " another")
                .formatted(policy.name()));
      }
    }
  }

  private void noteRules() throws SQLException {
    note(
        "Rules put other commands beside this one or in its place, which are not looked into: ",
        subject.rulesOn(question.command()));
  }

  private void noteTriggers() throws SQLException {
    note(
        "Triggers run before the checks and may change the row or drop it: ",
        subject.triggersBefore(question.command()));
  }

  /** If there are any. */
  private void note(String what, List<String> names) {
    if (!names.isEmpty()) {
      notes.add(what + String.join(", ", names));
    }
  }

  private ServerAnswer server(@Nullable RowText old) throws SQLException {
    String statement = new Statements(question, facts).toTry(old);
    Set<String> mistaken = subject.serverWouldMistake();
    try (Connection own = connections.connect(question.person())) {
      if (own != null && Collections.disjoint(mistaken, ServerQuestion.CHANGED)) {
        return ServerQuestion.own(own, statement);
      }
    }
    if (question.command() != Command.SELECT) {
      return ServerAnswer.notAsked(
          "what changes rows is tried on the person's own connection only");
    }
    if (status.applies() && subject.person().pathNotFollowed()) {
      return ServerAnswer.notAsked("the person's search_path is not followed here");
    }
    return mistaken.isEmpty()
        ? ServerQuestion.bySetRole(subject.person(), statement)
        : ServerAnswer.notAsked(
            "a policy reads %s, which is not the person's here"
                .formatted(String.join(", ", mistaken)));
  }

  private Verdict orRefused(Verdict otherwise) {
    boolean refused =
        rights.stream().anyMatch(right -> !right.held())
            || (status.applies() && status.settingOff());
    return refused ? Verdict.REFUSED : otherwise;
  }

  private Explanation explanation(Verdict verdict, List<Check> checks, ServerAnswer server) {
    if (!server.agreesWith(verdict)) {
      notes.add("The server does something else than what is explained: believe the server");
    }
    return new Explanation(
        question,
        verdict,
        Narration.headline(question, verdict, rights, status, checks, notes),
        new Statements(question, facts).toRead(),
        rights,
        status,
        checks,
        server,
        List.copyOf(notes));
  }
}
