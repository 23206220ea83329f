package dev.onbehalf.rowsecurity.explain;

import dev.onbehalf.rowsecurity.explain.Outcome.Failure;
import dev.onbehalf.rowsecurity.explain.Outcome.When;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Evaluates expressions as the person, in the transaction of whoever asks. Not thread-safe.
 *
 * <p>The server reads a policy's text when the policy is made, and then runs it with the rights of
 * whoever queries. So here: a statement is prepared by the asker, who may name what is in schemas
 * that are closed to the person, and executed after SET ROLE, so that the tables which it reads are
 * read with the person's grants and policies, and current_user is theirs. A savepoint's rollback
 * gives the asker their role back, whatever happened.
 *
 * <p>A function that a policy calls could give itself the asker's role back while it runs. It
 * belongs to whoever may write policies, and the transaction can't write: but a superuser who asks
 * trusts those who write policies.
 */
final class AsPerson {
  private static final String POINT = "onbehalf_why";
  private static final String READ_ONLY_TRANSACTION = "25006";
  private static final String UNDEFINED_COLUMN = "42703";
  private static final String INSUFFICIENT_PRIVILEGE = "42501";
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  /** A policy wants to write: it needs a transaction that can. */
  static final class WritesException extends RuntimeException {
    WritesException(SQLException cause) {
      super(cause);
    }
  }

  private final Session session;
  private final String become;
  private final Set<String> closedSchemas;
  private final String ownPath;
  private String path = Session.SAFE_PATH;
  private boolean pathNotFollowed;
  private Set<String> notTheirs = Set.of();

  private AsPerson(Session session, String become, Set<String> closedSchemas, String ownPath) {
    this.session = session;
    this.become = become;
    this.closedSchemas = closedSchemas;
    this.ownPath = ownPath;
  }

  /**
   * @throws CannotAskException if the asker's session may not become the person's
   */
  static AsPerson of(Session session, Facts facts, PersonSettings settings, PathDependence leans)
      throws SQLException {
    AsPerson person =
        new AsPerson(
            session, become(facts, settings), leans.closedSchemas(), settings.searchPath());
    person.checkRole(facts);
    if (leans.onSearchPath() && facts.asksForThemselves()) {
      person.takePath();
    }
    person.pathNotFollowed = leans.onSearchPath() && !facts.asksForThemselves();
    person.notTheirs = notTheirs(facts, leans);
    return person;
  }

  /**
   * Whether a function that the policies call looks names up in the person's search_path, which is
   * not followed: what the person put there would run in the session of whoever asks, and could
   * take its rights.
   */
  boolean pathNotFollowed() {
    return pathNotFollowed;
  }

  /**
   * Settings, and names of who it is, that the policies or what they use ask for and that are
   * something else here than in the person's own sessions. For session_user in the policies
   * themselves the person stands in its place.
   */
  Set<String> notTheirs() {
    return notTheirs;
  }

  private static Set<String> notTheirs(Facts facts, PathDependence leans) {
    Set<String> names = new TreeSet<>(leans.settings());
    if (facts.asksForThemselves()) {
      names.retainAll(Session.CHANGED);
    } else if (!facts.keepsSessionUser()) {
      names.removeAll(Set.of("role", "session_authorization"));
    } else if (leans.onSessionUser()) {
      names.add("session_user");
    }
    return names;
  }

  private static String become(Facts facts, PersonSettings settings) {
    if (facts.asksForThemselves()) {
      return "";
    }
    String how = facts.asker().authorizes() ? "SESSION AUTHORIZATION " : "ROLE ";
    return settings.statements()
        + "SET LOCAL row_security = on; SET LOCAL "
        + how
        + Names.quoted(facts.person().name())
        + "; ";
  }

  private void checkRole(Facts facts) throws SQLException {
    try {
      session.execute(
          "SAVEPOINT %1$s; %2$sSELECT; ROLLBACK TO SAVEPOINT %1$s".formatted(POINT, become));
    } catch (SQLException e) {
      undo();
      if (!INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
        throw e;
      }
      throw CannotAskException.mayNotBecome(facts, e);
    }
  }

  /**
   * From here on names are looked up as in the person's own sessions. The path is spelt out, for
   * "$user" and schemas without USAGE are others for the asker: a statement is read anew when the
   * path has changed since it was prepared. Their path is a text of theirs, so it is sent as one.
   */
  private void takePath() throws SQLException {
    List<String> resolved =
        session.script(
            ("SAVEPOINT %1$s; %2$sSELECT pg_catalog.unnest(pg_catalog.current_schemas(false))"
                    + " FROM (SELECT pg_catalog.set_config('search_path',%3$s, true) OFFSET 0) s;"
                    + " ROLLBACK TO SAVEPOINT %1$s")
                .formatted(POINT, become, Sql.literal(ownPath)),
            row -> row.getString(1));
    path =
        IntStream.range(0, resolved.size())
            .mapToObj(i -> Names.quoted(resolved.get(i)) + ", ")
            .collect(Collectors.joining("", "", "pg_temp"));
  }

  /** The search_path under which texts must be written that are evaluated here. */
  String path() {
    return path;
  }

  /**
   * Evaluates each for one row.
   *
   * @param expressions texts as PostgreSQL writes them under {@link #path}
   */
  List<Outcome> evaluate(List<String> expressions, RowText row) throws SQLException {
    if (expressions.isEmpty()) {
      return List.of();
    }
    try {
      return together(expressions, row.from());
    } catch (SQLException e) {
      undo();
      List<Outcome> outcomes = new ArrayList<>();
      for (String expression : expressions) {
        outcomes.add(alone(expression, row));
      }
      return outcomes;
    }
  }

  private List<Outcome> together(List<String> expressions, String from) throws SQLException {
    return session
        .script(
            "SAVEPOINT %1$s; %2$s; %3$sEXECUTE %1$s; ROLLBACK TO SAVEPOINT %1$s; DEALLOCATE %1$s"
                .formatted(POINT, prepare(expressions, from), become),
            row -> {
              List<Outcome> all = new ArrayList<>();
              for (int i = 1; i <= expressions.size(); i++) {
                all.add(new Outcome(row.getString(i), null));
              }
              return all;
            })
        .get(0);
  }

  private String prepare(List<String> expressions, String from) {
    return expressions.stream()
        .map(expression -> "(" + expression + ")::pg_catalog.text")
        .collect(
            Collectors.joining(
                ", ",
                "SET LOCAL search_path = %s; PREPARE %s AS SELECT ".formatted(path, POINT),
                from));
  }

  /** Step by step, to learn where it fails. */
  private Outcome alone(String expression, RowText row) throws SQLException {
    try {
      return stepwise(expression, row.from());
    } catch (UndefinedColumnException e) {
      try {
        return stepwise(expression, row.fromWithSystemColumns());
      } catch (UndefinedColumnException again) {
        return Outcome.failed(When.NOT_EVALUATED, again.cause);
      }
    }
  }

  private static final class UndefinedColumnException extends Exception {
    final SQLException cause;

    UndefinedColumnException(SQLException cause) {
      super(cause);
      this.cause = cause;
    }
  }

  private Outcome stepwise(String expression, String from)
      throws SQLException, UndefinedColumnException {
    try {
      return together(List.of(expression), from).get(0);
    } catch (SQLException e) {
      undo();
      requireReadOnly(e);
      When when = when(expression, from);
      if (when == When.NOT_EVALUATED && UNDEFINED_COLUMN.equals(e.getSQLState())) {
        throw new UndefinedColumnException(e);
      }
      return Outcome.failed(corrected(when, e), e);
    }
  }

  /** At which step of the server's an expression fails that does. */
  private When when(String expression, String from) throws SQLException {
    if (fails(prepare(List.of(expression), from), "SELECT")) {
      return When.NOT_EVALUATED;
    }
    return fails(prepare(List.of(expression), from), "EXPLAIN EXECUTE " + POINT)
        ? When.AT_START
        : When.ON_ROW;
  }

  private boolean fails(String prepare, String then) throws SQLException {
    try {
      session.execute("SAVEPOINT " + POINT + "; " + prepare + "; " + become + then);
      return false;
    } catch (SQLException e) {
      return true;
    } finally {
      undo();
    }
  }

  private When corrected(When when, SQLException e) {
    if (Failure.of(when, e).isRecursion()) {
      return When.AT_START;
    }
    // Read anew, because policies apply to what it reads: now by the person, who may not name it.
    boolean closed =
        INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())
            && closedSchemas.stream().anyMatch(schema -> Outcome.sentence(e).contains(schema));
    return when != When.ON_ROW && closed ? When.NOT_EVALUATED : when;
  }

  /**
   * Runs a query as the person would, names read under their own rights.
   *
   * @param query that reads nothing but by qualified names
   */
  <T> List<T> query(String query, Session.Mapper<T> mapper) throws SQLException {
    try {
      return session.script(
          "SAVEPOINT %1$s; SET LOCAL search_path = %2$s; %3$s%4$s; ROLLBACK TO SAVEPOINT %1$s"
              .formatted(POINT, path, become, query),
          mapper);
    } catch (SQLException e) {
      undo();
      requireReadOnly(e);
      throw e;
    }
  }

  /**
   * Why the server can't begin with a statement of theirs, if it can't. Nothing is run, but the
   * statement's lock is taken: where an index is being made, the question is left unasked.
   */
  Optional<Failure> whyNotPlanned(String statement) throws SQLException {
    try {
      query("SET LOCAL lock_timeout = '1s'; EXPLAIN " + statement, plan -> plan);
      return Optional.empty();
    } catch (SQLException e) {
      return LOCK_NOT_AVAILABLE.equals(e.getSQLState())
          ? Optional.empty()
          : Optional.of(Failure.of(When.AT_START, e));
    }
  }

  private void requireReadOnly(SQLException e) {
    if (READ_ONLY_TRANSACTION.equals(e.getSQLState()) && session.isReadOnly()) {
      throw new WritesException(e);
    }
  }

  private void undo() throws SQLException {
    boolean prepared =
        !session
            .script(
                "ROLLBACK TO SAVEPOINT %1$s; SELECT FROM pg_prepared_statements WHERE name = '%1$s'"
                    .formatted(POINT),
                row -> row)
            .isEmpty();
    if (prepared) {
      session.execute("DEALLOCATE " + POINT);
    }
  }
}
