package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Function;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Policy;
import dev.onbehalf.rowsecurity.internal.catalog.Reach;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.expression.Expression;
import dev.onbehalf.rowsecurity.internal.expression.Expression.Change;
import dev.onbehalf.rowsecurity.internal.expression.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A policy believes a parameter that people can set, itself or in a function that it calls. */
final class SettableParameter implements Rule {
  private static final Set<String> NOT_SETTABLE =
      Set.of("role", "session_authorization", "is_superuser");

  private static final Pattern READ =
      Pattern.compile(
          "\\bcurrent_setting\\s*+\\(\\s*+(?:'([^']*+)'\\s*+(?:::\\s*+text\\s*+)?[,)])?",
          Pattern.CASE_INSENSITIVE);

  /** What search_path says, of the schemas that somebody may use. */
  private static final Pattern SCHEMA =
      Pattern.compile("\\bcurrent_schemas?\\b", Pattern.CASE_INSENSITIVE);

  /** How many functions deep is looked. */
  private static final int DEPTH = 4;

  @Override
  public String id() {
    return "policy-settable";
  }

  @Override
  public String manual() {
    return "functions-admin.html#FUNCTIONS-ADMIN-SET";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    for (Policy policy : catalog.policies()) {
      List<Person> held = catalog.heldBy(policy);
      if (held.isEmpty()) {
        continue;
      }
      Optional<Expression> using = policy.using().map(e -> mended(catalog, policy, e));
      Optional<Expression> check = policy.check().map(e -> mended(catalog, policy, e));
      if (!using.equals(policy.using()) || !check.equals(policy.check())) {
        findings.error(
            policy,
            "%s can choose whose rows of %s they get, by SET of the parameter that the policy %s believes."
                .formatted(Person.names(held), policy.table(), policy.name()),
            policy.alter()
                + using.map(e -> " USING (" + e.text() + ")").orElse("")
                + check.map(e -> " WITH CHECK (" + e.text() + ")").orElse("")
                + ";");
      }
    }
  }

  /**
   * A name is compared with current_user instead; anything else is shut until somebody mends it.
   */
  private static Expression mended(Catalog catalog, Policy policy, Expression expression) {
    List<Change> changes = new ArrayList<>();
    for (Node.Binary binary : expression.comparisons()) {
      for (Node side : List.of(binary.left(), binary.right())) {
        Node other = side.equals(binary.left()) ? binary.right() : binary.left();
        Node inner = Expression.bare(side);
        if (inner instanceof Node.SubSelect select
            && !select.hasFrom()
            && select.parts().size() == 1) {
          inner = Expression.bare(select.parts().get(0));
        }
        boolean isText =
            Expression.bare(other) instanceof Node.Column column
                && policy.table().column(column.name()).filter(c -> isText(c.type())).isPresent();
        if (inner instanceof Node.Call call && isSettable(catalog, policy, call) && isText) {
          changes.add(new Change(side.start(), side.end(), "CURRENT_USER"));
        }
      }
    }
    Expression changed = changes.isEmpty() ? expression : Expression.of(expression.with(changes));
    boolean isLeft =
        changed.all(Node.Call.class).anyMatch(call -> isSettable(catalog, policy, call))
            || (changed.all(Node.Special.class).anyMatch(s -> s.name().equals("CURRENT_SCHEMA"))
                && choosesSchema(catalog))
            || changed
                .all(Node.SubSelect.class)
                .flatMap(select -> select.tables().stream())
                .flatMap(name -> catalog.relation(name).stream())
                .anyMatch(view -> believes(catalog, view, DEPTH));
    return isLeft ? Expression.of("false") : changed;
  }

  private static boolean isText(String type) {
    return type.equals("text") || type.equals("name") || type.startsWith("character varying");
  }

  private static boolean isSettable(Catalog catalog, Policy policy, Node.Call call) {
    if (call.schema().isEmpty() && call.name().equals("current_setting")) {
      return call.parts().isEmpty()
          || !(Expression.bare(call.parts().get(0)) instanceof Node.Constant constant)
          || isSettable(catalog, constant.value());
    } else if (call.schema().isEmpty() && SCHEMA.matcher(call.name()).matches()) {
      return choosesSchema(catalog);
    }
    return policy.functions().stream()
        .filter(f -> f.schema().equals(call.schema()) && f.name().equals(call.name()))
        .anyMatch(function -> believes(catalog, function, DEPTH));
  }

  /** Whether a text reads what people can set, or calls a function that does. */
  private static boolean believes(Catalog catalog, String text, int depth) {
    Matcher read = READ.matcher(text);
    while (read.find()) {
      if (read.group(1) == null || isSettable(catalog, read.group(1))) {
        return true;
      }
    }
    if (depth == 0) {
      return false;
    }
    String lower = text.toLowerCase(Locale.ROOT);
    return catalog.functions().stream()
        .filter(function -> lower.contains(function.name().toLowerCase(Locale.ROOT)))
        .filter(function -> isCalled(lower, function.name().toLowerCase(Locale.ROOT)))
        .filter(function -> !function.source().equals(text))
        .anyMatch(function -> believes(catalog, function, depth - 1));
  }

  private static boolean believes(Catalog catalog, Function function, int depth) {
    return believes(catalog, function.source(), depth)
        || (function.searchPath().isEmpty() && asksSchema(catalog, function.source()));
  }

  private static boolean isCalled(String text, String name) {
    return Pattern.compile("(?<!\\w)\"?" + Pattern.quote(name) + "\"?\\s*+\\(")
        .matcher(text)
        .find();
  }

  private static boolean believes(Catalog catalog, Relation view, int depth) {
    String text = catalog.definition(view);
    return believes(catalog, text, DEPTH)
        || asksSchema(catalog, text)
        || (depth > 0
            && catalog.sources(view).stream()
                .anyMatch(source -> believes(catalog, source, depth - 1)));
  }

  private static boolean asksSchema(Catalog catalog, String text) {
    return SCHEMA.matcher(text).find() && choosesSchema(catalog);
  }

  /** Whether somebody may use more than one schema. */
  private static boolean choosesSchema(Catalog catalog) {
    return catalog.people().all().stream()
        .map(person -> new Reach(List.of(person), List.of()))
        .anyMatch(
            somebody ->
                catalog.schemas().stream()
                        .filter(schema -> !catalog.inSchema(somebody, schema).isNobody())
                        .count()
                    > 1);
  }

  /** One that the server does not know is a name that anybody can set. */
  private static boolean isSettable(Catalog catalog, String parameter) {
    String name = parameter.toLowerCase(Locale.ROOT);
    String context = catalog.snapshot().parameters().getOrDefault(name, "user");
    return !NOT_SETTABLE.contains(name) && context.equals("user");
  }
}
