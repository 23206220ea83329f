package dev.onbehalf.servlet;

import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.identity.IssuerUnavailableException;
import dev.onbehalf.identity.NobodyBoundException;
import dev.onbehalf.identity.Platform;
import dev.onbehalf.identity.RoleRefusedException;
import dev.onbehalf.identity.RoleSetup;
import dev.onbehalf.identity.SignOutNotToldException;
import dev.onbehalf.identity.internal.RepeatedWarning;
import dev.onbehalf.pool.ConnectionTimeoutException;
import dev.onbehalf.pool.LoginFailedException;
import dev.onbehalf.pool.RlsBypassException;
import dev.onbehalf.pool.WrongSessionUserException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP answer to what Onbehalf and PostgreSQL refuse, as problem details (RFC 9457) that say
 * what to do. A problem's {@code type} is {@code urn:onbehalf:problem:} and a word that stays the
 * same.
 *
 * <pre>{@code
 * Problems problems = new Problems(database.platform(), "order_users", null);
 * Optional<Problem> answer = problems.of(sqlException);
 * answer.ifPresent(it -> response.setStatus(it.status()));
 * }</pre>
 *
 * <p>Thread-safe. Also logs what an operator should know, and what every request may meet once in
 * half a minute. No answer holds a token.
 */
public final class Problems {
  private static final Logger log = LoggerFactory.getLogger(Problems.class);

  /** Of a login that PostgreSQL was not asked for. */
  private static final String NO_CREDENTIAL = "08004";

  /** One for each of few reasons, so that what one person brings about hides nothing else. */
  private final Map<String, RepeatedWarning> warnings = new ConcurrentHashMap<>();

  private final RepeatedWarning noDatabase = RepeatedWarning.ofError(Problems.class);
  private final RepeatedWarning noCredential = RepeatedWarning.ofError(Problems.class);
  private final RepeatedWarning refused = RepeatedWarning.ofError(Problems.class);
  private final Platform platform;
  private final @Nullable String group;
  private final @Nullable Function<Throwable, Optional<String>> whose;

  /**
   * @param platform how roles are made
   * @param group the role through which people hold their rights, null if none is to be named
   * @param whose as whom a query ran that failed so; empty for the service principal. Null where
   *     that is not known: then nobody is named to whom a right should be given
   */
  public Problems(
      Platform platform,
      @Nullable String group,
      @Nullable Function<Throwable, Optional<String>> whose) {
    this.platform = platform;
    this.group = group;
    this.whose = whose;
  }

  private RepeatedWarning warning(String reason) {
    return warnings.computeIfAbsent(reason, it -> RepeatedWarning.of(Problems.class));
  }

  /**
   * The answer to {@code failure}, or to the nearest of its causes that has one; empty for what is
   * the application's own affair, such as a violated constraint.
   */
  public Optional<Problem> of(Throwable failure) {
    IssuerUnavailableException workspace = cause(failure, IssuerUnavailableException.class);
    if (workspace != null) {
      return Optional.of(of(workspace)); // logged where it was met, once and not for each request
    }
    IdentityException identity = cause(failure, IdentityException.class);
    if (identity != null) {
      return Optional.of(of(identity));
    }
    SignOutNotToldException notTold = cause(failure, SignOutNotToldException.class);
    if (notTold != null) {
      return Optional.of(Problem.tryAgain("sign-out-not-told", notTold.getMessage()));
    }
    ConnectionTimeoutException busy = cause(failure, ConnectionTimeoutException.class);
    if (busy != null) {
      warning(busy.bottleneck().name()).log("A request got no connection: {}", busy.getMessage());
      return Optional.of(timedOut(busy));
    }
    SQLException sql = cause(failure, SQLException.class);
    return sql == null ? Optional.empty() : ofSql(sql, failure);
  }

  /** Who is told to try again tries again, so that is said only where it may help. */
  private Problem of(IssuerUnavailableException e) {
    String issuer = platform.healthName().orElse("issuer");
    String word =
        switch (e.reason()) {
          case UNREACHABLE -> issuer + "-unreachable";
          case FLEET_UNREACHABLE -> "fleet-unreachable";
          case UNTRUSTED -> issuer + "-untrusted";
          case NO_SUCH_ENDPOINT -> "no-such-endpoint";
          case SERVICE_PRINCIPAL_REFUSED -> "service-principal-refused";
          case REQUEST_REFUSED -> issuer + "-refuses-request";
          case ANSWER_UNREADABLE -> issuer + "-answer-unreadable";
        };
    return e.reason().passes()
        ? Problem.tryAgain(word, e.getMessage())
        : Problem.of(Problem.UNAVAILABLE, word, e.getMessage(), null);
  }

  private static Problem of(IdentityException e) {
    int status =
        switch (e.reason()) {
          case MALFORMED -> Problem.BAD_REQUEST;
          case MISSING, TOKEN_REFUSED -> Problem.UNAUTHORIZED;
          case MISMATCH, RESERVED, UNTRUSTED_PROXY, MISSING_SCOPE, NOT_PERMITTED ->
              Problem.FORBIDDEN;
          case BUSY -> Problem.TOO_MANY_REQUESTS;
        };
    String word =
        e.reason() == IdentityException.Reason.MISSING_SCOPE
            ? "missing-scope"
            : "identity-" + e.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
    return Problem.of(status, word, e.getMessage(), null);
  }

  /** By its SQLState (PostgreSQL manual, appendix A). */
  private Optional<Problem> ofSql(SQLException e, Throwable failure) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    if (e instanceof NobodyBoundException nobody) {
      log.error(
          "A query of nobody's: {}", nobody.getMessage(), nobody); // the stack says whose mistake
      return Optional.of(Problem.unexpected());
    }
    if (e instanceof WrongSessionUserException wrong) {
      log.error("A session was not the person's: {}", wrong.getMessage());
      return Optional.of(Problem.unexpected());
    }
    if (e instanceof RlsBypassException bypass) {
      return Optional.of(bypassesRls(bypass));
    }
    boolean isRoleRefused = cause(e, RoleRefusedException.class) != null;
    if (e instanceof LoginFailedException login && isRoleRefused) {
      return Optional.of(noRole(login));
    }
    if (e instanceof LoginFailedException && state.startsWith("28")) {
      refused.log("PostgreSQL does not let the application itself log in: {}", e.getMessage());
      return Optional.of(
          Problem.of(
              Problem.UNAVAILABLE,
              "service-principal-refused",
              "PostgreSQL does not let this application itself log in (%s). Whoever runs it has to look at its log."
                  .formatted(state),
              null));
    }
    if (e instanceof LoginFailedException && state.equals(NO_CREDENTIAL)) {
      noCredential.log("A login had no credential: {}", e.getMessage());
      return Optional.of(Problem.unexpected());
    }
    if (state.equals("42501")) {
      return Optional.of(permissionDenied(e, failure));
    }
    if (state.equals("3D000")) {
      noDatabase.log("There is no such database; does PGDATABASE name it? {}", e.getMessage());
      return Optional.of(
          Problem.tryAgain(
              "database-unreachable",
              "PostgreSQL has no database of the name that this application asks for (3D000)."
                  + " Whoever runs the application has to look at PGDATABASE."));
    }
    if (state.startsWith("08") || state.startsWith("57P") || state.startsWith("53")) {
      warning(state.substring(0, 2)).log("The database is unreachable: {}", e.getMessage());
      return Optional.of(
          Problem.tryAgain(
              "database-unreachable",
              "The database could not be reached (%s). Try again in a few seconds."
                  .formatted(state)));
    }
    return Optional.empty();
  }

  private static Problem timedOut(ConnectionTimeoutException e) {
    String all =
        "%s of %s, %s in use, users waiting: %s"
            .formatted(e.connections(), e.maxConnections(), e.inUse(), e.usersWaiting());
    return switch (e.bottleneck()) {
      case USER_MAXIMUM ->
          busy(
              "None of the %s connections that one person may hold became free in time"
                  .formatted(e.maxConnectionsOfUser()));
      case WAITERS_OF_USER ->
          busy("%s requests of yours wait for a connection already".formatted(e.waitersOfUser()));
      case BUDGET -> busy("No connection to the database became free in time (%s)".formatted(all));
      case SERVER ->
          busy(
              "The database server is full, and no connection became free in time (%s)"
                  .formatted(all));
      case LOGIN ->
          Problem.tryAgain(
              "database-unreachable",
              "No login to the database came to an end in time (%s). Try again in a few seconds."
                  .formatted(all));
    };
  }

  private static Problem busy(String what) {
    return Problem.tryAgain("budget-busy", what + ". Try again in a few seconds.");
  }

  /**
   * PostgreSQL says 28000 or 28P01 for a role that it does not know, as its authentication goes,
   * and the same for a credential that it does not take. As that was fresh and proved, the role is
   * what is missing as a rule.
   */
  private Problem noRole(LoginFailedException e) {
    String user = e.user();
    String sql =
        group == null
            ? platform.createRole(user)
            : platform.createRole(user) + "\n" + RoleSetup.grantRole(group, user);
    return Problem.of(
        Problem.FORBIDDEN,
        "no-role",
        """
        PostgreSQL refuses the login of "%s" (%s). If there is such a role, it is their credential that is not taken, and the server's log says why. If there is none, ask an administrator of the database to run
        %s%s\
        """
            .formatted(user, e.getSQLState(), sql, orByCommand(user)),
        user);
  }

  private String orByCommand(String user) {
    return platform
        .createRoleCommand(user)
        .map(
            command ->
                "\nA command makes the role too%s:\n%s"
                    .formatted(group == null ? "" : ", but not the GRANT", command))
        .orElse("");
  }

  private static Problem bypassesRls(RlsBypassException e) {
    return Problem.of(
        Problem.FORBIDDEN,
        "role-bypasses-rls",
        """
        The role "%s" %s, so it would see everybody's rows. Ask an administrator of the database to run
        %s\
        """
            .formatted(e.user(), e.attribute(), e.remedy()),
        e.user());
  }

  /** What the server says, and what changes it; a policy's refusal has a word of its own. */
  private Problem permissionDenied(SQLException e, Throwable failure) {
    String user = whose == null ? null : whose.apply(failure).orElse(null);
    PSQLException said = cause(e, PSQLException.class);
    ServerErrorMessage error = said == null ? null : said.getServerErrorMessage();
    Refusal refusal =
        error == null
            ? new Refusal.Unexplained()
            : RefusalReader.read(error, FailedStatement.of(failure));
    return Problem.of(
        Problem.FORBIDDEN,
        refusal instanceof Refusal.ByPolicy ? "policy-violation" : "permission-denied",
        "PostgreSQL says: %s. %s"
            .formatted(
                error == null ? e.getMessage() : sentence(error),
                whose == null
                    ? refusal.remedyForWhom()
                    : refusal.remedy(new Refusal.Whose(user, group))),
        user);
  }

  /** The server's own sentences, without the driver's additions. */
  private static String sentence(ServerErrorMessage error) {
    String detail = error.getDetail();
    return detail == null
        ? String.valueOf(error.getMessage())
        : error.getMessage() + ". " + detail.replaceFirst("\\.$", "");
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
