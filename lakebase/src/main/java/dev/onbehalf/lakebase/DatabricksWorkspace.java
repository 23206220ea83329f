package dev.onbehalf.lakebase;

import com.databricks.sdk.core.ApiClient;
import com.databricks.sdk.core.DatabricksConfig;
import com.databricks.sdk.service.iam.CurrentUserAPI;
import com.databricks.sdk.service.iam.MeRequest;
import com.databricks.sdk.service.iam.User;
import com.databricks.sdk.service.postgres.Endpoint;
import com.databricks.sdk.service.postgres.EndpointStatus;
import com.databricks.sdk.service.postgres.GenerateDatabaseCredentialRequest;
import com.databricks.sdk.service.postgres.GetEndpointRequest;
import com.databricks.sdk.service.postgres.PostgresAPI;
import com.google.protobuf.Timestamp;
import dev.onbehalf.identity.DatabaseCredential;
import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.identity.IssuerUnavailableException;
import dev.onbehalf.pool.Secret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
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
 * <p>Thread-safe. Every call blocks, and throws an {@link IdentityException} when the token is
 * refused, a {@link IssuerUnavailableException} when there is no verdict, and nothing else.
 */
final class DatabricksWorkspace {
  private static final Logger log = LoggerFactory.getLogger(DatabricksWorkspace.class);

  private final LakebaseSettings settings;
  private final Clock clock;
  private final WorkspaceFailures failures;
  private final ReentrantLock resolving = new ReentrantLock();
  private @Nullable DatabricksConfig resolved; // guarded by resolving

  DatabricksWorkspace(LakebaseSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.failures = new WorkspaceFailures(settings);
  }

  /** The name of the person whose access token this is, as the workspace spells it. */
  String userNameOf(Secret accessToken) {
    return ask(WorkspaceQuestion.WHOSE_TOKEN, () -> person(accessToken), this::userName);
  }

  /** The name of the service principal, as the workspace spells it. */
  String servicePrincipalName() {
    return ask(WorkspaceQuestion.OWN_NAME, this::servicePrincipal, this::userName);
  }

  /** Whether it answers: that nobody may ask is an answer. */
  void answer() {
    try {
      ask(WorkspaceQuestion.WHETHER_IT_IS_THERE, () -> withHeaders(Map.of()), this::userName);
    } catch (IdentityException nobodyMayAsk) {
      log.trace("The workspace answers", nobodyMayAsk);
    }
  }

  /** Exchanges a person's access token for a password to the database. */
  DatabaseCredential credentialFor(Secret accessToken) {
    return ask(WorkspaceQuestion.PERSONS_CREDENTIAL, () -> person(accessToken), this::credential);
  }

  /** A password to the database for the service principal. */
  DatabaseCredential servicePrincipalCredential() {
    return ask(WorkspaceQuestion.OWN_CREDENTIAL, this::servicePrincipal, this::credential);
  }

  /**
   * Where the endpoint's database is. Nothing depends on it, and it may be that the service
   * principal may not ask: then it is not known, and nobody is told.
   */
  EndpointHosts endpointHosts() {
    try {
      Patience patience = new Patience(settings);
      ApiClient client =
          servicePrincipal().withTimer(patience).withRetryStrategyPicker(patience).build();
      Endpoint endpoint =
          new PostgresAPI(client).getEndpoint(new GetEndpointRequest().setName(settings.endpoint));
      EndpointStatus status = endpoint.getStatus();
      com.databricks.sdk.service.postgres.EndpointHosts hosts =
          status == null ? null : status.getHosts();
      return hosts == null
          ? new EndpointHosts(List.of())
          : new EndpointHosts(
              Stream.of(hosts.getHost(), hosts.getReadOnlyHost())
                  .filter(host -> host != null && !host.isBlank())
                  .toList());
    } catch (RuntimeException e) { // its words may repeat what was sent
      log.debug("Where the endpoint is, is not known: {}", e.getClass().getName());
      return new EndpointHosts(List.of());
    }
  }

  private String userName(WorkspaceQuestion question, ApiClient client) {
    User user = new CurrentUserAPI(client).me(new MeRequest());
    String name = user.getUserName();
    if (name == null || name.isEmpty()) {
      throw failures.unreadable(question, "has no userName");
    }
    if (Boolean.FALSE.equals(user.getActive())) {
      throw failures.deactivated(question, name);
    }
    return name;
  }

  private DatabaseCredential credential(WorkspaceQuestion question, ApiClient client) {
    com.databricks.sdk.service.postgres.DatabaseCredential answer =
        new PostgresAPI(client)
            .generateDatabaseCredential(
                new GenerateDatabaseCredentialRequest().setEndpoint(settings.endpoint));
    String token = answer.getToken();
    Timestamp expiry = answer.getExpireTime();
    if (token == null || token.isEmpty()) {
      throw failures.unreadable(question, "has no token");
    }
    if (expiry == null) {
      throw failures.unreadable(question, "has no expire_time");
    }
    Instant expiresAt = Instant.ofEpochSecond(expiry.getSeconds(), expiry.getNanos());
    if (!expiresAt.isAfter(clock.instant())) {
      throw failures.unreadable(question, "has expired by this machine's clock");
    }
    return new DatabaseCredential(Secret.of(token), expiresAt);
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
        DatabricksConfig config = unresolved(settings);
        if (settings.clientId != null && settings.clientSecret != null) {
          config
              .setClientId(settings.clientId)
              .setClientSecret(settings.clientSecret.reveal())
              .setAuthType("oauth-m2m");
        } else if (settings.profile != null) {
          config.setProfile(settings.profile);
        }
        resolved = resolve(config);
      }
      return resolved;
    } finally {
      resolving.unlock();
    }
  }

  /** Which workspace, and the way there; who asks is to be added. */
  static DatabricksConfig unresolved(LakebaseSettings settings) {
    DatabricksConfig config =
        new DatabricksConfig()
            .setHost(settings.workspace.toString())
            .setHttpTimeoutSeconds(seconds(settings.timeout))
            .setDebugHeaders(false);
    if (settings.configFile != null) {
      config.setConfigFile(settings.configFile);
    }
    return config.setHttpClient(new SilentHttpClient(config, settings));
  }

  private DatabricksConfig resolve(DatabricksConfig config) {
    try {
      return config.resolve();
    } catch (RuntimeException e) {
      throw failures.of(WorkspaceQuestion.DISCOVERY, e);
    }
  }

  private static int seconds(Duration duration) {
    return (int) Math.max(1, Math.min(duration.toSeconds(), 3_600));
  }

  private <T> T ask(
      WorkspaceQuestion question,
      Supplier<ApiClient.Builder> client,
      BiFunction<WorkspaceQuestion, ApiClient, T> call) {
    try {
      Patience patience = new Patience(settings);
      ApiClient.Builder patient =
          client.get().withTimer(patience).withRetryStrategyPicker(patience);
      return call.apply(question, patient.build());
    } catch (IdentityException | IssuerUnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      throw failures.of(question, e);
    }
  }
}
