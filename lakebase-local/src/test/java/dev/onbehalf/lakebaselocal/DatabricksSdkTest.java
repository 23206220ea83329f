package dev.onbehalf.lakebaselocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.databricks.sdk.WorkspaceClient;
import com.databricks.sdk.core.DatabricksConfig;
import com.databricks.sdk.core.DatabricksException;
import com.databricks.sdk.core.error.platform.AlreadyExists;
import com.databricks.sdk.core.error.platform.NotFound;
import com.databricks.sdk.core.error.platform.PermissionDenied;
import com.databricks.sdk.core.error.platform.Unauthenticated;
import com.databricks.sdk.service.iam.MeRequest;
import com.databricks.sdk.service.iam.User;
import com.databricks.sdk.service.postgres.CreateRoleRequest;
import com.databricks.sdk.service.postgres.DatabaseCredential;
import com.databricks.sdk.service.postgres.Endpoint;
import com.databricks.sdk.service.postgres.EndpointType;
import com.databricks.sdk.service.postgres.GenerateDatabaseCredentialRequest;
import com.databricks.sdk.service.postgres.GetEndpointRequest;
import com.databricks.sdk.service.postgres.Role;
import com.databricks.sdk.service.postgres.RoleIdentityType;
import com.databricks.sdk.service.postgres.RoleRoleSpec;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The official client works against the workspace unchanged. */
class DatabricksSdkTest {
  private static final String ALICE = "alice@example.com";
  private static final String CAROL = "carol@example.com";
  private static final String DAN = "dan@example.com";
  private static final String BRANCH = "projects/local/branches/main";

  @RegisterExtension
  static final LakebaseLocalExtension LAKEBASE =
      LakebaseLocalExtension.builder()
          .user(ALICE)
          .personWithoutRole(CAROL)
          .personWithoutRole(DAN)
          .build();

  @Test
  void theServicePrincipalSignsInWithItsSecretAndLogsIn() throws SQLException {
    WorkspaceClient client = asServicePrincipal();
    String servicePrincipal = LAKEBASE.get().servicePrincipal();

    assertThat(client.currentUser().me(new MeRequest()).getUserName()).isEqualTo(servicePrincipal);
    assertLogsIn(servicePrincipal, credential(client));
  }

  @Test
  void aWrongSecretIsRefused() {
    DatabricksConfig config =
        config()
            .setAuthType("oauth-m2m")
            .setClientId(LAKEBASE.get().servicePrincipal())
            .setClientSecret("wrong");

    assertThatThrownBy(() -> new WorkspaceClient(config).currentUser().me(new MeRequest()))
        .isInstanceOf(DatabricksException.class)
        .hasMessageContaining("invalid_client");
  }

  @Test
  void anEndpointIsWhereItSays() {
    GetEndpointRequest request = new GetEndpointRequest().setName(BRANCH + "/endpoints/primary");
    Endpoint endpoint = asServicePrincipal().postgres().getEndpoint(request);

    assertThat(endpoint.getName()).isEqualTo(request.getName());
    assertThat(endpoint.getStatus().getHosts().getHost()).isEqualTo("localhost");
    assertThat(endpoint.getStatus().getEndpointType())
        .isEqualTo(EndpointType.ENDPOINT_TYPE_READ_WRITE);
    assertThatThrownBy(
            () ->
                asServicePrincipal()
                    .postgres()
                    .getEndpoint(new GetEndpointRequest().setName(BRANCH + "/endpoints/other")))
        .isInstanceOf(NotFound.class);
  }

  @Test
  void aPersonIsWhoTheirTokenSays() {
    User me = as(ALICE).currentUser().me(new MeRequest());

    assertThat(me.getUserName()).isEqualTo(ALICE);
    assertThat(me.getActive()).isTrue();
    assertThat(me.getEmails()).singleElement().extracting("value").isEqualTo(ALICE);
  }

  @Test
  void aPersonExchangesTheirTokenForACredentialOfAnHour() throws SQLException {
    DatabaseCredential credential = credential(as(ALICE));

    assertThat(expiry(credential))
        .isBetween(Instant.now().plusSeconds(3_500), Instant.now().plusSeconds(3_600));
    assertLogsIn(ALICE, credential);
  }

  @Test
  void aCredentialLivesAsLongAsTheTtlAsks() {
    DatabaseCredential credential =
        as(ALICE)
            .postgres()
            .generateDatabaseCredential(
                request()
                    .setTtl(com.google.protobuf.Duration.newBuilder().setSeconds(300).build()));

    assertThat(expiry(credential))
        .isBetween(Instant.now().plusSeconds(200), Instant.now().plusSeconds(300));
  }

  @Test
  void anExpiredTokenIsRefused() {
    WorkspaceClient client = withToken(LAKEBASE.get().accessToken(ALICE, Duration.ofSeconds(-1)));

    assertThatThrownBy(() -> credential(client)).isInstanceOf(Unauthenticated.class);
  }

  @Test
  void anUnknownEndpointIsNotFound() {
    assertThatThrownBy(
            () ->
                as(ALICE)
                    .postgres()
                    .generateDatabaseCredential(
                        request().setEndpoint("projects/p/branches/b/endpoints/e")))
        .isInstanceOf(NotFound.class);
  }

  @Test
  void theServicePrincipalCreatesAMissingRoleOnce() throws Exception {
    DatabaseCredential carols = credential(as(CAROL));
    assertThatThrownBy(() -> logIn(CAROL, carols))
        .hasMessageContaining("role \"" + CAROL + "\" does not exist");

    Role role = asServicePrincipal().postgres().createRole(createRole(CAROL)).waitForCompletion();

    assertThat(Objects.requireNonNull(role.getStatus()).getPostgresRole()).isEqualTo(CAROL);
    assertLogsIn(CAROL, carols);
    assertThatThrownBy(() -> asServicePrincipal().postgres().createRole(createRole(CAROL)))
        .isInstanceOf(AlreadyExists.class);
  }

  @Test
  void aPersonMayNotCreateRoles() {
    assertThatThrownBy(() -> as(ALICE).postgres().createRole(createRole(DAN)))
        .isInstanceOf(PermissionDenied.class);
  }

  @Test
  void countsWhatTheClientAsks() {
    WorkspaceClient client = as(ALICE);
    LAKEBASE.get().calls().reset();
    credential(client);

    assertThat(LAKEBASE.get().calls().to("/api/2.0/postgres/credentials")).isEqualTo(1);
    assertThat(LAKEBASE.get().calls().to("/api/2.0/preview/scim/v2/Me")).isZero();
  }

  private static CreateRoleRequest createRole(String identity) {
    return new CreateRoleRequest()
        .setParent(BRANCH)
        .setRole(
            new Role()
                .setSpec(
                    new RoleRoleSpec()
                        .setPostgresRole(identity)
                        .setIdentityType(RoleIdentityType.USER)));
  }

  private static GenerateDatabaseCredentialRequest request() {
    return new GenerateDatabaseCredentialRequest()
        .setEndpoint(LAKEBASE.get().environment().get("LAKEBASE_ENDPOINT"));
  }

  private static DatabaseCredential credential(WorkspaceClient client) {
    return client.postgres().generateDatabaseCredential(request());
  }

  private static Instant expiry(DatabaseCredential credential) {
    return Instant.ofEpochSecond(Objects.requireNonNull(credential.getExpireTime()).getSeconds());
  }

  private static WorkspaceClient as(String user) {
    return withToken(LAKEBASE.get().accessToken(user, Duration.ofHours(1)));
  }

  private static WorkspaceClient withToken(String token) {
    return new WorkspaceClient(config().setAuthType("pat").setToken(token));
  }

  private static WorkspaceClient asServicePrincipal() {
    return new WorkspaceClient(
        config()
            .setAuthType("oauth-m2m")
            .setClientId(LAKEBASE.get().environment().get("DATABRICKS_CLIENT_ID"))
            .setClientSecret(LAKEBASE.get().environment().get("DATABRICKS_CLIENT_SECRET")));
  }

  private static DatabricksConfig config() {
    return new DatabricksConfig().setHost(LAKEBASE.get().environment().get("DATABRICKS_HOST"));
  }

  private static void assertLogsIn(String role, DatabaseCredential credential) throws SQLException {
    try (Connection connection = logIn(role, credential)) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  private static Connection logIn(String role, DatabaseCredential credential) throws SQLException {
    return DriverManager.getConnection(LAKEBASE.get().jdbcUrl(), role, credential.getToken());
  }
}
