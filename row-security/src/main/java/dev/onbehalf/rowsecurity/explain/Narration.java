package dev.onbehalf.rowsecurity.explain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Explanations in words. */
final class Narration {
  private Narration() {}

  static String headline(
      Question question,
      Verdict verdict,
      List<Right> rights,
      RowSecurityStatus status,
      List<Check> checks,
      List<String> notes) {
    String person = question.person();
    String row = question.row();
    Command command = question.command();
    return switch (verdict) {
      case NO_SUCH_ROW -> "There is no row %s.".formatted(row);
      case NOT_SEEN ->
          "No row %s is seen: there is none, or it is not for whoever asks to see.".formatted(row);
      case UNKNOWN ->
          "Whether %s %s %s could not be found out%s."
              .formatted(person, command.does, row, listed(notes));
      case ALLOWED ->
          "%s %s %s: %s.".formatted(person, command.does, row, whyAllowed(person, status, checks));
      case HIDDEN ->
          command == Command.SELECT
              ? "%s does not see %s: %s.".formatted(person, row, whyNot(person, checks))
              : "%s %s %s, and no error says so: %s."
                  .formatted(person, command.doesNot, row, whyNot(person, checks));
      case REFUSED ->
          "%s %s %s: %s."
              .formatted(
                  person, command.doesNot, row, whyRefused(person, rights, status, checks, notes));
      case FAILS ->
          "%s %s %s: %s.".formatted(person, command.doesNot, row, whyFails(person, checks, notes));
    };
  }

  private static String listed(List<String> notes) {
    return notes.isEmpty() ? "" : ": " + String.join("; ", notes);
  }

  private static String whyAllowed(String person, RowSecurityStatus status, List<Check> checks) {
    if (!status.applies()) {
      return "Row-Level Security is " + status.sentence(person);
    }
    String admitting =
        checks.stream()
            .flatMap(check -> admitting(check).stream())
            .distinct()
            .collect(Collectors.joining("; and "));
    return admitting.isEmpty() ? "the server says so" : admitting;
  }

  private static Optional<String> admitting(Check check) {
    return check.policies().stream()
        .filter(policy -> policy.permissive() && admits(policy))
        .findFirst()
        .map(Narration::says);
  }

  private static String whyRefused(
      String person,
      List<Right> rights,
      RowSecurityStatus status,
      List<Check> checks,
      List<String> notes) {
    String missing =
        rights.stream()
            .filter(right -> !right.held())
            .map(Right::sentence)
            .collect(Collectors.joining("; "));
    if (!missing.isEmpty()) {
      return missing;
    }
    if (status.applies() && status.settingOff()) {
      return "Row-Level Security is " + status.sentence(person);
    }
    return whyFails(person, checks, notes);
  }

  private static String whyFails(String person, List<Check> checks, List<String> notes) {
    return notes.stream()
        .filter(note -> note.startsWith("Whatever the row is"))
        .findFirst()
        .orElseGet(() -> whyNot(person, checks));
  }

  private static String whyNot(String person, List<Check> checks) {
    Check failed = checks.stream().filter(check -> !check.passes()).findFirst().orElse(null);
    if (failed == null) {
      return "the server says so";
    }
    List<PolicyResult> restrictive =
        failed.policies().stream()
            .filter(policy -> !policy.permissive())
            .filter(policy -> policy.condition() != null && !policy.condition().value().isTrue())
            .toList();
    List<PolicyResult> permissive =
        failed.policies().stream().filter(PolicyResult::permissive).toList();
    boolean none = permissive.stream().noneMatch(Narration::admits);
    String which = failed.on() == Check.On.ROW_AS_PROPOSED ? "of the row as it would be, " : "";
    if (permissive.isEmpty()) {
      return which
          + "no permissive policy for %s applies to %s, so no row is admitted"
              .formatted(failed.policiesFor(), person);
    }
    return which
        + (none ? permissive : restrictive)
            .stream().map(Narration::says).collect(Collectors.joining("; and "));
  }

  private static boolean admits(PolicyResult policy) {
    return policy.condition() != null && policy.condition().value().isTrue();
  }

  /** {@code policy "own" says created_by = current_user; created_by is a, current_user is b}. */
  private static String says(PolicyResult policy) {
    Part condition = policy.condition();
    if (condition == null) {
      return "policy \"%s\" says nothing of it".formatted(policy.name());
    }
    List<Part> reasons = condition.reasons();
    Map<String, @Nullable String> operands = new LinkedHashMap<>();
    reasons.forEach(part -> operands.putAll(part.operands()));
    String expressions =
        reasons.stream().map(Part::expression).distinct().collect(Collectors.joining(" and "));
    String values = operands.isEmpty() ? "" : "; " + Question.listed(operands, " is ");
    String error = condition.value().error() == null ? "" : "; it ends in " + condition.value();
    return "%spolicy \"%s\" says %s%s%s"
        .formatted(
            policy.permissive() ? "" : "restrictive ",
            policy.name(),
            condition.parts().isEmpty()
                ? condition.expression()
                : condition.expression()
                    + ", of which "
                    + expressions
                    + (reasons.size() == 1 ? " is " : " are ")
                    + reasons.get(0).value().word(),
            values,
            error);
  }

  static String text(Explanation why) {
    List<String> lines = new ArrayList<>();
    lines.add(why.headline());
    lines.add("");
    lines.add("Statement: " + why.statement());
    lines.add("Verdict: " + why.verdict());
    lines.add("Grants");
    why.rights().forEach(right -> lines.add("  " + right.sentence()));
    lines.add("Row-Level Security: " + why.rowSecurity().sentence(why.question().person()));
    for (Check check : why.checks()) {
      lines.add(
          "Policies for %s, on %s: %s"
              .formatted(
                  check.policiesFor(), check.on().words, check.passes() ? "passed" : "not passed"));
      if (check.policies().stream().noneMatch(PolicyResult::permissive)) {
        lines.add("  no permissive policy applies, so no row is admitted");
      }
      check.policies().forEach(policy -> policy(policy, lines));
    }
    lines.add("The server, " + why.server().asked().words + ": " + server(why));
    why.notes().forEach(note -> lines.add("Note: " + note));
    return String.join("\n", lines) + "\n";
  }

  private static String server(Explanation why) {
    if (why.server().verdict() == null) {
      return why.server().detail();
    }
    return (why.server().agreesWith(why.verdict()) ? "the same" : "something else")
        + ", "
        + why.server().detail();
  }

  private static void policy(PolicyResult policy, List<String> lines) {
    lines.add("  " + policy.title());
    if (policy.condition() == null) {
      lines.add("    has no expression for this");
    } else {
      part(policy.condition(), "    ", lines);
    }
  }

  private static void part(Part part, String indent, List<String> lines) {
    String operands =
        part.operands().isEmpty() ? "" : "; " + Question.listed(part.operands(), " is ");
    lines.add(indent + part.expression() + " is " + part.value() + operands);
    part.parts().forEach(each -> part(each, indent + "  ", lines));
  }
}
