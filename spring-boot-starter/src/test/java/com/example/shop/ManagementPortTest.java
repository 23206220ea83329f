package com.example.shop;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.token;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.servlet.RawHttp;
import dev.onbehalf.servlet.RawHttp.Answer;
import dev.onbehalf.spring.TestApplication;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Actuator on a port of its own: a second server, with the same door. */
class ManagementPortTest {
  private static TestApplication shop;

  @BeforeAll
  static void open() {
    shop =
        new TestApplication(
            Shop.class,
            "management.server.port=0",
            "management.server.address=127.0.0.1",
            "onbehalf.identity.exempt-paths=/actuator/health/**,/open/**",
            "management.endpoints.web.exposure.include=*");
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/actuator/env",
        "/actuator",
        "/actuator/health/../env",
        "/actuator/health/..;/env",
        "/actuator/health/%2e%2e/env",
        "/unknown",
        "//"
      })
  void aStrangerFindsNothingThereEither(String path) {
    for (String accept : new String[] {"", "Accept: text/html\r\n"}) {
      Answer answer = RawHttp.send(shop.managementPort(), "GET " + path, accept);
      assertThat(answer.status()).as(answer.text()).isIn(400, 401);
    }
  }

  @Test
  void whatIsExemptIsExemptThereToo() {
    Answer health = RawHttp.get(shop.managementPort(), "/actuator/health");
    assertThat(health.status()).as(health.text()).isEqualTo(200);
  }

  @Test
  void aPersonsTokenIsSeenOnNeitherPort() {
    String alices = token(ALICE);
    String identity =
        "X-Forwarded-Email: %s\r\nX-Forwarded-Access-Token: %s\r\n".formatted(ALICE, alices);
    assertThat(RawHttp.send(shop.port(), "GET /who", identity).status()).isEqualTo(200);
    RawHttp.send(shop.managementPort(), "GET /actuator/env", identity);
    Answer exchanges = RawHttp.send(shop.managementPort(), "GET /actuator/httpexchanges", identity);
    assertThat(exchanges.status()).isEqualTo(200);
    assertThat(exchanges.text()).contains("/who").doesNotContain(alices);
    assertThat(String.join("\n", shop.bean(Shop.Dump.class).seen())).doesNotContain(alices);
  }
}
