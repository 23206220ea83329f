package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.servlet.FrontDoorAttacks;
import dev.onbehalf.servlet.RawHttp;
import dev.onbehalf.servlet.RawHttp.Answer;
import dev.onbehalf.spring.SharedLakebase;
import dev.onbehalf.spring.TestApplication;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * Strangers, and people who want to be others, at an application whose Spring Security chain is for
 * the Actuator only: over raw sockets, since clients mend what they send.
 */
@ExtendWith(OutputCaptureExtension.class)
class FrontDoorTest extends FrontDoorAttacks {
  private static TestApplication shop;

  private CapturedOutput captured;

  @BeforeAll
  static void open() {
    shop =
        new TestApplication(
            Shop.class,
            "onbehalf.identity.exempt-paths=/actuator/health/**,/open/**",
            "management.endpoints.web.exposure.include=*",
            "spring.mvc.log-request-details=true",
            "logging.level.org.springframework.web=TRACE",
            "logging.level.org.apache.coyote=DEBUG",
            "server.max-http-request-header-size=32KB");
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  @BeforeEach
  void capture(CapturedOutput output) {
    captured = output;
  }

  @Override
  protected LakebaseLocal local() {
    return SharedLakebase.get();
  }

  @Override
  protected int port() {
    return shop.port();
  }

  @Override
  protected PoolStatistics statistics() {
    return shop.bean(OnBehalfDatabase.class).statistics();
  }

  @Override
  protected String logged() {
    return captured.getAll();
  }

  @Override
  protected String loggedByDefault() {
    return captured.getAll();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/t/all", "/all", "/t/who", "/who", "/actuator/who", "/actuator/env", "/exactadmin",
        "/x.do", "/admin/x", "/ws", "/unknown", "/error", "/", "/favicon.ico"
      })
  void nothingAnswersAStrangerWhateverSecurityChainsSay(String path) {
    Answer answer = RawHttp.get(port(), path);
    assertThat(answer.status()).as(answer.text()).isEqualTo(401);
    assertThat(answer.text()).contains("urn:onbehalf:problem:identity-missing");
    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
  }

  @Test
  void aPersonIsBoundWhereNoSecurityChainMatches() {
    assertThat(as(ALICE, "GET /t/who").text()).endsWith(Shop.SERVED + ALICE);
    assertThat(as(ALICE, "GET /actuator/who").text()).endsWith(Shop.SERVED + ALICE);
    assertThat(as(ALICE, "GET /exactadmin?as=person").text()).endsWith(Shop.SERVED + ALICE);
    assertThat(as(ALICE, "GET /all").text())
        .endsWith(Shop.SERVED + SharedLakebase.get().servicePrincipal());
  }

  @Test
  void theActuatorsHealthIsExempt() {
    assertThat(RawHttp.get(port(), "/actuator/health").status()).isIn(200, 503);
  }

  @Test
  void nothingBehindTheProofSeesTheToken(CapturedOutput output) {
    String alices = token(ALICE);
    String header = identity(ALICE, alices);
    for (String path : List.of("/who", "/fails", "/forbidden", "/unknown", "/open/nobody")) {
      for (String accept : List.of("", "Accept: text/html\r\n")) {
        RawHttp.send(port(), "GET " + path, header + accept);
      }
    }
    // a second value, another spelling, and a line that is no header
    RawHttp.send(port(), "GET /who", header + "x-forwarded-access-TOKEN: " + alices + "\r\n");
    RawHttp.send(port(), "GET /who", "X-Forwarded-Access-Token : " + alices + "\r\n");
    RawHttp.send(port(), "GET /who", "X-Forwarded\tAccess-Token: " + alices + "\r\n");
    RawHttp.send(port(), "GET /who", header + alices + "\r\n");
    String exchanges = as(BOB, "GET /actuator/httpexchanges").text();
    assertThat(exchanges).contains("/unknown").contains("X-Forwarded-Email");
    String dump = String.join("\n", shop.bean(Shop.Dump.class).seen());
    assertThat(dump).containsIgnoringCase("x-forwarded-email").contains("ERROR ");
    assertThat(output.getAll()).contains("Before request [GET /who");
    for (String secret : List.of(alices, alices.substring(alices.lastIndexOf('.') + 1))) {
      assertThat(exchanges).doesNotContain(secret);
      assertThat(dump).doesNotContain(secret);
      assertThat(output.getAll()).doesNotContain(secret);
    }
  }

  @Test
  void theApplicationMaySayThatACacheKeepsAnAnswer() {
    assertThat(as(ALICE, "GET /fails").header("Cache-Control")).isEqualTo("no-store");
    Answer catalog = as(ALICE, "GET /catalog");
    assertThat(catalog.header("Cache-Control")).isEqualTo("max-age=60");
    assertThat(catalog.text()).doesNotContain("no-store");
    Answer later = as(ALICE, "GET /later");
    assertThat(later.header("Cache-Control")).isEqualTo("max-age=60");
    assertThat(later.text()).endsWith("the same for all").doesNotContain("no-store");
    assertThat(as(ALICE, "GET /feed").text().lines())
        .filteredOn(line -> line.startsWith("Cache-Control"))
        .containsExactly("Cache-Control: no-store", "Cache-Control: private");
  }
}
