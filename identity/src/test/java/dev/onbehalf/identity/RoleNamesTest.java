package dev.onbehalf.identity;

import static dev.onbehalf.identity.TestPlatform.whoIs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.IdentityException.Reason;
import dev.onbehalf.identity.IdentityVerifier.Proof;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Roles that are named otherwise than by address, and never two people's. */
class RoleNamesTest {
  private static final String AUDIENCE = "7405605519549535";
  private static final String OTHER_SPELLING = "ALICE@example.com";
  private static final RoleNames SHORT =
      RoleNames.ofAddress().inLowerCase().withoutDomain("example.com");

  private static LakebaseLocal local;

  @BeforeAll
  static void start() {
    local =
        LakebaseLocal.builder()
            .personWithoutRole("Alice@Example.com")
            .personWithoutRole(OTHER_SPELLING)
            .personWithoutRole("bob@example.com")
            .personWithoutRole("owner@example.com")
            .personWithoutRole("carol@elsewhere.com")
            .passwordRole("alice", "alices")
            .passwordRole("bob", "bobs")
            .passwordRole("owner", "owners")
            .start();
  }

  @AfterAll
  static void stop() {
    local.close();
  }

  private static OnBehalfDatabase database(RoleNames names) {
    String issuer = local.environment().get("DATABRICKS_HOST") + "/oidc";
    return database(names, new JwtIdentityVerifier(issuer, Set.of(AUDIENCE), "email"));
  }

  private static OnBehalfDatabase database(RoleNames names, IdentityVerifier verifier) {
    PersonCredentials people =
        (role, token) -> new DatabaseCredential(Secret.of(role + "s"), Instant.MAX);
    return OnBehalfDatabase.of(
        DatabaseSettings.builder()
            .environment(local.environment())
            .variable("PGUSER", "owner")
            .variable("PGPASSWORD", "owners")
            .roleNames(names)
            .build(),
        Platform.of(verifier, people, () -> people.of("owner", Secret.of("x"))));
  }

  private static ForwardedIdentity identity(String address) {
    return new ForwardedIdentity(
        address, Secret.of(local.accessToken(address, Duration.ofHours(1))));
  }

  private static void assertNotPermitted(OnBehalfDatabase database, ForwardedIdentity identity) {
    assertRefused(database, identity, Reason.NOT_PERMITTED);
  }

  private static void assertRefused(
      OnBehalfDatabase database, ForwardedIdentity identity, Reason reason) {
    assertThatThrownBy(() -> database.asUser(identity))
        .isInstanceOfSatisfying(
            IdentityException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void peopleLogInAsWhatTheirAddressesMakeAndSignOutByThatName() throws SQLException {
    try (OnBehalfDatabase database = database(SHORT)) {
      ForwardedIdentity alice = identity("Alice@Example.com");
      assertThat(whoIs(database.asUser(alice))).isEqualTo("alice");
      assertThat(whoIs(database.asUser(identity("bob@example.com")))).isEqualTo("bob");
      assertThat(whoIs(database.servicePrincipal())).isEqualTo("owner");

      DataSource held = database.asUser(alice);
      database.revoke("alice");
      assertThatThrownBy(held::getConnection).isInstanceOf(SQLException.class);
      assertThat(whoIs(database.asUser(alice))).as("signed in again").isEqualTo("alice");
    }
  }

  @Test
  void aRoleThatTwoPeoplesNamesMakeIsNeithersFromThenOn() throws SQLException {
    try (OnBehalfDatabase database = database(SHORT)) {
      ForwardedIdentity alice = identity("Alice@Example.com");
      DataSource held = database.asUser(alice);
      assertThat(whoIs(held)).isEqualTo("alice");

      assertNotPermitted(database, identity(OTHER_SPELLING));
      assertThat(database.statistics().idle()).as("the first one's connections").isZero();
      assertThatThrownBy(held::getConnection).isInstanceOf(SQLException.class);
      assertNotPermitted(database, alice);
      assertNotPermitted(database, identity("Alice@Example.com"));
      assertThat(whoIs(database.asUser(identity("bob@example.com")))).isEqualTo("bob");
    }
  }

  @Test
  void aPersonWhoseAddressTheIssuerSpellsAnewIsTheSameByTheirSubject() throws SQLException {
    try (OnBehalfDatabase database =
        database(
            SHORT,
            it -> new Proof(it.address(), Instant.MAX, Map.of("sub", "7", "address", "hidden")))) {
      assertThat(whoIs(database.asUser(identity("Alice@Example.com")))).isEqualTo("alice");
      assertThat(whoIs(database.asUser(identity(OTHER_SPELLING)))).isEqualTo("alice");
    }
  }

  @Test
  void theApplicationsOwnRoleIsNobodysAndItsConnectionsStay() throws SQLException {
    try (OnBehalfDatabase database = database(SHORT, it -> new Proof(it.address(), Instant.MAX))) {
      assertThat(whoIs(database.servicePrincipal())).isEqualTo("owner");
      ForwardedIdentity one = identity("owner@example.com");
      assertRefused(database, one, Reason.RESERVED);
      assertRefused(
          database,
          new ForwardedIdentity("OWNER@example.com", Secret.of("x")),
          Reason.NOT_PERMITTED);
      assertThat(database.statistics().total()).as("the service principal's").isOne();
    }
  }

  @Test
  void nobodyOfAnotherDomainHasARole() {
    try (OnBehalfDatabase database = database(SHORT)) {
      assertNotPermitted(database, identity("carol@elsewhere.com"));
      assertThat(database.statistics().total()).isZero();
    }
  }

  @Test
  void aClaimNamesTheRoleAndWhoLacksItHasNone() throws SQLException {
    Map<String, Map<String, Object>> directory =
        Map.of(
            "Alice@Example.com",
            Map.of("nick", "alice"),
            OTHER_SPELLING,
            Map.of("nick", "alice"),
            "bob@example.com",
            Map.of("nick", List.of("bob")));
    IdentityVerifier verifier =
        it -> new Proof(it.address(), Instant.MAX, directory.getOrDefault(it.address(), Map.of()));
    try (OnBehalfDatabase database = database(RoleNames.ofClaim("nick"), verifier)) {
      assertThat(whoIs(database.asUser(identity("Alice@Example.com")))).isEqualTo("alice");
      assertNotPermitted(database, identity("bob@example.com"));
      assertNotPermitted(database, identity("carol@elsewhere.com"));
      assertNotPermitted(database, identity(OTHER_SPELLING));
      assertNotPermitted(database, identity("Alice@Example.com"));
    }
  }

  @ParameterizedTest
  @CsvSource({"true, bob", "false, ''", ", ''"})
  void anAddressNamesARoleOnlyIfItIsVerified(Boolean verified, String role) {
    Map<String, Object> claims = new HashMap<>(Map.of("email", "bob"));
    claims.put("email_verified", verified);
    Proof proof = new Proof("7", Instant.MAX, claims);
    if (role.isEmpty()) {
      assertThatThrownBy(() -> RoleNames.ofClaim("email").of(proof))
          .isInstanceOf(IdentityException.class);
    } else {
      assertThat(RoleNames.ofClaim("email").of(proof)).isEqualTo(role);
    }
    assertThat(proof.toString()).doesNotContain("bob");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "public",
        "none",
        "pg_read_all_data",
        "two words",
        "a,b",
        "\u202Ealice",
        "a\u0000b",
        "a-name-of-more-than-sixty-three-bytes-which-postgresql-would-cut-off"
      })
  void whatIsNoNameOfAPersonsRoleIsNone(String role) {
    try (OnBehalfDatabase database = database(proof -> role)) {
      assertNotPermitted(database, identity("bob@example.com"));
    }
  }

  @Test
  void namesThatFailAreNoWayIn() {
    for (RoleNames names :
        List.<RoleNames>of(
            proof -> {
              throw new IllegalStateException("its words");
            },
            proof -> Objects.requireNonNull((String) proof.claims().get("nothing")))) {
      try (OnBehalfDatabase database = database(names)) {
        assertNotPermitted(database, identity("bob@example.com"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "@example.com", "a@b"})
  void whatIsNoDomainIsRefusedAtOnce(String domain) {
    assertThatThrownBy(() -> RoleNames.ofAddress().withoutDomain(domain))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Whatever the names are, and in whichever order people come. */
  @Test
  void noTwoPeopleEverHoldOneRole() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String[] locals = {"alice", "Alice", "aLICE", "bob", "BOB", "\u212Aim", "kim", "a@b", "é", "É"};
    String[] domains = {
      "@example.com", "@Example.com", "@sub.example.com", "@example.com.evil", ""
    };
    RoleNames[] all = {
      RoleNames.ofAddress().inLowerCase(),
      RoleNames.ofAddress().withoutDomain("example.com"),
      SHORT,
      proof -> proof.user().toLowerCase(Locale.ROOT),
      proof -> proof.user().substring(0, 1),
      proof -> "everybody",
    };
    for (int i = 0; i < 2_000; i++) {
      Map<String, String> holders = new HashMap<>();
      PeoplesRoles roles = new PeoplesRoles(all[random.nextInt(all.length)], holders::remove);
      for (int j = 0; j < 30; j++) {
        String address =
            locals[random.nextInt(locals.length)] + domains[random.nextInt(domains.length)];
        try {
          String role = roles.of(new Proof(address, Instant.MAX));
          String holder = holders.putIfAbsent(role, address);
          assertThat(holder == null || holder.equals(address))
              .as("seed %s: %s is %s's and %s's", seed, role, holder, address)
              .isTrue();
        } catch (IdentityException refused) {
          assertThat(refused.reason()).isEqualTo(Reason.NOT_PERMITTED);
        }
      }
    }
  }
}
