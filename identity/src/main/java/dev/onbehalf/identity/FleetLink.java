package dev.onbehalf.identity;

import dev.onbehalf.identity.FleetShares.Member;
import dev.onbehalf.identity.FleetShares.Plan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntUnaryOperator;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * One instance's connection to the others: by its session it is a member, over it it asks and
 * tells. What is asked is one statement each, so that whoever hangs in the middle holds no lock.
 *
 * <p>It listens, too. The bell's name is a secret that stands in a table only, and in no
 * statement's text: whoever knew it could ring without end, and every ring is kept here until it is
 * taken. It says nothing, and is answered by a question to the tables. Used by one thread.
 */
final class FleetLink {
  private static final int MOST_NEWS = 10_000;
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(2);

  /** So many rings at once are nobody's of the fleet. */
  private static final int MOST_RINGS = 1_000;

  private static final long PACE = Duration.ofMillis(20).toNanos();

  /** How long sign-outs are kept. Who was away for longer forgets everybody instead. */
  private static final String KEPT = "interval '10 minutes'";

  /** Longer than who was current when the link broke can take to log in. */
  private static final String GRACE = "interval '3 seconds'";

  private static final String SESSION =
      """
      SET search_path = pg_catalog, pg_temp;
      SET statement_timeout = '5s';
      SET lock_timeout = '2s';
      SET idle_in_transaction_session_timeout = '2s';
      SET default_transaction_isolation = 'read committed';
      SET default_transaction_read_only = off;
      SET synchronous_commit = on;
      SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings
       WHERE name = 'idle_session_timeout'
      """;

  /** With the mark of the number that is known of, where that has been given out. */
  private static final String ASK =
      """
      SELECT f.last, f.mark, f.pruned,
             CASE ? WHEN f.last THEN f.mark WHEN f.pruned THEN f.pruned_mark ELSE k.mark END,
             m.share, s.role
        FROM onbehalf_fleet.state f
        LEFT JOIN onbehalf_fleet.members m
          ON m.id = ? AND m.pid = pg_catalog.pg_backend_pid() AND m.gone IS NULL
        LEFT JOIN onbehalf_fleet.sign_outs k ON k.id = ?
        LEFT JOIN onbehalf_fleet.sign_outs s ON s.id > ? AND s.told_by <> ?
       ORDER BY s.id LIMIT\s"""
          + (MOST_NEWS + 1);

  /**
   * The row's lock lasts until this is committed, so numbers become visible in their order. A
   * failover that loses the latest has them given out again: by its mark a number is known for the
   * same one.
   */
  private static final String TELL =
      """
      WITH turn AS (UPDATE onbehalf_fleet.state
                       SET last = last + 1, mark = pg_catalog.gen_random_uuid()::text
                    RETURNING last, mark)
      INSERT INTO onbehalf_fleet.sign_outs (id, mark, role, told_by)
      SELECT last, mark, ?, ? FROM turn
      """;

  private static final String PRUNE =
      """
      WITH old AS (DELETE FROM onbehalf_fleet.sign_outs
                    WHERE at < pg_catalog.clock_timestamp() - %s RETURNING id, mark),
           top AS (SELECT id, mark FROM old ORDER BY id DESC LIMIT 1)
      UPDATE onbehalf_fleet.state SET pruned = top.id, pruned_mark = top.mark FROM top
       WHERE top.id > pruned
      """
          .formatted(KEPT);

  private static final String MEMBERS =
      """
      SELECT m.id, m.share, m.max_connections, a.pid IS NOT NULL,
             coalesce(pg_catalog.clock_timestamp() - m.gone > %s, false)
               OR m.started < pg_catalog.pg_postmaster_start_time(),
             m.gone IS NOT NULL,
             (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity c
               WHERE c.application_name = m.name)
        FROM onbehalf_fleet.members m
        LEFT JOIN pg_catalog.pg_stat_activity a
          ON a.pid = m.pid AND a.backend_start = m.started AND a.usename = current_user
       ORDER BY m.joined, m.id
      """
          .formatted(GRACE);

  /** Everybody can read what statement a session has run last, so the name is not in it. */
  private static final String LISTEN =
      """
      DO $$BEGIN
        EXECUTE pg_catalog.format('LISTEN %I', (SELECT bell FROM onbehalf_fleet.state));
      END$$
      """;

  private static final String RING =
      "SELECT pg_catalog.pg_notify((SELECT bell FROM onbehalf_fleet.state), '')";

  private static final String LOCK = "SELECT 1 FROM onbehalf_fleet.state FOR UPDATE";

  /** By the name that all see, for by that its connections are counted. */
  private static final String JOIN =
      """
      INSERT INTO onbehalf_fleet.members (id, name, pid, started, share, max_connections)
      SELECT ?, a.application_name, a.pid, a.backend_start, 0, ?
        FROM pg_catalog.pg_stat_activity a
       WHERE a.pid = pg_catalog.pg_backend_pid() AND a.application_name LIKE '%' || ?
      ON CONFLICT (id) DO UPDATE
        SET pid = EXCLUDED.pid, started = EXCLUDED.started, gone = NULL
      """;

  private static final String BURY = "DELETE FROM onbehalf_fleet.members WHERE id = ?";

  /** The link's own place is free when it is closed. */
  private static final String LEAVE =
      """
      UPDATE onbehalf_fleet.members
         SET gone = pg_catalog.clock_timestamp(), share = least(share, ?) WHERE id = ?
      """;

  private static final String MARK =
      "UPDATE onbehalf_fleet.members SET gone = pg_catalog.clock_timestamp() WHERE id = ?";

  private static final String SHARE = "UPDATE onbehalf_fleet.members SET share = ? WHERE id = ?";

  private static final String QUEUE_IS_FULL = "54000";

  /** For a set-up, which waits for a lock longer than for an answer. */
  private static final int JOINING_MILLIS = 10_000;

  private final Connection connection;
  private final String id;
  private final Duration answer;

  /** Whether somebody has rung since the last question began. */
  private boolean rung;

  /**
   * @param latest the last sign-out that is known of
   * @param share of this member; negative if it is none any more
   * @param everybody whether some were missed, so that everybody counts as signed out
   * @param roles who signed out since
   */
  record News(Known latest, int share, boolean everybody, List<String> roles) {}

  /**
   * A sign-out: its number, and what tells it from another one with that number.
   *
   * @param last negative for who knows of nothing yet, and has nobody to forget
   */
  record Known(long last, String mark) {
    static final Known NOTHING = new Known(-1, "");
  }

  /** A step of work that is done whole or not at all. */
  private interface Change {
    void make() throws SQLException;
  }

  /**
   * @param timeout how long callers wait at most: a link that hangs is noticed, and another made,
   *     while they do
   */
  FleetLink(Connection connection, String id, Duration timeout) {
    Duration quarter = timeout.dividedBy(4);
    this.connection = connection;
    this.id = id;
    this.answer = quarter.compareTo(LONGEST_ANSWER) < 0 ? quarter : LONGEST_ANSWER;
  }

  /** Makes this instance a member, with the share that it had, if it was one. */
  void join(int maxConnections) throws SQLException {
    connection.setNetworkTimeout(Runnable::run, JOINING_MILLIS);
    execute(SESSION);
    FleetSchema.setUp(connection);
    connection.setNetworkTimeout(Runnable::run, (int) answer.toMillis());
    execute(LISTEN); // before anything is read
    atOnce(
        () -> {
          long newcomers =
              members().stream()
                  .filter(it -> it.alive() && it.share() == 0 && !it.id().equals(id))
                  .count();
          if (newcomers >= FleetShares.JOINING) {
            throw new SQLException(
                "%s instances are about to join already; this one waits".formatted(newcomers),
                "53300");
          }
          if (update(JOIN, id, maxConnections, id) == 0) {
            throw new SQLException(
                "The application_name that the server shows does not end with this instance's number, %s, so its connections could not be counted"
                    .formatted(id),
                "22023");
          }
        });
    ring();
  }

  /**
   * What happened since.
   *
   * @param known what is known of already
   */
  News ask(Known known) throws SQLException {
    rung = false; // this question answers it
    News news = answered(known);
    takeRings(connection.unwrap(PGConnection.class).getNotifications());
    return news;
  }

  private News answered(Known known) throws SQLException {
    try (PreparedStatement question = connection.prepareStatement(ASK)) {
      long last = known.last();
      question.setLong(1, last);
      question.setString(2, id);
      question.setLong(3, last);
      question.setLong(4, last < 0 ? Long.MAX_VALUE : last);
      question.setString(5, id);
      try (ResultSet row = question.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("The fleet's state is gone", "02000");
        }
        Known latest = new Known(row.getLong(1), row.getString(2));
        boolean isOther = latest.last() < last || !known.mark().equals(row.getString(4));
        boolean missed = last >= 0 && (row.getLong(3) > last || isOther);
        int share = row.getInt(5);
        int own = row.wasNull() ? -1 : share;
        List<String> roles = new ArrayList<>();
        do {
          String role = row.getString(6);
          if (role != null) {
            roles.add(role);
          }
        } while (row.next());
        boolean everybody = missed || roles.size() > MOST_NEWS;
        return new News(latest, own, everybody, everybody ? List.of() : roles);
      }
    }
  }

  /** Returns when a sign-out is committed. */
  void tell(String role) throws SQLException {
    update(TELL, role, id);
  }

  /** Forgets sign-outs that everybody knows of, or can't know of any more. */
  void prune() throws SQLException {
    update(PRUNE);
  }

  /**
   * Tells all that there is something to ask for. People can fill the queue in which that waits;
   * then it is found out without.
   */
  void ring() throws SQLException {
    try {
      execute(RING);
    } catch (SQLException e) {
      if (!QUEUE_IS_FULL.equals(e.getSQLState())) {
        throw e;
      }
    }
  }

  /** Whether somebody has rung; waits for a millisecond. */
  boolean hasRung() throws SQLException {
    if (!rung) {
      takeRings(connection.unwrap(PGConnection.class).getNotifications(1));
    }
    return rung;
  }

  /** Who is always asking takes them too: none is dropped by the driver otherwise. */
  private void takeRings(PGNotification[] rings) throws SQLException {
    if (rings.length > MOST_RINGS) {
      throw new SQLException("Somebody rings the fleet's bell without end", "54000");
    }
    rung |= rings.length > 0;
  }

  /**
   * Gives up what is closed and takes what is free and due.
   *
   * @param held as {@link FleetShares#of} asks for
   */
  Plan balance(IntUnaryOperator held, int minimum) throws SQLException {
    List<Member> seen = members();
    Plan plan = FleetShares.of(seen, id, held, minimum);
    boolean settled =
        seen.stream().allMatch(it -> it.alive() || (it.marked() && !it.over()))
            && seen.stream().anyMatch(it -> it.id().equals(id) && it.share() == plan.share());
    if (settled) {
      return plan;
    }
    Plan[] made = {plan};
    boolean[] changed = {false};
    atOnce(
        () -> {
          List<Member> members = members();
          for (Member member : members) {
            changed[0] |= !member.alive() && bury(member);
          }
          made[0] = FleetShares.of(members, id, held, minimum);
          update(SHARE, made[0].share(), id);
          changed[0] |=
              members.stream().anyMatch(it -> it.id().equals(id) && it.share() > made[0].share());
        });
    if (changed[0]) {
      ring();
    }
    return made[0];
  }

  /** True if its places are others' now. */
  private boolean bury(Member member) throws SQLException {
    if (!member.over()) {
      if (!member.marked()) {
        update(MARK, member.id());
      }
      return false;
    }
    if (member.backends() == 0) {
      update(BURY, member.id());
      return true;
    }
    if (member.rest() < member.share()) {
      update(SHARE, member.rest(), member.id());
      return true;
    }
    return false;
  }

  private List<Member> members() throws SQLException {
    List<Member> members = new ArrayList<>();
    try (PreparedStatement question = connection.prepareStatement(MEMBERS);
        ResultSet row = question.executeQuery()) {
      while (row.next()) {
        members.add(
            new Member(
                row.getString(1),
                row.getInt(2),
                row.getInt(3),
                row.getBoolean(4),
                row.getBoolean(5),
                row.getBoolean(6),
                row.getInt(7)));
      }
    }
    return members;
  }

  private void atOnce(Change change) throws SQLException {
    connection.setAutoCommit(false);
    try {
      execute(LOCK);
      change.make();
      connection.commit();
    } finally {
      connection.rollback(); // without effect after a commit
      connection.setAutoCommit(true);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private int update(String sql, Object... parameters) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      return statement.executeUpdate();
    }
  }

  /**
   * Leaves the others, who get at once what the server counts no more; the rest when it does.
   *
   * @param patience how long connections that were closed may take to end
   */
  void leave(Duration patience) throws SQLException {
    long end = System.nanoTime() + patience.toNanos();
    int left = backends();
    while (left > 1 && end - System.nanoTime() > 0) {
      LockSupport.parkNanos(this, PACE);
      left = backends();
    }
    update(LEAVE, left, id);
    ring();
    connection.close();
  }

  private int backends() throws SQLException {
    return members().stream().filter(it -> it.id().equals(id)).mapToInt(Member::backends).sum();
  }

  /** Without a word. */
  void abort() {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      // it is of no use any more
    }
  }
}
