package dev.onbehalf.rowsecurity.explain;

import dev.onbehalf.rowsecurity.internal.catalog.Names;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a table as texts, and as something that expressions of the table can be evaluated over
 * without the table.
 *
 * @param texts as the table's row type has them; most often one
 * @param system values of system columns, by name, where there is one row
 */
record RowText(TableName table, List<String> texts, Map<String, @Nullable String> system) {
  private static final List<String> SYSTEM_COLUMNS =
      List.of("tableoid", "ctid", "xmin", "xmax", "cmin", "cmax");
  private static final Map<String, String> SYSTEM_TYPES =
      Map.of(
          "tableoid",
          "oid",
          "ctid",
          "tid",
          "xmin",
          "xid",
          "xmax",
          "xid",
          "cmin",
          "cid",
          "cmax",
          "cid");

  /** Nothing to evaluate over: for column defaults. */
  static RowText none(TableName table) {
    return new RowText(table, List.of(), Map.of());
  }

  /** Reads as many as that, in no order. */
  static RowText some(Session session, Facts facts, int limit) throws SQLException {
    List<String> texts =
        session.list(
            "SELECT (t.*)::text FROM %s AS t LIMIT %s".formatted(facts.table().name().sql(), limit),
            row -> row.getString(1));
    return new RowText(facts.table().name(), texts, Map.of());
  }

  /** The same in portions. */
  List<RowText> portions(int size) {
    List<RowText> portions = new ArrayList<>();
    for (int i = 0; i < texts.size(); i += size) {
      portions.add(
          new RowText(table, texts.subList(i, Math.min(i + size, texts.size())), Map.of()));
    }
    return portions;
  }

  /** Reads those that a key names, two at most. */
  static List<RowText> read(Session session, Facts facts, Map<String, String> key)
      throws SQLException {
    List<String> columns = new ArrayList<>(key.keySet());
    String sql =
        "SELECT (t.*)::text, %s FROM %s AS t WHERE %s LIMIT 2"
            .formatted(
                SYSTEM_COLUMNS.stream()
                    .map(column -> "t." + column + "::text")
                    .collect(Collectors.joining(", ")),
                facts.table().name().sql(),
                columns.stream()
                    .map(column -> "t." + Names.quoted(facts.column(column).name()) + " = ?")
                    .collect(Collectors.joining(" AND ")));
    return session.list(
        sql,
        row -> new RowText(facts.table().name(), List.of(row.getString(1)), system(row)),
        columns.stream().map(key::get).toArray());
  }

  private static Map<String, @Nullable String> system(ResultSet row) throws SQLException {
    Map<String, @Nullable String> values = new LinkedHashMap<>();
    for (int i = 0; i < SYSTEM_COLUMNS.size(); i++) {
      values.put(SYSTEM_COLUMNS.get(i), row.getString(i + 2));
    }
    return values;
  }

  /** The row as a value of its type. */
  String value() {
    return value(texts.get(0));
  }

  private String value(String text) {
    return Sql.literal(text) + "::" + table.sql();
  }

  /**
   * A FROM clause with the row under the table's name. From a function, not a subquery: so the
   * whole row has the table's type.
   */
  String from() {
    return texts.isEmpty()
        ? ""
        : " FROM pg_catalog.unnest(ARRAY[%s]) AS %s"
            .formatted(
                texts.stream().map(this::value).collect(Collectors.joining(", ")),
                Names.quoted(table.name()));
  }

  /** The same with ctid and its like, where the whole row is of no type. */
  String fromWithSystemColumns() {
    if (texts.size() != 1) {
      return from();
    }
    String columns =
        SYSTEM_COLUMNS.stream().map(this::systemColumn).collect(Collectors.joining(", "));
    return " FROM (SELECT r.*, %s FROM pg_catalog.unnest(ARRAY[%s]) AS r) AS %s"
        .formatted(columns, value(), Names.quoted(table.name()));
  }

  private String systemColumn(String name) {
    String value = system.get(name);
    return "%s::pg_catalog.%s AS %s"
        .formatted(value == null ? "NULL" : Sql.literal(value), SYSTEM_TYPES.get(name), name);
  }
}
