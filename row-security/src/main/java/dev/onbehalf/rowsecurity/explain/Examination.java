package dev.onbehalf.rowsecurity.explain;

import dev.onbehalf.rowsecurity.explain.Check.On;
import dev.onbehalf.rowsecurity.explain.Policies.Policy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One question's way through the catalog, the row and the policies to the verdict, in the
 * transaction of whoever asks. Used once.
 */
final class Examination {
  private static final String BEFORE_TRIGGERS =
      """
      SELECT t.tgname FROM pg_trigger t
      WHERE t.tgrelid = ? AND NOT t.tgisinternal AND t.tgenabled <> 'D'
        AND t.tgtype & 3 = 3 AND t.tgtype & ?::int <> 0
      ORDER BY 1\
      """;

  private final Session session;
  private final Question question;
  private final PersonConnections connections;
  private final List<String> notes = new ArrayList<>();

  Examination(Session session, Question question, PersonConnections connections) {
    this.session = session;
    this.question = question;
    this.connections = connections;
  }

  Explanation explain() throws SQLException {
    Facts facts = Facts.read(session, question.table(), question.person());
    question.key().keySet().forEach(facts::column);
    question.proposed().keySet().forEach(facts::column);
    RolePaths paths = RolePaths.read(session, facts);
    List<Right> rights = Rights.read(session, facts, paths).of(question);
    PersonSettings settings = PersonSettings.read(session, facts);
    RowSecurityStatus status = status(facts, settings);
    Told told = new Told(facts, rights, status);

    Optional<RowText> old = Optional.empty();
    if (question.command().findsRow()) {
      if (!facts.asker().reads()) {
        return unreadable(told, settings);
      }
      old = row(facts);
      if (old.isEmpty()) {
        return withoutRow(told);
      }
    }
    AsPerson person = AsPerson.of(session, facts, settings, PathDependence.read(session, facts));
    List<Check> checks = List.of();
    Verdict byPolicies = Verdict.ALLOWED;
    noteTriggers(facts);
    if (status.applies()) {
      List<Policy> policies = policies(facts, person);
      Map<On, RowText> rows = rows(facts, person, old.orElse(null));
      Map<On, Evaluation> evaluations = evaluate(facts, person, policies, rows);
      checks =
          Stage.of(question).stream()
              .map(stage -> stage.check(evaluation(evaluations, stage), policies, paths))
              .toList();
      byPolicies = verdict(evaluations, policies, checks);
    }
    ServerAnswer server = server(facts, person, old.orElse(null));
    Verdict verdict = told.verdict(byPolicies);
    if (verdict == Verdict.UNKNOWN && server.verdict() != null) {
      notes.add("Not each policy could be evaluated: the verdict is the server's own");
      verdict = server.verdict();
    }
    return told.explanation(verdict, checks, server);
  }

  private static RowSecurityStatus status(Facts facts, PersonSettings settings) {
    return new RowSecurityStatus(
        facts.table().rowSecurity(),
        facts.table().forced(),
        facts.person().owns() && !facts.person().superuser(),
        facts.person().superuser(),
        facts.person().bypassesRls(),
        settings.rowSecurityIsOff());
  }

  private Optional<RowText> row(Facts facts) throws SQLException {
    List<RowText> rows = RowText.read(session, facts, question.key());
    if (rows.size() > 1) {
      throw new IllegalArgumentException(
          "Several rows of %s have %s: name one by its key"
              .formatted(question.table(), Question.listed(question.key(), " = ")));
    }
    return rows.stream().findAny();
  }

  private Explanation withoutRow(Told told) throws SQLException {
    if (told.facts().asker().bound()) {
      return told.explanation(
          told.verdict(Verdict.NOT_SEEN),
          List.of(),
          ServerAnswer.notAsked("whoever asks does not see such a row"));
    }
    return told.explanation(
        told.verdict(Verdict.NO_SUCH_ROW),
        List.of(),
        ServerAnswer.notAsked("there is no such row"));
  }

  /** The person's own question, who may read some columns only: yes or no, and no values. */
  private Explanation unreadable(Told told, PersonSettings settings) throws SQLException {
    if (!told.facts().asksForThemselves()) {
      throw CannotAskException.mayNotRead(told.facts());
    }
    AsPerson person =
        AsPerson.of(session, told.facts(), settings, PathDependence.read(session, told.facts()));
    Question seen =
        Question.of(question.person(), Command.SELECT, question.table(), question.key());
    ServerAnswer server =
        ServerQuestion.bySetRole(person, new Statements(seen, told.facts()).toTry(null));
    Verdict verdict = server.verdict() == Verdict.HIDDEN ? Verdict.NOT_SEEN : server.verdict();
    if (verdict == Verdict.ALLOWED && question.command() != Command.SELECT) {
      verdict = Verdict.UNKNOWN;
    }
    notes.add("Values are not told: not each column may be read");
    return told.explanation(
        told.verdict(verdict == null ? Verdict.UNKNOWN : verdict), List.of(), server);
  }

  private List<Policy> policies(Facts facts, AsPerson person) throws SQLException {
    List<Policy> policies = Policies.ofPerson(session, facts, person.path());
    for (Policy policy : policies) {
      String texts = policy.using() + " " + policy.check();
      if (texts.contains("current_setting(")) {
        notes.add(
            ("Policy \"%s\" reads a setting: its value here is what the person's sessions begin"
                    + " with, and an application may have set another")
                .formatted(policy.name()));
      }
    }
    if (facts.asker().authorizes() || facts.asksForThemselves()) {
      return policies;
    }
    return policies.stream()
        .map(
            policy ->
                new Policy(
                    policy.name(),
                    policy.command(),
                    policy.permissive(),
                    policy.roles(),
                    theirs(policy.using()),
                    theirs(policy.check())))
        .toList();
  }

  /** SET ROLE leaves session_user as it is. */
  private @Nullable String theirs(@Nullable String expression) {
    return expression == null ? null : Expression.withSessionUser(expression, question.person());
  }

  private Map<On, RowText> rows(Facts facts, AsPerson person, @Nullable RowText old)
      throws SQLException {
    Map<On, RowText> rows = new EnumMap<>(On.class);
    if (old != null) {
      rows.put(On.ROW_AS_IT_IS, old);
    }
    if (question.command().leavesRow()) {
      rows.put(On.ROW_AS_PROPOSED, new ProposedRow(session, facts, person).of(question, old));
    }
    return rows;
  }

  private Map<On, Evaluation> evaluate(
      Facts facts, AsPerson person, List<Policy> policies, Map<On, RowText> rows)
      throws SQLException {
    Map<On, Evaluation> evaluations = new EnumMap<>(On.class);
    for (Map.Entry<On, RowText> row : rows.entrySet()) {
      Evaluation evaluation = new Evaluation(facts);
      for (Stage stage : Stage.of(question)) {
        if (stage.on() == row.getKey()) {
          stage.addTo(evaluation, policies);
        }
      }
      evaluation.run(person, row.getValue());
      evaluations.put(row.getKey(), evaluation);
    }
    return evaluations;
  }

  private static Evaluation evaluation(Map<On, Evaluation> evaluations, Stage stage) {
    Evaluation evaluation = evaluations.get(stage.on());
    if (evaluation == null) {
      throw new IllegalStateException("No row for " + stage);
    }
    return evaluation;
  }

  private Verdict verdict(
      Map<On, Evaluation> evaluations, List<Policy> policies, List<Check> checks) {
    for (Check check : checks) {
      if (check.result() == Verdict.UNKNOWN) {
        return Verdict.UNKNOWN;
      }
    }
    for (Stage stage : Stage.of(question)) {
      Optional<Outcome.Failure> error =
          stage.failsAtStart(evaluation(evaluations, stage), policies);
      if (error.isPresent()) {
        notes.add(
            "Whatever the row is, the command ends in: %s (%s)"
                .formatted(error.get().text(), error.get().state()));
        return Stage.of(error.get());
      }
    }
    return checks.stream()
        .filter(check -> !check.passes())
        .map(Check::result)
        .findFirst()
        .orElse(Verdict.ALLOWED);
  }

  private void noteTriggers(Facts facts) throws SQLException {
    long bit =
        switch (question.command()) {
          case INSERT -> 4;
          case DELETE -> 8;
          case UPDATE -> 16;
          case SELECT -> 0;
        };
    List<String> triggers =
        bit == 0
            ? List.of()
            : session.list(BEFORE_TRIGGERS, row -> row.getString(1), facts.table().oid(), bit);
    if (!triggers.isEmpty()) {
      notes.add(
          "Triggers run before the checks and may change the row or drop it: "
              + String.join(", ", triggers));
    }
  }

  private ServerAnswer server(Facts facts, AsPerson person, @Nullable RowText old)
      throws SQLException {
    String statement = new Statements(question, facts).toTry(old);
    try (Connection own = connections.connect(question.person())) {
      if (own != null) {
        return ServerQuestion.own(own, statement);
      }
    }
    return question.command() == Command.SELECT
        ? ServerQuestion.bySetRole(person, statement)
        : ServerAnswer.notAsked("what changes rows is tried on the person's own connection only");
  }

  /** What is known before any policy is looked at. */
  private final class Told {
    private final Facts facts;
    private final List<Right> rights;
    private final RowSecurityStatus status;

    Told(Facts facts, List<Right> rights, RowSecurityStatus status) {
      this.facts = facts;
      this.rights = rights;
      this.status = status;
    }

    Facts facts() {
      return facts;
    }

    Verdict verdict(Verdict otherwise) {
      boolean refused =
          rights.stream().anyMatch(right -> !right.held())
              || (status.applies() && status.settingOff());
      return refused ? Verdict.REFUSED : otherwise;
    }

    Explanation explanation(Verdict verdict, List<Check> checks, ServerAnswer server) {
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
}
