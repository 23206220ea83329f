package dev.onbehalf.rowsecurity.explain;

import dev.onbehalf.rowsecurity.internal.catalog.Names;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The row that an INSERT or UPDATE would leave: proposed values, else the old row's or the column's
 * default as it is for the person, and generated columns over these. What triggers make of it is
 * not known here.
 */
final class ProposedRow {
  private static final String DEFAULTS =
      """
      SELECT a.attname, pg_get_expr(d.adbin, d.adrelid)
      FROM pg_attrdef d, pg_attribute a, (SELECT set_config('search_path', ?, true) OFFSET 0) path
      WHERE d.adrelid = ? AND a.attrelid = d.adrelid AND a.attnum = d.adnum
      ORDER BY a.attnum\
      """;

  /** With what a row must satisfy to belong there. */
  private static final String LEAVES =
      """
      SELECT relid::oid::text, COALESCE(pg_get_partition_constraintdef(relid), 'true')
      FROM pg_partition_tree(?::oid::regclass) WHERE isleaf\
      """;

  /** What a sequence gives next, without taking it. */
  private static final String NEXT_VALUES =
      """
      SELECT t.attname, COALESCE(q.last_value + q.increment_by, q.start_value)::text
      FROM (
        SELECT d.refobjid AS relation, d.refobjsubid AS number, d.objid AS sequence
        FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
          AND d.deptype = 'i'
        UNION ALL
        SELECT f.adrelid, f.adnum, d.refobjid
        FROM pg_attrdef f JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass
          AND d.objid = f.oid AND d.refclassid = 'pg_class'::regclass
      ) u
      JOIN pg_attribute t ON t.attrelid = u.relation AND t.attnum = u.number
      JOIN pg_class s ON s.oid = u.sequence AND s.relkind = 'S'
      JOIN pg_namespace n ON n.oid = s.relnamespace
      JOIN pg_sequences q ON q.schemaname = n.nspname AND q.sequencename = s.relname
      WHERE u.relation = ?\
      """;

  private final Session session;
  private final Facts facts;
  private final AsPerson person;
  private @Nullable Map<String, String> expressions;
  private @Nullable Map<String, String> nextValues;

  ProposedRow(Session session, Facts facts, AsPerson person) {
    this.session = session;
    this.facts = facts;
    this.person = person;
  }

  /**
   * @throws SQLException also if a value is none of its column's type
   */
  RowText of(Question question, @Nullable RowText old) throws SQLException {
    question.proposed().keySet().forEach(facts::column);
    Map<String, String> expressions = expressions();
    Map<String, String> values = new HashMap<>();
    if (old == null) {
      values.putAll(defaults(question, expressions));
    }
    question.proposed().forEach((column, value) -> values.put(column, value(value)));
    RowText row = row(values, old);

    List<String> generated =
        facts.columns().stream()
            .filter(Facts.Column::generated)
            .map(Facts.Column::name)
            .filter(expressions::containsKey)
            .toList();
    if (generated.isEmpty()) {
      return row;
    }
    List<Outcome> computed =
        person.evaluate(generated.stream().map(expressions::get).toList(), row);
    for (int i = 0; i < generated.size(); i++) {
      values.put(generated.get(i), value(computed.get(i).text()));
    }
    return row(values, old);
  }

  private Map<String, String> expressions() throws SQLException {
    Map<String, String> known = expressions;
    if (known == null) {
      Map<String, String> read = new LinkedHashMap<>();
      session.list(
          DEFAULTS,
          row -> read.put(row.getString(1), String.valueOf(facts.theirs(row.getString(2)))),
          person.path(),
          facts.table().oid());
      session.execute("SET LOCAL search_path = " + Session.SAFE_PATH);
      known = read;
      expressions = read;
    }
    return known;
  }

  private Map<String, String> nextValues() throws SQLException {
    Map<String, String> known = nextValues;
    if (known == null) {
      Map<String, String> read = new HashMap<>();
      session.list(
          NEXT_VALUES,
          row -> read.put(row.getString(1), value(row.getString(2))),
          facts.table().oid());
      known = read;
      nextValues = read;
    }
    return known;
  }

  private Map<String, String> defaults(Question question, Map<String, String> expressions)
      throws SQLException {
    Map<String, String> values = new HashMap<>(nextValues());
    List<String> evaluated =
        facts.columns().stream()
            .filter(column -> !column.generated())
            .map(Facts.Column::name)
            .filter(name -> expressions.containsKey(name))
            .filter(name -> !values.containsKey(name) && !question.proposed().containsKey(name))
            .toList();
    List<Outcome> outcomes =
        person.evaluate(
            evaluated.stream().map(expressions::get).toList(), RowText.none(facts.table().name()));
    for (int i = 0; i < evaluated.size(); i++) {
      values.put(evaluated.get(i), value(outcomes.get(i).text()));
    }
    return values;
  }

  private static String value(@Nullable String text) {
    return text == null ? "NULL" : Sql.literal(text);
  }

  private RowText row(Map<String, String> values, @Nullable RowText old) throws SQLException {
    String columns =
        facts.columns().stream()
            .map(column -> column(column, values, old))
            .collect(Collectors.joining(", "));
    String text =
        session
            .script(
                "SELECT (ROW(%s)::%s)::text%s"
                    .formatted(
                        columns,
                        facts.table().name().sql(),
                        old == null ? "" : " FROM (SELECT " + old.value() + " AS r) AS o"),
                row -> row.getString(1))
            .get(0);
    RowText row = new RowText(facts.table().name(), List.of(text), Map.of());
    Map<String, @Nullable String> system = new HashMap<>();
    system.put("tableoid", partition(row));
    return new RowText(facts.table().name(), List.of(text), system);
  }

  /**
   * Where the server would put it: the table itself, or of its partitions the one; null for none.
   */
  private @Nullable String partition(RowText row) throws SQLException {
    List<String[]> leaves =
        session.list(
            LEAVES,
            leaf -> new String[] {leaf.getString(1), leaf.getString(2)},
            facts.table().oid());
    for (String[] leaf : leaves) {
      String takes = "SELECT (%s)::text%s".formatted(leaf[1], row.from());
      if (session.script(takes, is -> is.getString(1)).contains("true")) {
        return leaf[0];
      }
    }
    return leaves.isEmpty() ? Long.toString(facts.table().oid()) : null;
  }

  private static String column(
      Facts.Column column, Map<String, String> values, @Nullable RowText old) {
    String value = values.get(column.name());
    if (value == null && old != null && !column.generated()) {
      return "(o.r)." + Names.quoted(column.name());
    }
    return (value == null ? "NULL" : value) + "::" + column.type();
  }
}
