package dev.onbehalf.playground;

import dev.onbehalf.lakebase.LakebaseSettings;
import dev.onbehalf.lakebase.RoleSetup;
import dev.onbehalf.pool.LoginFailedException;
import dev.onbehalf.pool.RlsBypassException;
import dev.onbehalf.pool.WrongSessionUserException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** The problem details for what PostgreSQL refuses, by its SQLState (PostgreSQL manual, A). */
@Component
class DatabaseProblems {
  private static final Logger log = LoggerFactory.getLogger(DatabaseProblems.class);

  private final LakebaseSettings settings;

  DatabaseProblems(LakebaseSettings settings) {
    this.settings = settings;
  }

  ResponseEntity<ProblemDetail> of(SQLException e, @Nullable String user) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    if (e instanceof WrongSessionUserException wrong) {
      log.error("{}", wrong.getMessage());
      return Problems.unexpected();
    }
    if (e instanceof RlsBypassException bypass) {
      return Problems.respond(bypassesRls(bypass));
    }
    if (e instanceof LoginFailedException login && state.startsWith("28")) {
      return Problems.respond(noRole(login));
    }
    if (state.equals("42501")) {
      return Problems.respond(permissionDenied(e, user));
    }
    if (state.startsWith("08") || state.startsWith("57P") || state.startsWith("53")) {
      log.warn("The database is unreachable: {}", e.getMessage());
      return Problems.tryAgain(
          Problems.problem(
              HttpStatus.SERVICE_UNAVAILABLE,
              "database-unreachable",
              "The database could not be reached (%s). Try again in a few seconds."
                  .formatted(state)));
    }
    log.error("PostgreSQL refused a query ({})", state, e);
    return Problems.unexpected();
  }

  /**
   * PostgreSQL says 28000 or 28P01 for a role that it does not know, as its authentication goes;
   * the credential was fresh and proved, so the role is what is missing.
   */
  private ProblemDetail noRole(LoginFailedException e) {
    String user = e.user();
    ProblemDetail problem =
        Problems.problem(
            HttpStatus.FORBIDDEN,
            "no-role",
            """
            PostgreSQL lets no role "%s" log in (%s). Ask an administrator of the database to run
            %s
            %s
            or, with the Databricks CLI,
            %s\
            """
                .formatted(
                    user,
                    e.getSQLState(),
                    RoleSetup.createRole(user),
                    RoleSetup.grantRole(DatabaseSetUp.GROUP, user),
                    RoleSetup.createRoleCommand(settings.endpoint(), user)));
    problem.setProperty("user", user);
    return problem;
  }

  private static ProblemDetail bypassesRls(RlsBypassException e) {
    ProblemDetail problem =
        Problems.problem(
            HttpStatus.FORBIDDEN,
            "role-bypasses-rls",
            """
            The role "%s" %s, so it would see everybody's rows. Ask an administrator of the database to run
            %s\
            """
                .formatted(e.user(), e.attribute(), e.remedy()));
    problem.setProperty("user", e.user());
    return problem;
  }

  private static ProblemDetail permissionDenied(SQLException e, @Nullable String user) {
    String refusal = "PostgreSQL says: %s.".formatted(serverMessage(e));
    if (user == null) {
      return Problems.problem(
          HttpStatus.FORBIDDEN,
          "permission-denied",
          refusal + " It is the service principal's own role that lacks the right.");
    }
    ProblemDetail problem =
        Problems.problem(
            HttpStatus.FORBIDDEN,
            "permission-denied",
            """
            %s If this should be allowed, ask an administrator of the database to run
            %s\
            """
                .formatted(refusal, RoleSetup.grantRole(DatabaseSetUp.GROUP, user)));
    problem.setProperty("user", user);
    return problem;
  }

  /** The server's own sentence, without the driver's additions. */
  private static @Nullable String serverMessage(SQLException e) {
    return e instanceof PSQLException postgres && postgres.getServerErrorMessage() != null
        ? postgres.getServerErrorMessage().getMessage()
        : e.getMessage();
  }
}
