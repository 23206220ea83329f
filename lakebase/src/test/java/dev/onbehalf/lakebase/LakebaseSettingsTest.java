package dev.onbehalf.lakebase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.onbehalf.identity.InvalidSettingsException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LakebaseSettingsTest {
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
    assertThatThrownBy(() -> TestDatabase.settings(Map.of()))
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
                TestDatabase.builder()
                    .environment(variables)
                    .with(it -> it.maxConnections(0))
                    .connectionTimeout(Duration.ZERO)
                    .build());
    assertThat(e.problems()).hasSize(10);
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
            "connectionTimeout is PT0S",
            "timeout is PT0S");
  }

  @Test
  void goodSettingsPrintNoSecret() {
    Map<String, String> variables = with("PGUSER", "owner");
    variables.put("PGPASSWORD", "hunter2");
    assertThat(TestDatabase.settings(variables))
        .asString()
        .contains("db.example.com:5432/databricks_postgres", "verify-full")
        .doesNotContain("dose-of-truth", "hunter2");
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
}
