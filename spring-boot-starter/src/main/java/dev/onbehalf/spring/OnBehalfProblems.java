package dev.onbehalf.spring;

import dev.onbehalf.lakebase.IdentityException;
import dev.onbehalf.lakebase.RoleSetup;
import dev.onbehalf.lakebase.WorkspaceUnavailableException;
import dev.onbehalf.pool.ConnectionTimeoutException;
import dev.onbehalf.pool.LoginFailedException;
import dev.onbehalf.pool.RlsBypassException;
import dev.onbehalf.pool.WrongSessionUserException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

/**
 * The HTTP answer to what Onbehalf and PostgreSQL refuse, as problem details (RFC 9457) that say
 * what to do. A problem's {@code type} is {@code urn:onbehalf:problem:} and a word that stays the
 * same.
 *
 * <pre>{@code
 * @ExceptionHandler
 * ResponseEntity<?> failed(DataAccessException e) {
 *   return problems.of(e).orElseGet(() -> myOwnAnswer(e));
 * }
 * }</pre>
 *
 * <p>Thread-safe. Also logs what an operator should know. No answer holds a token.
 */
public final class OnBehalfProblems {
  private static final Logger log = LoggerFactory.getLogger(OnBehalfProblems.class);

  private final OnBehalf onBehalf;
  private final String endpoint;
  private final @Nullable String group;

  /**
   * @param endpoint {@code LAKEBASE_ENDPOINT}, where roles are made
   * @param group the role through which people hold their rights, null if none is to be named
   */
  public OnBehalfProblems(OnBehalf onBehalf, String endpoint, @Nullable String group) {
    this.onBehalf = onBehalf;
    this.endpoint = endpoint;
    this.group = group;
  }

  /**
   * The answer to {@code failure}, or to the nearest of its causes that has one; empty for what is
   * the application's own affair, such as a violated constraint.
   */
  public Optional<ResponseEntity<ProblemDetail>> of(Throwable failure) {
    WorkspaceUnavailableException workspace = cause(failure, WorkspaceUnavailableException.class);
    if (workspace != null) {
      log.warn("{}", workspace.getMessage());
      return Optional.of(
          ProblemResponses.tryAgain("workspace-unreachable", workspace.getMessage()));
    }
    IdentityException identity = cause(failure, IdentityException.class);
    if (identity != null) {
      return Optional.of(of(identity));
    }
    ConnectionTimeoutException busy = cause(failure, ConnectionTimeoutException.class);
    if (busy != null) {
      log.warn("{}", busy.getMessage());
      return Optional.of(timedOut(busy));
    }
    SQLException sql = cause(failure, SQLException.class);
    return sql == null ? Optional.empty() : ofSql(sql);
  }

  private static ResponseEntity<ProblemDetail> of(IdentityException e) {
    HttpStatus status =
        switch (e.reason()) {
          case MALFORMED -> HttpStatus.BAD_REQUEST;
          case MISSING, TOKEN_REFUSED -> HttpStatus.UNAUTHORIZED;
          case MISMATCH, RESERVED, UNTRUSTED_PROXY -> HttpStatus.FORBIDDEN;
        };
    String word = "identity-" + e.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
    return ProblemResponses.of(status, word, e.getMessage(), null);
  }

  /** By its SQLState (PostgreSQL manual, appendix A). */
  private Optional<ResponseEntity<ProblemDetail>> ofSql(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    if (e instanceof NobodyBoundException nobody) {
      log.error("{}", nobody.getMessage(), nobody);
      return Optional.of(ProblemResponses.unexpected());
    }
    if (e instanceof WrongSessionUserException wrong) {
      log.error("{}", wrong.getMessage());
      return Optional.of(ProblemResponses.unexpected());
    }
    if (e instanceof RlsBypassException bypass) {
      return Optional.of(bypassesRls(bypass));
    }
    if (e instanceof LoginFailedException login && state.startsWith("28")) {
      return Optional.of(noRole(login));
    }
    if (state.equals("42501")) {
      return Optional.of(permissionDenied(e));
    }
    if (state.equals("3D000")) {
      log.error("There is no such database; does PGDATABASE name it? {}", e.getMessage());
      return Optional.of(
          ProblemResponses.tryAgain(
              "database-unreachable",
              "PostgreSQL has no database of the name that this application asks for (3D000)."
                  + " Whoever runs the application has to look at PGDATABASE."));
    }
    if (state.startsWith("08") || state.startsWith("57P") || state.startsWith("53")) {
      log.warn("The database is unreachable: {}", e.getMessage());
      return Optional.of(
          ProblemResponses.tryAgain(
              "database-unreachable",
              "The database could not be reached (%s). Try again in a few seconds."
                  .formatted(state)));
    }
    return Optional.empty();
  }

  private static ResponseEntity<ProblemDetail> timedOut(ConnectionTimeoutException e) {
    String all =
        "%s of %s, %s in use, users waiting: %s"
            .formatted(e.connections(), e.maxConnections(), e.inUse(), e.usersWaiting());
    return switch (e.bottleneck()) {
      case USER_MAXIMUM ->
          busy(
              "None of the %s connections that one person may hold became free in time"
                  .formatted(e.maxConnectionsOfUser()));
      case BUDGET -> busy("No connection to the database became free in time (%s)".formatted(all));
      case LOGIN ->
          ProblemResponses.tryAgain(
              "database-unreachable",
              "No login to the database came to an end in time (%s). Try again in a few seconds."
                  .formatted(all));
    };
  }

  private static ResponseEntity<ProblemDetail> busy(String what) {
    return ProblemResponses.tryAgain("budget-busy", what + ". Try again in a few seconds.");
  }

  /**
   * PostgreSQL says 28000 or 28P01 for a role that it does not know, as its authentication goes;
   * the credential was fresh and proved, so the role is what is missing.
   */
  private ResponseEntity<ProblemDetail> noRole(LoginFailedException e) {
    String user = e.user();
    String sql =
        group == null
            ? RoleSetup.createRole(user)
            : RoleSetup.createRole(user) + "\n" + RoleSetup.grantRole(group, user);
    return ProblemResponses.of(
        HttpStatus.FORBIDDEN,
        "no-role",
        """
        PostgreSQL lets no role "%s" log in (%s). Ask an administrator of the database to run
        %s
        The Databricks CLI can make the role too%s:
        %s\
        """
            .formatted(
                user,
                e.getSQLState(),
                sql,
                group == null ? "" : ", but not the GRANT",
                RoleSetup.createRoleCommand(endpoint, user)),
        user);
  }

  private static ResponseEntity<ProblemDetail> bypassesRls(RlsBypassException e) {
    return ProblemResponses.of(
        HttpStatus.FORBIDDEN,
        "role-bypasses-rls",
        """
        The role "%s" %s, so it would see everybody's rows. Ask an administrator of the database to run
        %s\
        """
            .formatted(e.user(), e.attribute(), e.remedy()),
        e.user());
  }

  private ResponseEntity<ProblemDetail> permissionDenied(SQLException e) {
    String refusal = "PostgreSQL says: %s.".formatted(serverMessage(e));
    String user = onBehalf.currentUser().orElse(null);
    String remedy;
    if (user == null) {
      remedy = " It is the service principal's own role that lacks the right.";
    } else if (group == null) {
      remedy =
          " If this should be allowed, ask an administrator of the database to grant it to \"%s\"."
              .formatted(user);
    } else {
      remedy =
          " If this should be allowed, ask an administrator of the database to run\n"
              + RoleSetup.grantRole(group, user);
    }
    return ProblemResponses.of(HttpStatus.FORBIDDEN, "permission-denied", refusal + remedy, user);
  }

  /** The server's own sentence, without the driver's additions. */
  private static @Nullable String serverMessage(SQLException e) {
    return e instanceof PSQLException postgres && postgres.getServerErrorMessage() != null
        ? postgres.getServerErrorMessage().getMessage()
        : e.getMessage();
  }

  private static <T extends Throwable> @Nullable T cause(Throwable e, Class<T> type) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }
}
