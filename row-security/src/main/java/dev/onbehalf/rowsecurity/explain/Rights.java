package dev.onbehalf.rowsecurity.explain;

import dev.onbehalf.rowsecurity.explain.Right.Kind;
import dev.onbehalf.rowsecurity.explain.Right.Source;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which rights a question's statement needs, and which grants give them. Whether one is held is the
 * server's word (has_..._privilege); the grants only say from where.
 */
final class Rights {
  private static final String GRANTS =
      """
      SELECT g.object, g.column_name, COALESCE(r.rolname, 'PUBLIC'), g.privilege_type,
        g.grantee = g.owner
      FROM (
        SELECT 'table' AS object, NULL AS column_name, c.relowner AS owner, a.*
        FROM pg_class c, aclexplode(COALESCE(c.relacl, acldefault('r', c.relowner))) a
        WHERE c.oid = ?
        UNION ALL
        SELECT 'table', t.attname, c.relowner, a.*
        FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
        WHERE c.oid = ? AND NOT t.attisdropped
        UNION ALL
        SELECT 'schema', NULL, n.nspowner, a.*
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
          aclexplode(COALESCE(n.nspacl, acldefault('n', n.nspowner))) a
        WHERE c.oid = ?
      ) g LEFT JOIN pg_roles r ON r.oid = g.grantee
      ORDER BY 1, 2 NULLS FIRST, 3\
      """;

  /** What nextval() asks for; an identity column's own sequence is not asked. */
  private static final String SEQUENCES =
      """
      SELECT t.attname, n.nspname, s.relname,
        has_sequence_privilege(?::oid, s.oid, 'USAGE')
          OR has_sequence_privilege(?::oid, s.oid, 'UPDATE')
      FROM pg_attrdef f
      JOIN pg_attribute t ON t.attrelid = f.adrelid AND t.attnum = f.adnum
      JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid
        AND d.refclassid = 'pg_class'::regclass
      JOIN pg_class s ON s.oid = d.refobjid AND s.relkind = 'S'
      JOIN pg_namespace n ON n.oid = s.relnamespace
      WHERE f.adrelid = ? AND t.attidentity = '' AND t.attgenerated = ''
      ORDER BY t.attnum\
      """;

  private record Grant(
      String object, @Nullable String column, String grantee, String privilege, boolean owner) {}

  private record DefaultSequence(String column, TableName name, boolean held) {}

  private final Session session;
  private final Facts facts;
  private final RolePaths paths;
  private final List<Grant> grants;
  private @Nullable List<DefaultSequence> sequences;

  private Rights(Session session, Facts facts, RolePaths paths, List<Grant> grants) {
    this.session = session;
    this.facts = facts;
    this.paths = paths;
    this.grants = grants;
  }

  static Rights read(Session session, Facts facts, RolePaths paths) throws SQLException {
    long oid = facts.table().oid();
    List<Grant> grants =
        session.list(
            GRANTS,
            row ->
                new Grant(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getBoolean(5)),
            oid,
            oid,
            oid);
    return new Rights(session, facts, paths, grants);
  }

  /** In the order in which the server asks for them. */
  List<Right> of(Question question) throws SQLException {
    List<Right> needed = new ArrayList<>();
    needed.add(usage());
    if (question.command() != Command.SELECT) {
      needed.add(on(question.command(), question.proposed().keySet()));
    }
    if (question.returning()) {
      needed.add(on(Command.SELECT, facts.columns().stream().map(Facts.Column::name).toList()));
    } else if (question.command().findsRow()) {
      needed.add(on(Command.SELECT, question.key().keySet()));
    }
    if (question.command() == Command.INSERT) {
      needed.addAll(sequences(question));
    }
    return needed;
  }

  private Right usage() {
    boolean held = facts.person().rights().usage();
    String schema = Names.quoted(facts.table().name().schema());
    return new Right(
        "USAGE",
        "schema " + facts.table().name().schema(),
        held,
        held ? sources("USAGE", grant -> grant.object().equals("schema")) : List.of(),
        held ? List.of() : outOfReach("USAGE", grant -> grant.object().equals("schema")),
        "GRANT USAGE ON SCHEMA %s TO %s".formatted(schema, to()));
  }

  /**
   * @param columns that the statement names; none means that any column will do
   */
  private Right on(Command command, Collection<String> columns) {
    boolean whole = facts.person().rights().on(command);
    Stream<Facts.Column> all = facts.columns().stream();
    boolean held =
        whole
            || (command != Command.DELETE
                && (columns.isEmpty()
                    ? all.anyMatch(column -> column.allows(command))
                    : all.filter(column -> columns.contains(column.name()))
                        .allMatch(column -> column.allows(command))));
    Predicate<Grant> fits =
        grant ->
            grant.object().equals("table")
                && (grant.column() == null
                    || columns.isEmpty()
                    || columns.contains(grant.column()));
    String object = facts.table().name() + (whole || columns.isEmpty() ? "" : listed(columns));
    return new Right(
        command.name(),
        object,
        held,
        held ? sources(command.name(), fits) : List.of(),
        held ? List.of() : outOfReach(command.name(), fits),
        "GRANT %s ON %s TO %s".formatted(command, facts.table().name().sql(), to()));
  }

  private List<DefaultSequence> sequences() throws SQLException {
    List<DefaultSequence> known = sequences;
    if (known == null) {
      long person = facts.person().oid();
      known =
          session.list(
              SEQUENCES,
              row ->
                  new DefaultSequence(
                      row.getString(1),
                      new TableName(row.getString(2), row.getString(3)),
                      row.getBoolean(4)),
              person,
              person,
              facts.table().oid());
      sequences = known;
    }
    return known;
  }

  private List<Right> sequences(Question question) throws SQLException {
    return sequences().stream()
        .filter(sequence -> !question.proposed().containsKey(sequence.column()))
        .map(
            sequence ->
                new Right(
                    "USAGE",
                    "sequence " + sequence.name(),
                    sequence.held(),
                    List.of(),
                    List.of(),
                    "GRANT USAGE ON SEQUENCE %s TO %s".formatted(sequence.name().sql(), to())))
        .toList();
  }

  private String to() {
    return Names.quoted(facts.person().name());
  }

  private static String listed(Collection<String> columns) {
    return columns.stream().sorted().collect(Collectors.joining(", ", " (", ")"));
  }

  private List<Source> sources(String privilege, Predicate<Grant> fits) {
    List<Source> sources = new ArrayList<>();
    if (facts.person().superuser()) {
      sources.add(new Source(Kind.SUPERUSER, List.of(facts.person().name()), List.of()));
    }
    for (Grant grant : grants) {
      List<String> chain =
          grant.grantee().equals("PUBLIC") ? List.of("PUBLIC") : paths.inherited(grant.grantee());
      if (chain != null && grant.privilege().equals(privilege) && fits.test(grant)) {
        sources.add(source(grant, chain));
      }
    }
    for (String predefined : predefined(privilege)) {
      List<String> chain = paths.inherited(predefined);
      if (chain != null) {
        sources.add(new Source(Kind.PREDEFINED_ROLE, chain, List.of()));
      }
    }
    return sources;
  }

  private List<Source> outOfReach(String privilege, Predicate<Grant> fits) {
    List<Source> sources = new ArrayList<>();
    for (Grant grant : grants) {
      List<String> chain = paths.any(grant.grantee());
      if (chain != null
          && paths.inherited(grant.grantee()) == null
          && grant.privilege().equals(privilege)
          && fits.test(grant)) {
        sources.add(source(grant, chain));
      }
    }
    return sources;
  }

  private static Source source(Grant grant, List<String> chain) {
    return new Source(
        grant.owner() ? Kind.OWNER : Kind.GRANT,
        chain,
        grant.column() == null ? List.of() : List.of(grant.column()));
  }

  private static List<String> predefined(String privilege) {
    return switch (privilege) {
      case "USAGE" -> List.of("pg_read_all_data", "pg_write_all_data");
      case "SELECT" -> List.of("pg_read_all_data");
      default -> List.of("pg_write_all_data");
    };
  }
}
