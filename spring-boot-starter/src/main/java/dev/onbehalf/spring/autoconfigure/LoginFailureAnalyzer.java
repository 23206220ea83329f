package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.identity.IssuerUnavailableException;
import dev.onbehalf.pool.ConnectionTimeoutException;
import dev.onbehalf.pool.LoginFailedException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.env.Environment;

/**
 * Says at a failed start, as of one that migrates its schema, why the database could not be logged
 * into, in the place of the stacks of all the libraries between.
 */
final class LoginFailureAnalyzer implements FailureAnalyzer {
  private final Environment environment;

  LoginFailureAnalyzer(Environment environment) {
    this.environment = environment;
  }

  @Override
  public @Nullable FailureAnalysis analyze(Throwable failure) {
    LoginFailedException login = cause(failure, LoginFailedException.class);
    IssuerUnavailableException issuer = cause(failure, IssuerUnavailableException.class);
    if (issuer != null) {
      return CredentialsConfiguration.areLakebases(environment)
          ? new FailureAnalysis(ofWorkspace(issuer), action(issuer.reason()), failure)
          : new FailureAnalysis(
              issuer.getMessage() + root(issuer),
              "Look at the properties onbehalf.token-exchange and onbehalf.rds-iam, and at the way to"
                  + " the issuer; the log has its own words.",
              failure);
    }
    if (login != null) {
      return new FailureAnalysis(
          "The application could not log in to its database. " + login.getMessage() + root(login),
          "Look at PGHOST, PGPORT, PGDATABASE, PGUSER and PGSSLROOTCERT, and whether the database"
              + " is running.",
          failure);
    }
    ConnectionTimeoutException timeout = cause(failure, ConnectionTimeoutException.class);
    return timeout == null
        ? null
        : new FailureAnalysis(
            "The application got no connection to its database. " + timeout.getMessage(),
            action(timeout.bottleneck()),
            failure);
  }

  private static String action(ConnectionTimeoutException.Bottleneck bottleneck) {
    return switch (bottleneck) {
      case LOGIN ->
          "Look at PGHOST and PGPORT, at DATABRICKS_HOST or whatever else gives the credentials, and at"
              + " what stands between, which may drop packets in silence. If the database wakes up or"
              + " the machine is slow, let onbehalf.pool.connection-timeout be longer.";
      case SERVER ->
          "Let others have fewer of the server's connections, or give it a higher max_connections.";
      case USER_MAXIMUM, WAITERS_OF_USER, BUDGET ->
          "Look at what takes so many connections at the start, at onbehalf.pool.max-connections and at"
              + " onbehalf.pool.service-principal-max-connections.";
    };
  }

  private static String ofWorkspace(IssuerUnavailableException workspace) {
    return workspace.reason().passes()
        ? "The Databricks workspace could not be asked" + root(workspace)
        : String.valueOf(workspace.getMessage());
  }

  private static String action(IssuerUnavailableException.Reason reason) {
    return switch (reason) {
      case UNREACHABLE ->
          "Look at DATABRICKS_HOST, and at the way there: behind a proxy, set"
              + " onbehalf.workspace.proxy-host and onbehalf.workspace.proxy-port.";
      case FLEET_UNREACHABLE -> "Look at the database, and at the schema onbehalf_fleet in it.";
      case UNTRUSTED -> "Look at DATABRICKS_HOST, and at the trust store of this JVM.";
      case NO_SUCH_ENDPOINT ->
          "Set LAKEBASE_ENDPOINT to the endpoint's resource name, as"
              + " projects/shop/branches/production/endpoints/primary.";
      case SERVICE_PRINCIPAL_REFUSED ->
          "Take DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET from the service principal's page,"
              + " in the workspace that DATABRICKS_HOST names.";
      case REQUEST_REFUSED, ANSWER_UNREADABLE ->
          "Look at DATABRICKS_HOST; the log has the workspace's own words.";
    };
  }

  /** The driver's "connection attempt failed" says less than what it failed with. */
  private static String root(Throwable failure) {
    Throwable root = failure;
    for (Throwable next = failure;
        next != null && next != next.getCause();
        next = next.getCause()) {
      root = next;
    }
    boolean isSaid =
        String.valueOf(failure.getMessage()).contains(String.valueOf(root.getMessage()));
    return isSaid ? "" : " (" + root + ")";
  }

  private static <T extends Throwable> @Nullable T cause(Throwable failure, Class<T> type) {
    for (Throwable e = failure; e != null && e != e.getCause(); e = e.getCause()) {
      if (type.isInstance(e)) {
        return type.cast(e);
      }
    }
    return null;
  }
}
