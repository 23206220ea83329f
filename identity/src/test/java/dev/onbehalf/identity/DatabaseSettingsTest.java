package dev.onbehalf.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseSettingsTest {
  private static final Map<String, String> GOOD =
      Map.of(
          "PGHOST", "db.example.com",
          "PGDATABASE", "shop");

  private static Map<String, String> with(String name, String value) {
    Map<String, String> variables = new HashMap<>(GOOD);
    variables.put(name, value);
    return variables;
  }

  @ParameterizedTest
  @ValueSource(strings = {"allow", "prefer", "require", "verify-ca", "verify-full"})
  void everyModeWithTlsIsVerifiedForAHostThatIsNotLoopback(String mode) {
    assertThat(DatabaseSettings.fromEnvironment(with("PGSSLMODE", mode)).tls.mode())
        .isEqualTo(SslMode.VERIFY_FULL);
    assertThat(insecure(mode).libpqName()).isEqualTo(mode);
  }

  private static SslMode insecure(String mode) {
    return DatabaseSettings.builder()
        .environment(with("PGSSLMODE", mode))
        .allowInsecureTls(true)
        .build()
        .tls
        .mode();
  }

  @Test
  void noTlsIsRefusedForAHostThatIsNotLoopback() {
    assertThatThrownBy(() -> DatabaseSettings.fromEnvironment(with("PGSSLMODE", "disable")))
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
    assertThat(DatabaseSettings.fromEnvironment(variables).tls.mode())
        .isEqualTo(SslMode.VERIFY_FULL);
    variables.put("PGSSLMODE", "disable");
    assertThatThrownBy(() -> DatabaseSettings.fromEnvironment(variables))
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
    assertThatThrownBy(() -> DatabaseSettings.fromEnvironment(with("PGHOST", host)))
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
    assertThat(DatabaseSettings.fromEnvironment(with("PGHOST", host)).tls.mode()).isEqualTo(mode);
  }

  @Test
  void aPasswordWithoutARoleIsRefusedAndNotPrinted() {
    assertThatThrownBy(() -> DatabaseSettings.fromEnvironment(with("PGPASSWORD", "hunter2")))
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
    DatabaseSettings settings =
        DatabaseSettings.builder()
            .environment(GOOD)
            .variable("PGHOST", "db.example.com")
            .variable("PGDATABASE", "shop")
            .build();
    assertThat(settings.isReachedBy(url)).isEqualTo(here);
  }

  @Test
  void theSpellingsOfThisMachineAreOneHost() {
    DatabaseSettings settings =
        DatabaseSettings.builder()
            .environment(GOOD)
            .variable("PGHOST", "localhost")
            .variable("PGDATABASE", "shop")
            .build();
    assertThat(settings.isReachedBy("jdbc:postgresql://127.0.0.1/shop")).isTrue();
    assertThat(settings.isReachedBy("jdbc:postgresql://[::1]:5432/shop")).isTrue();
  }
}
