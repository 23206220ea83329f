package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Expression.Change;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A name of any length is cut to 63 bytes before it is compared, so that two long ones are one. */
final class CutName implements Rule {
  @Override
  public String id() {
    return "policy-cuts-names";
  }

  @Override
  public String manual() {
    return "datatype-character.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Policy policy : catalog.policies()) {
      List<Person> held = catalog.heldBy(policy);
      if (held.isEmpty()) {
        continue;
      }
      Map<String, Optional<Expression>> both = new LinkedHashMap<>();
      both.put("USING", policy.using());
      both.put("WITH CHECK", policy.check());
      List<String> parts = new ArrayList<>();
      boolean isFound = false;
      for (Map.Entry<String, Optional<Expression>> each : both.entrySet()) {
        if (each.getValue().isPresent()) {
          Expression expression = each.getValue().get();
          List<Change> changes =
              expression
                  .all(Node.Cast.class)
                  .filter(
                      cast ->
                          cast.type().equals("name")
                              && Expression.bare(cast) instanceof Node.Column)
                  .map(
                      cast ->
                          new Change(
                              cast.start(), cast.end(), expression.text(cast.of()) + "::text"))
                  .toList();
          isFound |= !changes.isEmpty();
          parts.add("%s (%s)".formatted(each.getKey(), expression.with(changes)));
        }
      }
      if (isFound) {
        findings.warning(
            policy,
            "%s gets rows of %s whose owner's name is longer than 63 bytes and begins like theirs: the cast to name cuts it."
                .formatted(Person.names(held), policy.table()),
            "%s %s;".formatted(policy.alter(), String.join(" ", parts)));
      }
    }
  }
}
