package dev.onbehalf.spring;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.identity.IdentityHeaders;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebase.DeveloperSignIn;
import dev.onbehalf.lakebase.Lakebase;
import dev.onbehalf.lakebase.LakebaseSettings;
import dev.onbehalf.servlet.DevelopmentFilter;
import dev.onbehalf.servlet.ForwardedHeaders;
import dev.onbehalf.servlet.ProblemWriter;
import dev.onbehalf.servlet.Problems;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** From where, and under which name, a request must come to be the developer's. */
class DevelopmentFilterTest {
  private static final String UMLAUTS = "jürgen@example.com";

  private OnBehalfDatabase lakebase;
  private DevelopmentFilter filter;

  @BeforeEach
  void make(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("cfg"), "[me]\ntoken = dapi-0123\n");
    Map<String, String> variables = new HashMap<>(SharedLakebase.get().environment());
    variables.put("DATABRICKS_CONFIG_FILE", file.toString());
    lakebase = Lakebase.database(variables);
    DeveloperSignIn signIn =
        new DeveloperSignIn(LakebaseSettings.fromEnvironment(variables), "me", "pat");
    filter =
        new DevelopmentFilter(
            UMLAUTS,
            signIn::accessToken,
            IdentityHeaders.STANDARD,
            new ProblemWriter(
                new Problems(lakebase.platform(), null, failure -> Optional.empty())));
  }

  @AfterEach
  void close() {
    lakebase.close();
  }

  private boolean isSigned(HttpServletRequest request) throws ServletException, IOException {
    MockFilterChain chain = new MockFilterChain();
    filter.doFilter(request, new MockHttpServletResponse(), chain);
    return ForwardedHeaders.of(requireNonNull(chain.getRequest()))
        .filter(it -> !it.accessTokens().isEmpty())
        .isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, localhost, true",
    "127.0.0.1, 127.0.0.1, true",
    "::1, [::1], true",
    "0:0:0:0:0:0:0:1, ::1, true",
    "203.0.113.9, localhost, false",
    "10.0.0.7, localhost, false",
    "::ffff:203.0.113.9, localhost, false",
    "localhost, localhost, false", // a server that reads names from headers
    "127.0.0.1, shop.example.com, false",
    "127.0.0.1, localhost.example.com, false",
    "127.0.0.1, 127.0.0.1.example.com, false",
    "127.0.0.1, 0.0.0.0, false"
  })
  void onlyFromThisMachineUnderItsName(String sender, String host, boolean signed)
      throws ServletException, IOException {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");
    request.setRemoteAddr(sender);
    request.setServerName(host);
    assertThat(isSigned(request)).isEqualTo(signed);
  }

  /** As Spring's ForwardedHeaderFilter does. */
  @Test
  void whatAFilterTookAwayIsSeenAllTheSame() throws ServletException, IOException {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");
    request.addHeader("X-Forwarded-For", "203.0.113.9");
    HttpServletRequest wrapped =
        new HttpServletRequestWrapper(request) {
          @Override
          public @Nullable String getHeader(String name) {
            return null;
          }
        };
    assertThat(isSigned(wrapped)).isFalse();
  }

  @Test
  void theAddressArrivesAsAServerWouldHandItOn() throws ServletException, IOException {
    MockFilterChain chain = new MockFilterChain();
    filter.doFilter(new MockHttpServletRequest(), new MockHttpServletResponse(), chain);
    ForwardedHeaders headers =
        ForwardedHeaders.of(requireNonNull(chain.getRequest())).orElseThrow();
    assertThat(headers.identity().address()).isEqualTo(UMLAUTS);
    assertThat(headers.identity().accessToken().reveal()).isEqualTo("dapi-0123");
  }
}
