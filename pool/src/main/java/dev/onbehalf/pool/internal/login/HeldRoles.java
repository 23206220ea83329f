package dev.onbehalf.pool.internal.login;

import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The login roles that Row-Level Security holds for certain, as a database had them at one moment.
 * Whoever is not among them has to be asked in person. Immutable.
 */
final class HeldRoles {
  /*
   * Read by one query for everybody, as members are found from the few roles above downwards: with
   * 20,000 roles that costs what a few logins' own questions do. LATERAL with OFFSET 0 keeps to the
   * index on pg_auth_members, where a join would read all of it for each link of the chain. Of
   * pg_database_owner (6171) the database's owner is a member without being listed (22.5).
   *
   * Also asked in person is who may begin their sessions as another role: by a setting for the role,
   * for everybody (setrole 0), or by what runs at login (event triggers, PostgreSQL 17).
   *
   * The names of all roles tell who was there to be judged: a role that has come since is none of
   * them. They take longer to send than all the rest, and are kept for a minute: a name that is
   * missing costs a question, one that is there in vain (its role has gone) nothing.
   */
  private static final String SUSPECTS =
      """
      with recursive roots(id) as (
        select oid from pg_catalog.pg_roles where %s
        union all
        select oid from pg_catalog.pg_roles where rolname operator(pg_catalog.=) any (%s)
        union all
        select pg_catalog.unnest(%s)
      ), above(id) as (
        select id from roots
        union
        select link.member from above, lateral (
          select member from pg_catalog.pg_auth_members where roleid operator(pg_catalog.=) id
          union all
          select datdba from pg_catalog.pg_database
           where id operator(pg_catalog.=) 6171::pg_catalog.oid
             and datname operator(pg_catalog.=) pg_catalog.current_database()
          offset 0) as link
      ), elsewhere(id) as (
        select setrole from pg_catalog.pg_db_role_setting, pg_catalog.unnest(setconfig) as setting
         where pg_catalog.left(pg_catalog.lower(setting), 5) operator(pg_catalog.=) 'role='
      )
      select (select pg_catalog.array_agg(rolname::pg_catalog.text) from pg_catalog.pg_roles
               where oid operator(pg_catalog.=)
                     any (array(select id from above union all select id from elsewhere))),
             exists (select from elsewhere where id operator(pg_catalog.=) 0::pg_catalog.oid)
             or exists (select from pg_catalog.pg_event_trigger
                         where evtevent operator(pg_catalog.=) 'login')""";

  private static final String NAMES =
      "select pg_catalog.array_agg(rolname::pg_catalog.text) from pg_catalog.pg_roles"
          + " where rolcanlogin";

  private static final long NAMES_ARE_KEPT_FOR = Duration.ofMinutes(1).toNanos();

  /** Of all login roles. */
  private record Names(Set<String> names, long readAt) {
    static Names read(Connection connection, long now) throws SQLException {
      return new Names(ReadCommitted.ask(connection, NAMES, row -> strings(row.getArray(1))), now);
    }

    boolean areKept(long now) {
      return now - readAt < NAMES_ARE_KEPT_FOR;
    }
  }

  private final Set<String> tableOwners;
  private final long readAt;
  private final Names names;
  private final boolean allAreSuspects;
  private final Set<String> suspects;

  private HeldRoles(
      Set<String> tableOwners,
      long readAt,
      Names names,
      boolean allAreSuspects,
      Set<String> suspects) {
    this.tableOwners = tableOwners;
    this.readAt = readAt;
    this.names = names;
    this.allAreSuspects = allAreSuspects;
    this.suspects = suspects;
  }

  /**
   * Reads them; one round trip, once in a minute two.
   *
   * @param earlier what was read before, null for nothing
   * @param now before anything is asked
   */
  static HeldRoles read(
      Connection connection, Set<String> tableOwners, @Nullable HeldRoles earlier, long now)
      throws SQLException {
    Names names =
        earlier != null && earlier.names.areKept(now) ? earlier.names : Names.read(connection, now);
    Set<String> owners = Set.copyOf(tableOwners);
    String suspects =
        SUSPECTS.formatted(
            RolesAbove.HAVE_AN_ATTRIBUTE, RolesAbove.names(owners), RolesAbove.PREDEFINED);
    return ReadCommitted.ask(
        connection,
        suspects,
        row -> new HeldRoles(owners, now, names, row.getBoolean(2), strings(row.getArray(1))));
  }

  private static Set<String> strings(@Nullable Array array) throws SQLException {
    return array == null ? Set.of() : Set.of((String[]) array.getArray());
  }

  /** Whether the role was there, and held. */
  boolean hold(String user) {
    return !allAreSuspects && names.names.contains(user) && !suspects.contains(user);
  }

  /** Whether they were read within this time, for these owners. */
  boolean areOf(Set<String> owners, long now, long maxAge) {
    return now - readAt < maxAge && tableOwners.equals(owners);
  }

  boolean areNewerThan(HeldRoles other) {
    return readAt - other.readAt > 0;
  }
}
