package dev.onbehalf.pool.internal.login;

import static dev.onbehalf.pool.internal.login.RolesAbove.identifier;

import dev.onbehalf.pool.ConnectionFactory;
import dev.onbehalf.pool.RlsBypassException;
import dev.onbehalf.pool.WrongSessionUserException;
import dev.onbehalf.pool.internal.login.RolesAbove.Answer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Makes sure whose a new session is, and that Row-Level Security holds it; as a rule without a
 * question. Thread-safe.
 */
final class SessionCheck {
  /*
   * Whose session it is the server reports at login by itself, if the factory hands that over. Whom
   * Row-Level Security holds is known from the last list. Anything but a clear yes to both is asked
   * of the session itself, and nobody is refused by less than its own answer.
   */
  private record Who(String sessionUser, String currentUser) {
    boolean isOnly(String user) {
      return user.equals(sessionUser) && user.equals(currentUser);
    }
  }

  private final ConnectionFactory factory;
  private final KnownRoles roles;

  /**
   * @param maxAge how old the list may be; zero asks each session
   */
  SessionCheck(ConnectionFactory factory, LongSupplier ticker, Duration maxAge) {
    this.factory = factory;
    this.roles = new KnownRoles(ticker, maxAge);
  }

  /**
   * Refuses a session of anyone else.
   *
   * @throws WrongSessionUserException if the role isn't exactly the expected one
   */
  void requireUser(String user, Connection connection) throws SQLException {
    if (!isReported(user, connection)) {
      requireSessionOf(user, ask(connection).sessionUser);
    }
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
    boolean isClear =
        roles.hold(user, connection, tableOwners)
            && (isReported(user, connection) || ask(connection).isOnly(user));
    if (!isClear) {
      Answer answer = RolesAbove.ask(connection, tableOwners);
      requireSessionOf(user, answer.sessionUser());
      refuseWhoIsAbove(user, answer);
    }
  }

  private boolean isReported(String user, Connection connection) throws SQLException {
    return factory.reportedUser(connection).filter(user::equals).isPresent();
  }

  private static Who ask(Connection connection) throws SQLException {
    return ReadCommitted.ask(
        connection,
        "select session_user, current_user",
        row -> new Who(row.getString(1), row.getString(2)));
  }

  private static void requireSessionOf(String expected, String user)
      throws WrongSessionUserException {
    if (!expected.equals(user)) {
      throw new WrongSessionUserException(expected, user);
    }
  }

  private static void refuseWhoIsAbove(String user, Answer answer) throws RlsBypassException {
    String role = identifier(user);
    Optional<String> attribute = answer.attribute();
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
