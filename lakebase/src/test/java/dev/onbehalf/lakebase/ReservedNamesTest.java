package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.IdentityException;
import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.identity.IdentityVerifier.Proof;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.RlsBypassException;
import dev.onbehalf.pool.Secret;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An application whose role ({@code PGUSER}) is called otherwise than its client: the client's role
 * owns the tables all the same, and its token proves who it is.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReservedNamesTest {
  private static final String ALICE = "alice@example.com";
  private static final String OWNER = "owner@example.com";

  private static LakebaseLocal local;
  private static String client;

  @BeforeAll
  static void start() {
    local =
        LakebaseLocal.builder()
            .user(ALICE)
            .user(OWNER)
            .passwordRole("app_owner", "hunter2")
            .start();
    client = local.servicePrincipal();
    sql("CREATE TABLE public.diary (line text)");
    sql("ALTER TABLE public.diary OWNER TO \"" + client + "\"");
    sql("ALTER TABLE public.diary ENABLE ROW LEVEL SECURITY");
  }

  @AfterAll
  static void stop() {
    local.close();
  }

  private static void sql(String statement) {
    try (Connection connection = local.superuser().getConnection();
        Statement executed = connection.createStatement()) {
      executed.execute(statement);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static TestDatabase.Builder settings() {
    return TestDatabase.builder()
        .environment(local.environment())
        .variable("PGUSER", "app_owner")
        .variable("PGPASSWORD", "hunter2")
        .with(it -> it.tableOwners(List.of(OWNER)));
  }

  /** As if the workspace said so of a token that can be exchanged for a credential of theirs. */
  private static OnBehalfDatabase proving(String user) {
    return TestDatabase.of(
        settings().identityVerifier(identity -> new Proof(user, Instant.MAX)).build());
  }

  private static ForwardedIdentity identity(String address) {
    return new ForwardedIdentity(
        address, Secret.of(local.databaseCredential(ALICE, Duration.ofHours(1))));
  }

  @Test
  void noRequestActsUnderAnyNameOfTheApplication() {
    for (String name :
        List.of("app_owner", "App_Owner", client, client.toUpperCase(Locale.ROOT), OWNER)) {
      try (OnBehalfDatabase lakebase = proving(name)) {
        local.calls().reset();
        assertThatThrownBy(() -> lakebase.asUser(identity(name)))
            .as(name)
            .isInstanceOfSatisfying(
                IdentityException.class, e -> assertThat(e.reason()).isEqualTo(Reason.RESERVED));
        assertThat(lakebase.statistics().users()).isZero();
        assertThat(local.calls().total()).isZero();
      }
    }
  }

  @Test
  void nobodySignsOutANameOfTheApplication() {
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings().build())) {
      for (String name : List.of("app_owner", client, OWNER)) {
        assertThatThrownBy(() -> lakebase.revoke(name))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void whatTheWorkspaceCallsTheApplicationIsReservedOnceItIsKnown() {
    try (StubWorkspace workspace = new StubWorkspace()) {
      workspace.answer(StubWorkspace.ME, 200, "{\"userName\": \"the-robot\"}");
      TestDatabase.Settings settings =
          workspace
              .settings()
              .variable("PGUSER", "app_owner")
              .identityVerifier(identity -> new Proof("The-Robot", Instant.MAX))
              .build();
      try (OnBehalfDatabase lakebase = TestDatabase.of(settings)) {
        lakebase.checkPlatform();
        assertThatThrownBy(() -> lakebase.asUser(identity("the-robot")))
            .isInstanceOfSatisfying(
                IdentityException.class, e -> assertThat(e.reason()).isEqualTo(Reason.RESERVED));
      }
    }
  }

  @Test
  void aMemberOfTheClientsRoleIsRefusedAtLogin() {
    sql("GRANT \"" + client + "\" TO \"" + ALICE + "\"");
    try (OnBehalfDatabase lakebase = TestDatabase.of(settings().build())) {
      ForwardedIdentity alice =
          new ForwardedIdentity(ALICE, Secret.of(local.accessToken(ALICE, Duration.ofHours(1))));
      assertThatThrownBy(() -> lakebase.asUser(alice).getConnection())
          .isInstanceOf(RlsBypassException.class)
          .hasMessageContaining(client);
    } finally {
      sql("REVOKE \"" + client + "\" FROM \"" + ALICE + "\"");
    }
  }

  /** Who lets roles above Row-Level Security in has said so of the owners too. */
  @Test
  void anOwnerMayLogInWhereSuchRolesMay() throws SQLException {
    TestDatabase.Settings lenient = settings().with(it -> it.allowRlsBypass(true)).build();
    try (OnBehalfDatabase lakebase = TestDatabase.of(lenient)) {
      ForwardedIdentity owner =
          new ForwardedIdentity(OWNER, Secret.of(local.accessToken(OWNER, Duration.ofHours(1))));
      try (Connection connection = lakebase.asUser(owner).getConnection()) {
        assertThat(connection.isValid(5)).isTrue();
      }
    }
  }
}
