package dev.onbehalf.lakebase;

import dev.onbehalf.identity.DatabaseCredential;
import dev.onbehalf.identity.DatabaseSettings;
import dev.onbehalf.identity.IdentityVerifier;
import dev.onbehalf.identity.InvalidSettingsException;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.Platform;
import dev.onbehalf.pool.Secret;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Databricks Lakebase: the workspace says whose an access token is, and exchanges it for a password
 * to the database.
 *
 * <pre>{@code
 * try (OnBehalfDatabase database = Lakebase.fromEnvironment()) {
 *   DataSource alice = database.asUser(forwardedIdentity); // current_user is alice@example.com
 * }
 * }</pre>
 *
 * <p>Thread-safe; making one makes no call.
 */
public final class Lakebase implements Platform {
  private static final Logger log = LoggerFactory.getLogger(Lakebase.class);

  private final LakebaseSettings settings;
  private final DatabricksWorkspace workspace;
  private final IdentityVerifier verifier;
  private volatile List<String> names;

  private Lakebase(LakebaseSettings settings, Clock clock) {
    this.settings = settings;
    this.workspace = new DatabricksWorkspace(settings, clock);
    this.verifier = new WorkspaceIdentityVerifier(workspace);
    this.names = settings.clientId == null ? List.of() : List.of(settings.clientId);
  }

  /**
   * The database that the process's environment names.
   *
   * @throws InvalidSettingsException naming every missing or wrong variable at once
   */
  public static OnBehalfDatabase fromEnvironment() {
    return database(System.getenv());
  }

  /**
   * The database that {@code environment} names.
   *
   * @throws InvalidSettingsException naming every missing or wrong variable at once
   */
  public static OnBehalfDatabase database(Map<String, String> environment) {
    return InvalidSettingsException.together(
        () -> DatabaseSettings.fromEnvironment(environment),
        () -> LakebaseSettings.fromEnvironment(environment),
        (database, lakebase) -> OnBehalfDatabase.of(database, of(lakebase)));
  }

  /** The workspace that {@code settings} name. */
  public static Lakebase of(LakebaseSettings settings) {
    return of(settings, Clock.systemUTC());
  }

  static Lakebase of(LakebaseSettings settings, Clock clock) {
    return new Lakebase(settings, clock);
  }

  /** What this was built with. */
  public LakebaseSettings settings() {
    return settings;
  }

  /** Asks the workspace. */
  @Override
  public IdentityVerifier identityVerifier() {
    return verifier;
  }

  @Override
  public DatabaseCredential personCredential(String user, Secret accessToken) {
    return workspace.credentialFor(accessToken);
  }

  @Override
  public DatabaseCredential servicePrincipalCredential() {
    return workspace.servicePrincipalCredential();
  }

  /** The client's id, and what the workspace says, once it was asked. */
  @Override
  public List<String> servicePrincipalNames() {
    return names;
  }

  @Override
  public String askServicePrincipalName() {
    String name = workspace.servicePrincipalName();
    names = Stream.concat(names.stream(), Stream.of(name)).distinct().toList();
    return name;
  }

  /**
   * Whether it answers, and takes the service principal's client. One that signs in without a
   * client, if at all, is not asked for.
   */
  @Override
  public void check() {
    if (settings.clientId == null) {
      workspace.answer();
    } else {
      askServicePrincipalName();
    }
  }

  @Override
  public Optional<String> healthName() {
    return Optional.of("workspace");
  }

  @Override
  public void checkHost(String host) {
    EndpointHosts hosts = workspace.endpointHosts();
    if (hosts.areOtherThan(host)) {
      log.warn(
          "PGHOST is {}, and the workspace says that {} is at {}: logins there take no credentials"
              + " of that endpoint. Correct PGHOST or LAKEBASE_ENDPOINT.",
          host,
          settings.endpoint,
          String.join(", ", hosts.direct()));
    }
  }

  @Override
  public String createRole(String user) {
    return LakebaseRoles.createRole(user);
  }

  @Override
  public Optional<String> createRoleCommand(String user) {
    return Optional.of(LakebaseRoles.createRoleCommand(settings.endpoint, user));
  }
}
