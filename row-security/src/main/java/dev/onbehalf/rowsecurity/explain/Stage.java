package dev.onbehalf.rowsecurity.explain;

import dev.onbehalf.rowsecurity.explain.Check.On;
import dev.onbehalf.rowsecurity.explain.Outcome.When;
import dev.onbehalf.rowsecurity.explain.Policies.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One condition that the server puts on a command, as get_row_security_policies() of PostgreSQL
 * makes it (the manual has it as a table under CREATE POLICY, "Policies Applied by Command Type"):
 * permissive policies are joined by OR, and without any of them there is nothing; each restrictive
 * one is a condition more.
 *
 * @param usesCheck whether WITH CHECK counts; else USING alone does
 */
record Stage(Command policiesFor, On on, boolean usesCheck, Verdict failure) {

  /** In the order of their effect: what hides a row comes before what refuses one. */
  static List<Stage> of(Question question) {
    List<Stage> stages = new ArrayList<>();
    Command command = question.command();
    // The statement's WHERE reads the row, so policies for SELECT apply to any command that has
    // one.
    boolean reads = command.findsRow() || question.returning();
    if (command.findsRow()) {
      stages.add(new Stage(Command.SELECT, On.ROW_AS_IT_IS, false, Verdict.HIDDEN));
    }
    if (command == Command.UPDATE || command == Command.DELETE) {
      stages.add(new Stage(command, On.ROW_AS_IT_IS, false, Verdict.HIDDEN));
    }
    if (command.leavesRow()) {
      stages.add(new Stage(command, On.ROW_AS_PROPOSED, true, Verdict.REFUSED));
    }
    if (command.leavesRow() && reads) {
      stages.add(new Stage(Command.SELECT, On.ROW_AS_PROPOSED, false, Verdict.REFUSED));
    }
    return stages;
  }

  @Nullable String expression(Policy policy) {
    return usesCheck ? policy.checkOrUsing() : policy.using();
  }

  private List<Policy> of(List<Policy> policies, boolean permissive) {
    return policies.stream()
        .filter(policy -> policy.isFor(policiesFor) && policy.permissive() == permissive)
        .toList();
  }

  /** All that must be known to say what it comes to, and why. */
  void addTo(Evaluation evaluation, List<Policy> policies) {
    for (Policy policy : policies) {
      String expression = expression(policy);
      if (policy.isFor(policiesFor) && expression != null) {
        evaluation.add(Expression.parse(expression));
      }
    }
    String together = Evaluation.together(of(policies, true), this::expression);
    if (!together.isEmpty()) {
      evaluation.add(Expression.parse(together));
    }
  }

  Check check(Evaluation evaluation, List<Policy> policies, RolePaths paths) {
    List<PolicyResult> results =
        policies.stream()
            .filter(policy -> policy.isFor(policiesFor))
            .map(policy -> result(policy, evaluation, paths))
            .toList();
    return new Check(policiesFor, on, failure, comesTo(evaluation, policies), results);
  }

  private PolicyResult result(Policy policy, Evaluation evaluation, RolePaths paths) {
    String expression = expression(policy);
    return new PolicyResult(
        policy.name(),
        policy.command().equals("*") ? "ALL" : commandName(policy.command()),
        policy.permissive(),
        policy.roles(),
        chain(policy, paths),
        expression == null ? null : evaluation.part(Expression.parse(expression)));
  }

  private static String commandName(String code) {
    for (Command command : Command.values()) {
      if (command.code.equals(code)) {
        return command.name();
      }
    }
    return code;
  }

  private static List<String> chain(Policy policy, RolePaths paths) {
    if (policy.roles().contains("PUBLIC")) {
      return List.of("PUBLIC");
    }
    return policy.roles().stream()
        .map(paths::inherited)
        .flatMap(chain -> Optional.ofNullable(chain).stream())
        .findFirst()
        .orElse(List.of());
  }

  private Verdict comesTo(Evaluation evaluation, List<Policy> policies) {
    List<Outcome> inOrder = conditions(evaluation, policies);
    if (inOrder.isEmpty()) {
      return failure;
    }
    for (Outcome outcome : inOrder) {
      if (outcome.error() != null && outcome.error().when() == When.NOT_EVALUATED) {
        return Verdict.UNKNOWN;
      }
    }
    return Stream.concat(
            inOrder.stream().filter(each -> !isAtStart(each)),
            inOrder.stream().filter(Stage::isAtStart))
        .filter(each -> !each.isTrue())
        .findFirst()
        .map(each -> each.error() != null ? of(each.error()) : failure)
        .orElse(Verdict.ALLOWED);
  }

  /** Last, for the server plans before it looks: where it can't begin, this is not asked. */
  private static boolean isAtStart(Outcome outcome) {
    return outcome.error() != null && outcome.error().when() == When.AT_START;
  }

  static Verdict of(Outcome.Failure error) {
    return error.state().equals("42501") ? Verdict.REFUSED : Verdict.FAILS;
  }

  /** What the server's conditions came to, in the server's order. */
  List<Outcome> conditions(Evaluation evaluation, List<Policy> policies) {
    return conditionTexts(policies).stream().map(evaluation::outcome).toList();
  }

  /**
   * The server's conditions in the server's order: of what hides a row the restrictive ones come
   * first, of what refuses one the permissive. Empty if there is no permissive one, for then the
   * server looks at none.
   */
  List<String> conditionTexts(List<Policy> policies) {
    String together = Evaluation.together(of(policies, true), this::expression);
    if (together.isEmpty()) {
      return List.of();
    }
    List<String> conditions = new ArrayList<>();
    for (Policy policy : of(policies, false)) {
      String expression = expression(policy);
      if (expression != null) {
        conditions.add(Expression.parse(expression).text());
      }
    }
    conditions.add(
        failure == Verdict.HIDDEN ? conditions.size() : 0, Expression.parse(together).text());
    return conditions;
  }
}
