package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  private static final Map<String, String> GOOD =
      Map.of(
          "PGHOST", "db.example.com",
          "PGDATABASE", "databricks_postgres",
          "LAKEBASE_ENDPOINT", "projects/shop/branches/main/endpoints/primary",
          "DATABRICKS_HOST", "https://workspace.example.com",
          "DATABRICKS_CLIENT_ID", "b7e0c2f4",
          "DATABRICKS_CLIENT_SECRET", "dose-of-truth");

  private static Map<String, String> with(String name, String value) {
    Map<String, String> variables = new HashMap<>(GOOD);
    variables.put(name, value);
    return variables;
  }

  @Test
  void anEmptyEnvironmentIsAnsweredWithEveryMissingVariableAndAnExample() {
    assertThatThrownBy(() -> LakebaseSettings.fromEnvironment(Map.of()))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("PGHOST is not set. Example: PGHOST=ep-")
        .hasMessageContaining("PGDATABASE is not set. Example: PGDATABASE=databricks_postgres")
        .hasMessageContaining("LAKEBASE_ENDPOINT is not set. Example: LAKEBASE_ENDPOINT=projects/")
        .hasMessageContaining("DATABRICKS_HOST is not set. Example: DATABRICKS_HOST=https://");
  }

  @Test
  void allMistakesAreToldTogetherEachWithItsValue() {
    Map<String, String> variables = new HashMap<>(GOOD);
    variables.put("PGPORT", "70000");
    variables.put("PGSSLMODE", "verify");
    variables.put("PGSSLROOTCERT", "/no/such/file.pem");
    variables.put("LAKEBASE_ENDPOINT", "primary");
    variables.put("PGUSER", "x".repeat(64));
    variables.remove("DATABRICKS_CLIENT_SECRET");
    variables.put("DATABRICKS_HOST", "https://workspace.example.com/some/path");
    InvalidSettingsException e =
        catchThrowableOfType(
            InvalidSettingsException.class,
            () ->
                LakebaseSettings.builder()
                    .environment(variables)
                    .maxConnections(0)
                    .connectionTimeout(Duration.ZERO)
                    .build());
    assertThat(e.problems()).hasSize(9);
    assertThat(e)
        .hasMessageContainingAll(
            "PGPORT is \"70000\"",
            "PGSSLMODE is \"verify\"",
            "PGSSLROOTCERT is \"/no/such/file.pem\"",
            "LAKEBASE_ENDPOINT is \"primary\"",
            "PGUSER has 64 bytes",
            "DATABRICKS_CLIENT_SECRET is not set, but DATABRICKS_CLIENT_ID is",
            "DATABRICKS_HOST is \"https://workspace.example.com/some/path\"",
            "maxConnections is 0",
            "connectionTimeout is PT0S");
  }

  @Test
  void goodSettingsPrintNoSecret() {
    Map<String, String> variables = with("PGUSER", "owner");
    variables.put("PGPASSWORD", "hunter2");
    assertThat(LakebaseSettings.fromEnvironment(variables))
        .asString()
        .contains("db.example.com:5432/databricks_postgres", "verify-full")
        .doesNotContain("dose-of-truth", "hunter2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"allow", "prefer", "require", "verify-ca", "verify-full"})
  void everyModeWithTlsIsVerifiedForAHostThatIsNotLoopback(String mode) {
    assertThat(LakebaseSettings.fromEnvironment(with("PGSSLMODE", mode)).tls.mode())
        .isEqualTo(SslMode.VERIFY_FULL);
    assertThat(insecure(mode).libpqName()).isEqualTo(mode);
  }

  private static SslMode insecure(String mode) {
    return LakebaseSettings.builder()
        .environment(with("PGSSLMODE", mode))
        .allowInsecureTls(true)
        .build()
        .tls
        .mode();
  }

  @Test
  void noTlsIsRefusedForAHostThatIsNotLoopback() {
    assertThatThrownBy(() -> LakebaseSettings.fromEnvironment(with("PGSSLMODE", "disable")))
        .hasMessageContaining("every password goes to db.example.com in clear")
        .hasMessageContaining("onbehalf.allow-insecure-tls");
    assertThat(insecure("disable")).isEqualTo(SslMode.DISABLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost.evil.com",
        "127.0.0.1.evil.com",
        "127.0.0.1,evil.com",
        "localhost,evil.com",
        "xlocalhost",
        "0.0.0.0",
        "::ffff:203.0.113.9"
      })
  void aHostThatLooksLikeLoopbackIsVerified(String host) {
    Map<String, String> variables = with("PGSSLMODE", "prefer");
    variables.put("PGHOST", host);
    assertThat(LakebaseSettings.fromEnvironment(variables).tls.mode())
        .isEqualTo(SslMode.VERIFY_FULL);
    variables.put("PGSSLMODE", "disable");
    assertThatThrownBy(() -> LakebaseSettings.fromEnvironment(variables))
        .isInstanceOf(InvalidSettingsException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost/?sslmode=disable&x=",
        "localhost?sslmode=disable",
        "a b",
        "x@y",
        "a#b",
        "::1.evil.com"
      })
  void aHostThatBringsOptionsAlongIsRefused(String host) {
    assertThatThrownBy(() -> LakebaseSettings.fromEnvironment(with("PGHOST", host)))
        .hasMessageContaining("PGHOST is \"" + host + "\", not a host's name");
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, PREFER",
    "[::1], PREFER",
    "127.0.0.1, PREFER",
    "::1, PREFER",
    "localhost.example.com, VERIFY_FULL",
    "127.0.0.1.example.com, VERIFY_FULL"
  })
  void tlsDefaultsToVerifyFullForEveryHostThatIsNotLoopback(String host, SslMode mode) {
    assertThat(LakebaseSettings.fromEnvironment(with("PGHOST", host)).tls.mode()).isEqualTo(mode);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://w.example.com",
        "http://localhost.evil.com",
        "http://127.0.0.1.evil.com:8080",
        "http://[::ffff:203.0.113.9]"
      })
  void httpIsRefusedForAWorkspaceThatIsNotLoopback(String host) {
    assertThatThrownBy(() -> LakebaseSettings.fromEnvironment(with("DATABRICKS_HOST", host)))
        .hasMessageContaining("sends tokens in clear");
    LakebaseSettings allowed =
        LakebaseSettings.builder()
            .environment(with("DATABRICKS_HOST", host))
            .allowInsecureTls(true)
            .build();
    assertThat(allowed.workspace).hasToString(host);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://127.0.0.1:80", "http://localhost", "http://[::1]:8080"})
  void httpIsTakenForAWorkspaceOnLoopback(String host) {
    assertThat(LakebaseSettings.fromEnvironment(with("DATABRICKS_HOST", host)).workspace)
        .hasToString(host);
  }

  @ParameterizedTest
  @CsvSource({
    "workspace.example.com, https://workspace.example.com",
    "https://workspace.example.com/, https://workspace.example.com"
  })
  void theWorkspaceMayBeABareHostOrEndInASlash(String given, String read) {
    LakebaseSettings settings = LakebaseSettings.fromEnvironment(with("DATABRICKS_HOST", given));
    assertThat(settings.workspace).hasToString(read);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://x.example.com",
        "https://a b",
        "https://user@x.example.com",
        "http://localhost@x.example.com",
        "://"
      })
  void aWorkspaceThatIsNoAddressIsRefusedWithItsValue(String host) {
    assertThatThrownBy(() -> LakebaseSettings.fromEnvironment(with("DATABRICKS_HOST", host)))
        .hasMessageContaining("DATABRICKS_HOST is \"" + host + "\"");
  }

  @Test
  void aPasswordWithoutARoleIsRefusedAndNotPrinted() {
    assertThatThrownBy(() -> LakebaseSettings.fromEnvironment(with("PGPASSWORD", "hunter2")))
        .hasMessageContaining("PGUSER is not set, but PGPASSWORD is")
        .hasMessageNotContaining("hunter2");
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://db.example.com:5432/shop, true",
    "jdbc:postgresql://DB.example.com/shop?user=app&password=x, true",
    "jdbc:p6spy:postgresql://db.example.com/shop, true",
    "'jdbc:postgresql://other.example.com:1,db.example.com:5432/shop', true",
    "jdbc:postgresql://db.example.com:5433/shop, false",
    "jdbc:postgresql://db.example.com/other, false",
    "jdbc:postgresql://db.example.org/shop, false",
    "jdbc:postgresql://127.0.0.1/shop, false",
    "jdbc:h2:mem:shop, false"
  })
  void anotherPoolsUrlIsKnownToLeadHere(String url, boolean here) {
    LakebaseSettings settings =
        LakebaseSettings.builder()
            .environment(GOOD)
            .variable("PGHOST", "db.example.com")
            .variable("PGDATABASE", "shop")
            .build();
    assertThat(settings.isReachedBy(url)).isEqualTo(here);
  }

  @Test
  void theSpellingsOfThisMachineAreOneHost() {
    LakebaseSettings settings =
        LakebaseSettings.builder()
            .environment(GOOD)
            .variable("PGHOST", "localhost")
            .variable("PGDATABASE", "shop")
            .build();
    assertThat(settings.isReachedBy("jdbc:postgresql://127.0.0.1/shop")).isTrue();
    assertThat(settings.isReachedBy("jdbc:postgresql://[::1]:5432/shop")).isTrue();
  }
}
