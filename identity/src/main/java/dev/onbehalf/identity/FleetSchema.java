package dev.onbehalf.identity;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables by which instances know of each other: the service principal's own, with rights for
 * nobody else. The row of {@code state} is the lock under which everything is changed; an advisory
 * lock could be taken by whoever can log in.
 */
final class FleetSchema {
  private static final String IS_MADE =
      "SELECT pg_catalog.to_regclass('onbehalf_fleet.members') IS NOT NULL";

  private static final String HAS_SCHEMA =
      "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'onbehalf_fleet')";

  private static final List<String> STATEMENTS =
      List.of(
          """
          CREATE TABLE IF NOT EXISTS onbehalf_fleet.sign_outs (
            id bigint PRIMARY KEY,
            role text NOT NULL,
            told_by text NOT NULL,
            mark text NOT NULL DEFAULT '',
            at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp())
          """,
          """
          CREATE TABLE IF NOT EXISTS onbehalf_fleet.state (
            one boolean PRIMARY KEY DEFAULT true CHECK (one),
            last bigint NOT NULL DEFAULT 0,
            mark text NOT NULL DEFAULT '',
            pruned bigint NOT NULL DEFAULT 0,
            pruned_mark text NOT NULL DEFAULT '',
            bell text NOT NULL
              DEFAULT pg_catalog.replace(pg_catalog.gen_random_uuid()::text, '-', ''))
          """,
          "INSERT INTO onbehalf_fleet.state DEFAULT VALUES ON CONFLICT DO NOTHING",
          """
          CREATE TABLE IF NOT EXISTS onbehalf_fleet.members (
            id text PRIMARY KEY,
            name text NOT NULL,
            pid integer NOT NULL,
            started timestamptz NOT NULL,
            joined timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
            share integer NOT NULL,
            max_connections integer NOT NULL,
            gone timestamptz)
          """);

  /** Whoever has the right to create in the database could have made it first. */
  private static final String OTHERS =
      """
      SELECT EXISTS (SELECT 1
        FROM (SELECT nspowner AS owner, nspacl AS acl FROM pg_catalog.pg_namespace
               WHERE nspname = 'onbehalf_fleet'
              UNION ALL
              SELECT c.relowner, c.relacl FROM pg_catalog.pg_class c
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'onbehalf_fleet') AS it
       WHERE it.owner <> (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user)
          OR EXISTS (SELECT 1 FROM pg_catalog.aclexplode(it.acl) AS granted
                      WHERE granted.grantee <> it.owner))
      """;

  private FleetSchema() {}

  /**
   * Makes what is missing, and looks whose it is.
   *
   * @throws SQLException if others own it or have rights on it, or the right to make it is missing
   */
  static void setUp(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (isTrue(statement, IS_MADE)) { // nobody's lock keeps one waiting who has nothing to do
        requireOwn(statement);
        return;
      }
    }
    try {
      new SetUpTransaction(connection).run(() -> make(connection));
    } catch (SetUpLock.GaveUpException e) {
      throw SetUpLock.explained(e, connection);
    }
  }

  /** Looks before anything is done in it: what others put there could run as the owner. */
  private static boolean make(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      SetUpLock.take(statement);
      if (isTrue(statement, HAS_SCHEMA)) {
        requireOwn(statement);
      } else {
        SetUpLock.execute("CREATE SCHEMA onbehalf_fleet", statement);
      }
      for (String sql : STATEMENTS) {
        SetUpLock.execute(sql, statement);
      }
      requireOwn(statement); // default privileges could have given rights
      return true;
    }
  }

  private static void requireOwn(Statement statement) throws SQLException {
    if (isTrue(statement, OTHERS)) {
      throw new SQLException(
          "The schema onbehalf_fleet is not the service principal's alone: somebody else owns it, or a table in it, or has a right on one. Drop it, or take those rights back",
          "42501");
    }
  }

  private static boolean isTrue(Statement statement, String question) throws SQLException {
    try (ResultSet row = statement.executeQuery(question)) {
      row.next();
      return row.getBoolean(1);
    }
  }
}
