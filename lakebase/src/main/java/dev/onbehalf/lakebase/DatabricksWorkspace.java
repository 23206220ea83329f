package dev.onbehalf.lakebase;

import com.databricks.sdk.core.ApiClient;
import com.databricks.sdk.core.DatabricksConfig;
import com.databricks.sdk.core.DatabricksError;
import com.databricks.sdk.core.DatabricksException;
import com.databricks.sdk.core.utils.SystemTimer;
import com.databricks.sdk.service.iam.CurrentUserAPI;
import com.databricks.sdk.service.iam.MeRequest;
import com.databricks.sdk.service.iam.User;
import com.databricks.sdk.service.postgres.DatabaseCredential;
import com.databricks.sdk.service.postgres.GenerateDatabaseCredentialRequest;
import com.databricks.sdk.service.postgres.PostgresAPI;
import com.google.protobuf.Timestamp;
import dev.onbehalf.lakebase.IdentityException.Reason;
import dev.onbehalf.pool.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The questions that we ask a workspace, through the official SDK.
 *
 * <p>A {@code WorkspaceClient} of its own for each person would fetch the workspace's discovery
 * documents each time, two calls more. So there is one configuration, the service principal's,
 * resolved once, at the first question; a call for a person borrows its HTTP client and host, and
 * carries that person's token and nothing else. A person's call can't fall back to the service
 * principal: the SDK's own search for credentials has no part in it.
 *
 * <p>Thread-safe. Every call blocks, {@link WorkspaceUnavailableException} when it gets no verdict.
 */
final class DatabricksWorkspace {
  private static final Logger log = LoggerFactory.getLogger(DatabricksWorkspace.class);

  private final LakebaseSettings settings;
  private final ReentrantLock resolving = new ReentrantLock();
  private @Nullable DatabricksConfig resolved; // guarded by resolving

  DatabricksWorkspace(LakebaseSettings settings) {
    this.settings = settings;
  }

  /** The name of the person whose access token this is, as the workspace spells it. */
  String userNameOf(Secret accessToken) {
    return ask("whose an access token is", person(accessToken), DatabricksWorkspace::userName);
  }

  /** The name of the service principal, as the workspace spells it. */
  String servicePrincipalName() {
    return ask("who the service principal is", servicePrincipal(), DatabricksWorkspace::userName);
  }

  /**
   * Whether it answers, and takes the service principal's client. One that signs in without a
   * client, if at all, is not asked for: there an answer that nobody may ask is an answer.
   */
  void answer() {
    if (settings.clientId != null) {
      servicePrincipalName();
      return;
    }
    try {
      ask("whether it is there", withHeaders(Map.of()), DatabricksWorkspace::userName);
    } catch (IdentityException nobodyMayAsk) {
      log.trace("The workspace answers", nobodyMayAsk);
    }
  }

  /** Exchanges a person's access token for a password to the database. */
  Credential credentialFor(Secret accessToken) {
    return ask("for a person's database credential", person(accessToken), this::credential);
  }

  /** A password to the database for the service principal. */
  Credential servicePrincipalCredential() {
    return ask(
        "for the service principal's database credential", servicePrincipal(), this::credential);
  }

  private static String userName(ApiClient client) {
    User user = new CurrentUserAPI(client).me(new MeRequest());
    if (user.getUserName() == null || user.getUserName().isEmpty()) {
      throw new IdentityException(
          Reason.TOKEN_REFUSED, "The workspace knows no user name for this access token.");
    }
    if (Boolean.FALSE.equals(user.getActive())) {
      throw new IdentityException(
          Reason.TOKEN_REFUSED,
          "The workspace has deactivated "
              + user.getUserName()
              + "; an administrator can undo it.");
    }
    return user.getUserName();
  }

  private Credential credential(ApiClient client) {
    DatabaseCredential answer =
        new PostgresAPI(client)
            .generateDatabaseCredential(
                new GenerateDatabaseCredentialRequest().setEndpoint(settings.endpoint));
    Timestamp expiry = answer.getExpireTime();
    return new Credential(
        Secret.of(answer.getToken()),
        Instant.ofEpochSecond(expiry.getSeconds(), expiry.getNanos()));
  }

  private ApiClient.Builder person(Secret accessToken) {
    return withHeaders(Map.of("Authorization", "Bearer " + accessToken.reveal()));
  }

  private ApiClient.Builder withHeaders(Map<String, String> headers) {
    return new ApiClient.Builder()
        .withDatabricksConfig(config())
        .withAuthenticateFunc(nothing -> headers)
        .withGetAuthTypeFunc(nothing -> "onbehalf");
  }

  private ApiClient.Builder servicePrincipal() {
    return new ApiClient.Builder().withDatabricksConfig(config());
  }

  private DatabricksConfig config() {
    resolving.lock();
    try {
      if (resolved == null) {
        DatabricksConfig config =
            new DatabricksConfig()
                .setHost(settings.workspace.toString())
                .setHttpTimeoutSeconds(seconds(settings.connectionTimeout))
                .setDebugHeaders(false);
        if (settings.clientId != null && settings.clientSecret != null) {
          config
              .setClientId(settings.clientId)
              .setClientSecret(settings.clientSecret.reveal())
              .setAuthType("oauth-m2m");
        }
        resolved = config.setHttpClient(new SilentHttpClient(config)).resolve();
      }
      return resolved;
    } finally {
      resolving.unlock();
    }
  }

  private static int seconds(Duration duration) {
    return (int) Math.max(1, Math.min(duration.toSeconds(), 3_600));
  }

  private <T> T ask(String what, ApiClient.Builder client, Function<ApiClient, T> question) {
    try {
      return question.apply(client.withTimer(new PatientTimer(settings.connectionTimeout)).build());
    } catch (DatabricksError e) {
      if (e.getStatusCode() == 401 || e.getStatusCode() == 403) {
        throw new IdentityException(
            Reason.TOKEN_REFUSED,
            "The workspace refused the access token (%s %s). Sign in again."
                .formatted(e.getStatusCode(), e.getErrorCode()),
            e);
      }
      throw unavailable(what, e);
    } catch (DatabricksException e) {
      throw unavailable(what, e);
    }
  }

  private WorkspaceUnavailableException unavailable(String what, DatabricksException cause) {
    return new WorkspaceUnavailableException(
        "The Databricks workspace %s could not be asked %s. Try again in a few seconds."
            .formatted(settings.workspace, what),
        cause);
  }

  /** A database password with its end. */
  record Credential(Secret password, Instant expiresAt) {}

  /** Lets the SDK wait before it tries again (429, 503), but not past the caller's patience. */
  private static final class PatientTimer extends SystemTimer {
    private final long end;

    PatientTimer(Duration patience) {
      end = System.nanoTime() + patience.toNanos();
    }

    @Override
    public void sleep(long milliseconds) throws InterruptedException {
      if (System.nanoTime() + milliseconds * 1_000_000 - end > 0) {
        throw new DatabricksException(
            "The workspace asks to wait %s ms, longer than the caller will"
                .formatted(milliseconds));
      }
      super.sleep(milliseconds);
    }
  }
}
