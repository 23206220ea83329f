package dev.onbehalf.pool.internal;

import static dev.onbehalf.pool.internal.RolesAbove.identifier;

import dev.onbehalf.pool.RlsBypassException;
import dev.onbehalf.pool.WrongSessionUserException;
import dev.onbehalf.pool.internal.RolesAbove.Answer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the server whose a new session is, and whether Row-Level Security holds it; as a rule in one
 * round trip. Whatever else it answers, the session is refused. Thread-safe.
 */
final class SessionCheck {
  /*
   * A fresh backend has empty caches, and to read the one view that shows a role's attributes takes
   * it as long as a third of the login. So the roles above Row-Level Security are read once for all
   * sessions, and each session is asked a question that reads no table: whether a table's policies
   * hold it, and whether it is a member of those roles. What would show a person too much without a
   * word of theirs (superuser, BYPASSRLS, the tables' owner, another role at login) is so asked of
   * the server each time.
   *
   * For what takes SQL of their own (REPLICATION, SET ROLE to one of those roles) the list may be
   * some seconds old. The question also brings the server's count of changes to roles, and the list
   * is read anew when that has moved, or is old, or when the answer is anything but a clear yes.
   *
   * All names are qualified, for ALTER ROLE ... SET search_path lets a role put functions of its
   * own in front of the server's.
   */
  private static final String WHO = "select session_user";

  private static final long MAX_AGE = Duration.ofSeconds(5).toNanos();

  private final LongSupplier ticker;

  /** Null before the first login; any that was read is as good as another of its age. */
  private volatile @Nullable RolesAbove known;

  SessionCheck(LongSupplier ticker) {
    this.ticker = ticker;
  }

  /**
   * Refuses a session of anyone else.
   *
   * @throws WrongSessionUserException if the role isn't exactly the expected one
   */
  void requireUser(String user, Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(WHO)) {
      requireSessionOf(user, row.next() ? row.getString(1) : null);
    }
    endTransaction(connection);
  }

  /**
   * Refuses a session of anyone else, and one that would see every row.
   *
   * @param tableOwners of whom the role may be no member
   * @throws WrongSessionUserException if the role isn't exactly the expected one
   * @throws RlsBypassException naming the reason and the SQL that removes it
   */
  void requireHeldUser(String user, Connection connection, Set<String> tableOwners)
      throws SQLException {
    @Nullable RolesAbove asked = known;
    if (asked == null
        || !asked.areOf(tableOwners, ticker.getAsLong(), MAX_AGE)
        || !isClear(user, asked.ask(connection))) {
      asked = RolesAbove.read(connection, tableOwners, ticker.getAsLong());
      Answer answer = asked.ask(connection);
      requireSessionOf(user, answer.sessionUser());
      refuseWhoIsAbove(user, answer, asked);
      known = asked;
    }
    endTransaction(connection);
  }

  private static boolean isClear(String user, Answer answer) throws WrongSessionUserException {
    requireSessionOf(user, answer.sessionUser());
    return answer.isClear();
  }

  /** A query has begun one, where auto-commit is off. */
  private static void endTransaction(Connection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.rollback();
    }
  }

  private static void requireSessionOf(String expected, @Nullable String user)
      throws WrongSessionUserException {
    if (!expected.equals(user)) {
      throw new WrongSessionUserException(expected, String.valueOf(user));
    }
  }

  /** By roles that were read just now. */
  private static void refuseWhoIsAbove(String user, Answer answer, RolesAbove roles)
      throws RlsBypassException {
    String role = identifier(user);
    Optional<String> attribute = roles.attributeOf(user);
    if (attribute.isPresent()) {
      throw new RlsBypassException(
          user, "has " + attribute.get(), "ALTER ROLE " + role + " NO" + attribute.get() + ";");
    }
    if (answer.owner().isPresent()) {
      String owner = identifier(answer.owner().get());
      throw member(user, "the tables' owner " + owner, owner);
    }
    if (!user.equals(answer.currentUser())) {
      throw new RlsBypassException(
          user,
          "begins its sessions as another role, " + identifier(answer.currentUser()),
          "ALTER ROLE " + role + " RESET role;");
    }
    if (answer.predefined().isPresent()) {
      String predefined = answer.predefined().get();
      throw member(user, predefined, identifier(predefined));
    }
    if (answer.taken().isPresent()) {
      String taken = identifier(answer.taken().get().name());
      throw new RlsBypassException(
          user,
          "may become %s, directly or through other roles, by SET ROLE, and that has %s"
              .formatted(taken, answer.taken().get().attribute()),
          "REVOKE " + taken + " FROM " + role + ";");
    }
  }

  private static RlsBypassException member(String user, String of, String group) {
    return new RlsBypassException(
        user,
        "is a member of " + of + ", directly or through other roles",
        "REVOKE " + group + " FROM " + identifier(user) + ";");
  }
}
