package dev.onbehalf.rowsecurity.explain;

import dev.onbehalf.rowsecurity.explain.Policies.Policy;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One person and one table: what the catalog says of both, read once in a transaction and used for
 * each question about them. Not thread-safe.
 */
final class Subject {
  private static final String BEFORE_TRIGGERS =
      """
      SELECT t.tgname, t.tgtype FROM pg_trigger t
      WHERE t.tgrelid = ? AND NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgtype & 3 = 3
      ORDER BY 1\
      """;

  private static final String RULES =
      """
      SELECT rulename FROM pg_rewrite
      WHERE ev_class = ? AND ev_type = ? AND ev_enabled NOT IN ('D', 'R') ORDER BY 1\
      """;

  /** One that runs before a row is changed; its events are pg_trigger.tgtype's bits. */
  private record Trigger(String name, int events) {}

  private final Session session;
  private final Facts facts;
  private final RolePaths paths;
  private final Rights rights;
  private final PersonSettings settings;
  private @Nullable AsPerson person;
  private @Nullable ProposedRow proposedRow;
  private @Nullable List<Trigger> triggers;
  private @Nullable List<Policy> policies;

  private Subject(
      Session session, Facts facts, RolePaths paths, Rights rights, PersonSettings settings) {
    this.session = session;
    this.facts = facts;
    this.paths = paths;
    this.rights = rights;
    this.settings = settings;
  }

  static Subject read(Session session, TableName table, String person) throws SQLException {
    Facts facts = Facts.read(session, table, person);
    RolePaths paths = RolePaths.read(session, facts);
    return new Subject(
        session,
        facts,
        paths,
        Rights.read(session, facts, paths),
        PersonSettings.read(session, facts));
  }

  Session session() {
    return session;
  }

  Facts facts() {
    return facts;
  }

  RolePaths paths() {
    return paths;
  }

  Rights rights() {
    return rights;
  }

  RowSecurityStatus status() {
    return new RowSecurityStatus(
        facts.table().rowSecurity(),
        facts.table().forced(),
        facts.person().owns() && !facts.person().superuser(),
        facts.person().superuser(),
        facts.person().bypassesRls(),
        settings.rowSecurityIsOff());
  }

  /**
   * @throws CannotAskException if the asker's session may not become the person's
   */
  AsPerson person() throws SQLException {
    AsPerson known = person;
    if (known == null) {
      known = AsPerson.of(session, facts, settings, PathDependence.read(session, facts));
      person = known;
    }
    return known;
  }

  ProposedRow proposedRow() throws SQLException {
    ProposedRow known = proposedRow;
    if (known == null) {
      known = new ProposedRow(session, facts, person());
      proposedRow = known;
    }
    return known;
  }

  /** Names of triggers that run before a row is changed so. */
  List<String> triggersBefore(Command command) throws SQLException {
    List<Trigger> known = triggers;
    if (known == null) {
      known =
          session.list(
              BEFORE_TRIGGERS,
              row -> new Trigger(row.getString(1), row.getInt(2)),
              facts.table().oid());
      triggers = known;
    }
    int event =
        switch (command) {
          case INSERT -> 4;
          case DELETE -> 8;
          case UPDATE -> 16;
          case SELECT -> 0;
        };
    return known.stream()
        .filter(trigger -> (trigger.events() & event) != 0)
        .map(Trigger::name)
        .toList();
  }

  /** Names of rules by which a command becomes another one. */
  List<String> rulesOn(Command command) throws SQLException {
    String event =
        switch (command) {
          case SELECT -> "1";
          case UPDATE -> "2";
          case INSERT -> "3";
          case DELETE -> "4";
        };
    return session.list(RULES, row -> row.getString(1), facts.table().oid(), event);
  }

  /** What the policies ask for, and the server would answer as it is for the asker. */
  Set<String> serverWouldMistake() throws SQLException {
    if (!status().applies()) {
      return Set.of();
    }
    Set<String> mistaken = new TreeSet<>(person().notTheirs());
    String theirs = Sql.literal(facts.person().name()).strip() + "::pg_catalog.name";
    if (facts.keepsSessionUser()
        && policies().stream().anyMatch(p -> (p.using() + " " + p.check()).contains(theirs))) {
      mistaken.add("session_user");
    }
    return mistaken;
  }

  /** Those that bind the person, with session_user as it would be for them. */
  List<Policy> policies() throws SQLException {
    List<Policy> known = policies;
    if (known == null) {
      known =
          Policies.ofPerson(session, facts, person().path()).stream().map(this::theirs).toList();
      policies = known;
    }
    return known;
  }

  private Policy theirs(Policy policy) {
    return new Policy(
        policy.name(),
        policy.command(),
        policy.permissive(),
        policy.roles(),
        facts.theirs(policy.using()),
        facts.theirs(policy.check()));
  }
}
