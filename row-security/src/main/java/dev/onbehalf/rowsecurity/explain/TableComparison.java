package dev.onbehalf.rowsecurity.explain;

import dev.onbehalf.rowsecurity.explain.Comparison.PolicyCount;
import dev.onbehalf.rowsecurity.explain.Comparison.View;
import dev.onbehalf.rowsecurity.explain.Policies.Policy;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares what two people see of one table. The number of rows is the server's; what each policy
 * does is counted over the first rows, as the person.
 */
final class TableComparison {
  private static final int MOST_ROWS = 10_000;
  private static final int PORTION = 500;

  private final Subject first;
  private final Subject second;
  private final RowText rows;

  private TableComparison(Subject first, Subject second) throws SQLException {
    this.first = first;
    this.second = second;
    if (!first.facts().asker().reads()) {
      throw CannotAskException.mayNotRead(first.facts());
    }
    this.rows = RowText.some(first.session(), first.facts(), MOST_ROWS);
  }

  static Comparison.Table of(Subject first, Subject second) throws SQLException {
    return new TableComparison(first, second).compare();
  }

  private Comparison.Table compare() throws SQLException {
    TableName table = first.facts().table().name();
    long all =
        first.session().list("SELECT count(*) FROM " + table.sql(), row -> row.getLong(1)).get(0);
    View firstView = view(first);
    View secondView = view(second);
    List<PolicyCount> policies = policies();
    return new Comparison.Table(
        table,
        all,
        rows.texts().size(),
        firstView,
        secondView,
        policies,
        differences(firstView, secondView, policies));
  }

  private static View view(Subject subject) throws SQLException {
    TableName table = subject.facts().table().name();
    String any = subject.facts().columns().get(0).name();
    String readable =
        subject.facts().columns().stream()
            .filter(Facts.Column::select)
            .map(Facts.Column::name)
            .findFirst()
            .orElse(any);
    List<Right> rights =
        subject
            .rights()
            .of(
                Question.of(
                    subject.facts().person().name(), Command.SELECT, table, Map.of(readable, "")));
    try {
      long rows =
          subject
              .person()
              .query("SELECT pg_catalog.count(*) FROM " + table.sql(), row -> row.getLong(1))
              .get(0);
      return new View(rows, null, rights, subject.status());
    } catch (CannotAskException e) {
      throw e;
    } catch (SQLException e) {
      return new View(null, Outcome.sentence(e), rights, subject.status());
    }
  }

  private List<PolicyCount> policies() throws SQLException {
    Map<String, Policy> firsts = forSelect(first);
    Map<String, Policy> seconds = forSelect(second);
    Map<String, Long> firstCounts = counts(first, firsts);
    Map<String, Long> secondCounts = counts(second, seconds);
    TreeSet<String> names = new TreeSet<>(firsts.keySet());
    names.addAll(seconds.keySet());
    List<PolicyCount> counts = new ArrayList<>();
    for (String name : names) {
      Policy policy = firsts.getOrDefault(name, seconds.get(name));
      if (policy != null) {
        counts.add(
            new PolicyCount(
                name,
                policy.permissive(),
                shown(policy.using()),
                firstCounts.get(name),
                secondCounts.get(name)));
      }
    }
    return counts;
  }

  private static @Nullable String shown(@Nullable String expression) {
    return expression == null ? null : Expression.shown(Expression.parse(expression).text());
  }

  /** None for whom no policy binds. */
  private static Map<String, Policy> forSelect(Subject subject) throws SQLException {
    Map<String, Policy> policies = new HashMap<>();
    if (subject.status().applies()) {
      for (Policy policy : subject.policies()) {
        if (policy.isFor(Command.SELECT)) {
          policies.put(policy.name(), policy);
        }
      }
    }
    return policies;
  }

  private Map<String, Long> counts(Subject subject, Map<String, Policy> policies)
      throws SQLException {
    List<String> names =
        policies.entrySet().stream()
            .filter(policy -> policy.getValue().using() != null)
            .map(Map.Entry::getKey)
            .toList();
    List<String> expressions =
        names.stream()
            .map(name -> "count(*) FILTER (WHERE %s)".formatted(using(policies, name)))
            .map(expression -> "pg_catalog." + expression)
            .toList();
    Map<String, Long> counts = new HashMap<>();
    names.forEach(name -> counts.put(name, 0L));
    for (RowText portion : rows.portions(PORTION)) {
      List<Outcome> outcomes = subject.person().evaluate(expressions, portion);
      for (int i = 0; i < names.size(); i++) {
        String text = outcomes.get(i).text();
        if (text == null) {
          counts.remove(names.get(i));
        } else {
          counts.computeIfPresent(names.get(i), (name, sum) -> sum + Long.parseLong(text));
        }
      }
    }
    return counts;
  }

  private static String using(Map<String, Policy> policies, String name) {
    Policy policy = policies.get(name);
    return policy == null || policy.using() == null ? "false" : policy.using();
  }

  private List<String> differences(View one, View other, List<PolicyCount> policies)
      throws SQLException {
    List<String> differences = new ArrayList<>();
    missing(first, one, differences);
    missing(second, other, differences);
    if (one.rowSecurity().applies() != other.rowSecurity().applies()) {
      differences.add("Row-Level Security is " + one.rowSecurity().sentence(name(first)));
      differences.add("Row-Level Security is " + other.rowSecurity().sentence(name(second)));
    }
    for (PolicyCount policy : policies) {
      if (!Objects.equals(policy.first(), policy.second())) {
        differences.add(
            "%s policy \"%s\" says %s: true of %s for %s, and of %s for %s"
                .formatted(
                    policy.permissive() ? "permissive" : "restrictive",
                    policy.name(),
                    policy.expression(),
                    rows(policy.first(), first, policy),
                    name(first),
                    rows(policy.second(), second, policy),
                    name(second)));
      }
    }
    return differences;
  }

  private static void missing(Subject subject, View view, List<String> differences) {
    view.rights().stream()
        .filter(right -> !right.held())
        .forEach(right -> differences.add(name(subject) + ": " + right.sentence()));
  }

  private static String rows(@Nullable Long count, Subject subject, PolicyCount policy)
      throws SQLException {
    if (count == null) {
      return forSelect(subject).containsKey(policy.name())
          ? "unknown rows (it could not be counted)"
          : "none (it does not apply)";
    }
    return count == 1 ? "1 row" : count + " rows";
  }

  private static String name(Subject subject) {
    return subject.facts().person().name();
  }
}
