package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Expression.Change;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * session_user, where current_user is meant: whoever logged in, and not whose rights are in force.
 */
final class SessionUser implements Rule {
  @Override
  public String id() {
    return "policy-session-user";
  }

  @Override
  public String manual() {
    return "functions-info.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Policy policy : catalog.policies()) {
      List<String> parts = new ArrayList<>();
      boolean isFound = false;
      for (boolean isCheck : new boolean[] {false, true}) {
        Optional<Expression> expression = isCheck ? policy.check() : policy.using();
        if (expression.isPresent()) {
          List<Change> changes =
              expression
                  .get()
                  .all(Node.Special.class)
                  .filter(special -> special.name().equals("SESSION_USER"))
                  .map(special -> new Change(special.start(), special.end(), "CURRENT_USER"))
                  .toList();
          isFound |= !changes.isEmpty();
          parts.add(
              "%s (%s)"
                  .formatted(isCheck ? "WITH CHECK" : "USING", expression.get().with(changes)));
        }
      }
      List<Person> held = catalog.heldBy(policy);
      if (isFound && !held.isEmpty()) {
        findings.warning(
            policy,
            "Who becomes %s by SET ROLE still gets the rows of the role that logged in, in %s: the policy asks for session_user."
                .formatted(Person.names(held), policy.table()),
            "%s %s;".formatted(policy.alter(), String.join(" ", parts)));
      }
    }
  }
}
