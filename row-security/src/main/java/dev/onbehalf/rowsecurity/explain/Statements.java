package dev.onbehalf.rowsecurity.explain;

import dev.onbehalf.rowsecurity.internal.catalog.Names;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The statement that a question is about: to be read, and to be tried. */
final class Statements {
  private final Question question;
  private final Facts facts;

  Statements(Question question, Facts facts) {
    this.question = question;
    this.facts = facts;
  }

  /** As somebody would write it. */
  String toRead() {
    String table = question.table().toString();
    String where =
        " WHERE "
            + question.key().entrySet().stream()
                .map(entry -> entry.getKey() + " = " + quoted(entry.getValue()))
                .collect(Collectors.joining(" AND "));
    String returning = question.returning() ? " RETURNING *" : "";
    String columns = String.join(", ", question.proposed().keySet());
    return switch (question.command()) {
      case SELECT -> "SELECT " + selected(String::valueOf) + " FROM " + table + where;
      case DELETE -> "DELETE FROM " + table + where + returning;
      case INSERT ->
          "INSERT INTO "
              + table
              + (columns.isEmpty()
                  ? " DEFAULT VALUES"
                  : " (%s) VALUES (%s)"
                      .formatted(
                          columns,
                          question.proposed().values().stream()
                              .map(Statements::quoted)
                              .collect(Collectors.joining(", "))))
              + returning;
      case UPDATE ->
          "UPDATE "
              + table
              + " SET "
              + (columns.isEmpty()
                  ? "a column to what it is"
                  : question.proposed().entrySet().stream()
                      .map(entry -> entry.getKey() + " = " + quoted(entry.getValue()))
                      .collect(Collectors.joining(", ")))
              + where
              + returning;
    };
  }

  private static String quoted(@Nullable String value) {
    return value == null
        ? "NULL"
        : value.matches("[0-9]{1,18}")
            ? value
            : "'" + Question.shown(value).replace("'", "''") + "'";
  }

  private String selected(UnaryOperator<String> name) {
    return question.returning()
        ? "*"
        : question.key().keySet().stream().map(name).collect(Collectors.joining(", "));
  }

  /**
   * As it is sent, safe under any search_path.
   *
   * @param old the row as it is; null for an INSERT
   */
  String toTry(@Nullable RowText old) {
    String table = facts.table().name().sql();
    String where =
        " WHERE "
            + question.key().entrySet().stream()
                .map(
                    entry ->
                        Names.quoted(entry.getKey())
                            + " OPERATOR(pg_catalog.=)"
                            + value(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(" AND "));
    String returning = question.returning() ? " RETURNING *" : "";
    return switch (question.command()) {
      case SELECT -> "SELECT " + selected(Names::quoted) + " FROM " + table + where;
      case DELETE -> "DELETE FROM " + table + where + returning;
      case INSERT -> "INSERT INTO " + table + inserted() + returning;
      case UPDATE -> "UPDATE " + table + " SET " + set(old) + where + returning;
    };
  }

  private String inserted() {
    Map<String, @Nullable String> proposed = question.proposed();
    if (proposed.isEmpty()) {
      return " DEFAULT VALUES";
    }
    return proposed.keySet().stream()
            .map(Names::quoted)
            .collect(Collectors.joining(", ", " (", ")"))
        + proposed.entrySet().stream()
            .map(entry -> value(entry.getKey(), entry.getValue()))
            .collect(Collectors.joining(", ", " VALUES (", ")"));
  }

  private String set(@Nullable RowText old) {
    if (!question.proposed().isEmpty()) {
      return question.proposed().entrySet().stream()
          .map(
              entry ->
                  Names.quoted(entry.getKey()) + " =" + value(entry.getKey(), entry.getValue()))
          .collect(Collectors.joining(", "));
    }
    List<Facts.Column> columns =
        facts.columns().stream()
            .filter(column -> !column.generated() && !column.alwaysIdentity())
            .toList();
    Facts.Column any =
        columns.stream()
            .filter(Facts.Column::update)
            .findFirst()
            .or(() -> columns.stream().findFirst())
            .orElse(facts.columns().get(0));
    String column = Names.quoted(any.name());
    return column + " = " + (old == null ? "NULL" : "(" + old.value() + ")." + column);
  }

  private String value(String column, @Nullable String value) {
    return (value == null ? " NULL" : Sql.literal(value)) + "::" + facts.column(column).type();
  }
}
