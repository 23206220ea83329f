package dev.onbehalf.rowsecurity.explain;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of one person, one row and one command.
 *
 * <pre>{@code
 * TableName orders = TableName.parse("shop.orders");
 * Question seen = Question.of("bob@example.com", Command.SELECT, orders, Map.of("id", "42"));
 * Question change = Question.of("bob@example.com", Command.UPDATE, orders, Map.of("id", "42"))
 *     .proposing(Map.of("created_by", "alice@example.com"));
 * }</pre>
 *
 * Values are texts as PostgreSQL reads them for the column's type; null is SQL's. An UPDATE of
 * which nothing is proposed leaves the row as it is. An INSERT has no key: what is not proposed
 * gets the column's default.
 *
 * @param person the role, spelt as in the catalog
 * @param key columns and values that name one row, which the statement's WHERE compares
 * @param proposed columns and values of an INSERT or an UPDATE
 * @param returning whether the statement ends in RETURNING *, or its like
 */
public record Question(
    String person,
    Command command,
    TableName table,
    Map<String, String> key,
    Map<String, @Nullable String> proposed,
    boolean returning) {

  /**
   * @throws IllegalArgumentException if there is a key and nothing to find by it, or the other way
   *     round
   */
  public Question {
    Objects.requireNonNull(person, "person");
    key.values().forEach(value -> Objects.requireNonNull(value, "a key's value"));
    key = Collections.unmodifiableMap(new LinkedHashMap<>(key));
    proposed = Collections.unmodifiableMap(new LinkedHashMap<>(proposed));
    if (command.findsRow() == key.isEmpty()) {
      throw new IllegalArgumentException(
          command.findsRow()
              ? command + " needs a key, such as id=42"
              : "INSERT has no key, it has a proposed row");
    }
    if (!command.leavesRow() && !proposed.isEmpty()) {
      throw new IllegalArgumentException(command + " proposes no values");
    }
  }

  /** A question about a row that is there; for an INSERT the key is empty. */
  public static Question of(
      String person, Command command, TableName table, Map<String, String> key) {
    return new Question(person, command, table, key, Map.of(), false);
  }

  /** The same with these values for the row that an INSERT or UPDATE leaves. */
  public Question proposing(Map<String, @Nullable String> values) {
    return new Question(person, command, table, key, values, returning);
  }

  /** The same with RETURNING, which needs the right to read as well. */
  public Question returningRow() {
    return new Question(person, command, table, key, proposed, true);
  }

  /** {@code shop.orders (id = 42)}. */
  String row() {
    return command.findsRow() ? table + " (" + listed(key, " = ") + ")" : "into " + table;
  }

  static String listed(Map<String, @Nullable String> values, String between) {
    return values.entrySet().stream()
        .map(entry -> entry.getKey() + between + shown(entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  static String shown(@Nullable String value) {
    return value == null ? "null" : value.length() <= 80 ? value : value.substring(0, 77) + "...";
  }
}
