package dev.onbehalf.playground;

import static dev.onbehalf.playground.DeployedPlayground.API;
import static dev.onbehalf.playground.DeployedPlayground.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.lakebaselocal.LakebaseLocal;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Whoever reaches the application past the proxy says in headers that they are the proxy. */
@ExtendWith(OutputCaptureExtension.class)
class TrustedProxyAttackTest {
  private static final String VICTIM = "alice@example.com";
  private static final String PROXY = "10.9.9.9";

  private static LakebaseLocal local;
  private static DeployedPlayground playground;

  private static String saidAtStart = "";

  @BeforeAll
  static void start(CapturedOutput output) {
    local = LakebaseLocal.builder().user(VICTIM).start();
    playground =
        new DeployedPlayground(
            local,
            "onbehalf.identity.verifier=trusted-proxy",
            "onbehalf.identity.trusted-proxies=" + PROXY + "/32");
    saidAtStart = output.getAll();
  }

  @AfterAll
  static void stop() {
    playground.close();
    local.close();
  }

  @Test
  void atTheStartOneWarningSaysWhatIsGivenUp() {
    assertThat(saidAtStart.lines().filter(line -> line.contains("believed, not proved")))
        .singleElement()
        .asString()
        .contains("WARN", PROXY + "/32");
  }

  @ParameterizedTest
  @CsvSource({
    "X-Forwarded-For, 10.9.9.9",
    "Forwarded, for=10.9.9.9",
    "X-Real-IP, 10.9.9.9",
    "X-Client-IP, 10.9.9.9"
  })
  void aHeaderIsNoSender(String header, String value) {
    String token = local.accessToken(VICTIM, Duration.ofHours(1));
    HttpResponse<String> response =
        playground.send(playground.as(VICTIM, token, API + "/my-products").header(header, value));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(403);
    assertThat(json(response).get("type").asString())
        .isEqualTo("urn:onbehalf:problem:identity-untrusted-proxy");
  }
}
