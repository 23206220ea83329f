package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A volatile function in a policy: it is called anew for each row, and no index is used for what it
 * answers.
 */
final class VolatileInPolicy implements Rule {
  @Override
  public String id() {
    return "policy-volatile";
  }

  @Override
  public String manual() {
    return "xfunc-volatility.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Policy policy : catalog.policies()) {
      List<Person> held = catalog.heldBy(policy);
      if (held.isEmpty()) {
        continue;
      }
      policy.functions().stream()
          .filter(function -> isPerRow(policy, function))
          .flatMap(function -> Inlining.called(catalog, function).stream())
          .distinct()
          .filter(function -> function.volatility() == 'v' && !writes(function))
          .forEach(
              function ->
                  findings.slow(
                      "function " + function,
                      "Each query of %s on %s calls %s for each row, and no index helps: it is VOLATILE, as functions are that don't say."
                          .formatted(Person.names(held), policy.table(), function),
                      "ALTER %s STABLE;".formatted(function.quoted()),
                      policy.table(),
                      held.get(0),
                      ""));
    }
  }

  private static boolean isPerRow(Policy policy, Function function) {
    return Stream.of(policy.using(), policy.check())
        .flatMap(Optional::stream)
        .anyMatch(expression -> Inlining.isPerRow(expression, function));
  }

  private static final Pattern WRITING =
      Pattern.compile(
          "\\b(?:insert\\s+into|update\\s+[\\w.\"]+\\s|delete\\s+from|merge\\s+into|truncate|copy|lock"
              + "|nextval|setval|set_config|pg_notify|notify|create|alter|drop)\\b",
          Pattern.CASE_INSENSITIVE);

  /** What writes can't be STABLE. */
  private static boolean writes(Function function) {
    return WRITING.matcher(FunctionText.code(function)).find();
  }
}
