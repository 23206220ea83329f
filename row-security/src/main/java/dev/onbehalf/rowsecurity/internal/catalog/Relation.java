package dev.onbehalf.rowsecurity.internal.catalog;

import java.sql.Array;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code pg_class}, with its columns.
 *
 * @param kind {@code relkind}: r table, p partitioned, v view, m materialized view, f foreign
 *     table, S sequence
 * @param options {@code reloptions}
 * @param rows as the planner thinks, -1 if nobody has counted
 * @param reported whether it is in the scope's schemas, and no extension's
 */
public record Relation(
    long oid,
    String schema,
    String name,
    char kind,
    long owner,
    boolean hasRls,
    boolean isForced,
    boolean isPartition,
    List<String> options,
    double rows,
    boolean reported,
    List<Column> columns) {

  /**
   * A row of {@code pg_attribute}.
   *
   * @param expression the default or how it is generated; empty without
   * @param isGenerated as an identity, always, or from an expression: nobody writes anything there
   */
  public record Column(
      int number,
      String name,
      String type,
      boolean notNull,
      boolean isGenerated,
      String expression) {
    /** The default without quotes and type, if it is a constant. */
    public String constant() {
      return expression.replaceFirst("(?s)^'(.*)'(?:::.*)?$", "$1");
    }

    /**
     * Whether values come out of a sequence or at random, and so mean nothing. What is generated
     * from other columns means what they do.
     */
    public boolean isSurrogate() {
      if (isGenerated) {
        return expression.isEmpty(); // an identity
      }
      String source = expression.toLowerCase(Locale.ROOT);
      return type.equals("uuid")
          || source.contains("nextval(")
          || source.contains("gen_random_")
          || source.contains("random()")
          || source.contains("uuidv")
          || source.contains("uuid_generate_");
    }
  }

  /** By its number, of which there is one in a snapshot. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Relation relation && relation.oid == oid;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(oid);
  }

  /** A table that can be under Row-Level Security. */
  public boolean isTable() {
    return kind == 'r' || kind == 'p';
  }

  public boolean isView() {
    return kind == 'v';
  }

  /** Whether a view is checked as who asks, not as its owner. */
  public boolean isInvoker() {
    return isOn("security_invoker");
  }

  /** Whether a view's own conditions come before those of who asks. */
  public boolean isBarrier() {
    return isOn("security_barrier");
  }

  /**
   * Whether a view's conditions are asked of new rows: {@code local}, its own; {@code cascaded},
   * those of the views below, too; empty, none.
   */
  public String checkOption() {
    return options.stream()
        .map(text -> text.toLowerCase(Locale.ROOT))
        .filter(text -> text.startsWith("check_option="))
        .map(text -> text.substring("check_option=".length()))
        .findFirst()
        .orElse("");
  }

  private boolean isOn(String option) {
    return options.stream()
        .filter(text -> text.startsWith(option + "="))
        .anyMatch(text -> !Switch.isOff(text.substring(option.length() + 1)));
  }

  public Optional<Column> column(String column) {
    return columns.stream().filter(c -> c.name().equals(column)).findFirst();
  }

  public Optional<Column> column(int number) {
    return columns.stream().filter(c -> c.number() == number).findFirst();
  }

  /** The columns of some numbers; empty for what is none. */
  List<String> names(Array numbers) throws SQLException {
    return Stream.of((Long[]) numbers.getArray())
        .map(number -> column(number.intValue()).map(Column::name).orElse(""))
        .toList();
  }

  /** For SQL. */
  public String quoted() {
    return Names.quoted(schema) + "." + Names.quoted(name);
  }

  /** For people. */
  @Override
  public String toString() {
    return Names.readable(schema) + "." + Names.readable(name);
  }
}
