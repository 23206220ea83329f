package dev.onbehalf.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

/** What was sent and what the server makes of it: an exempt path is one in both. */
class ExemptPathsTest {
  private static final ExemptPathPatterns OPEN =
      new ExemptPathPatterns(List.of("/open/**", "/{top:(?!api$).+}"));

  private static boolean isExempt(String sent, String dispatched) {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", sent);
    request.setServletPath(dispatched);
    return OPEN.contain(request);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/open/a",
        "/open/",
        "/open/a.b",
        "/open/..a",
        "/open/...",
        "/open/%c3%bc",
        "/open/%20",
        "/open/a+b",
        "/open/~a",
        "/open/a:b@c,d=e"
      })
  void aPathThatMeansWhatItSaysIsExempt(String sent) {
    assertThat(isExempt(sent, "/open/a")).isTrue();
  }

  /** Even where the server says that it dispatches on an exempt one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/open/../a",
        "/open/..",
        "/./open/a",
        "/open/.",
        "/open//a",
        "//open/a",
        "//",
        "/open;/a",
        "/open/a;b=c",
        "/open/%2e%2e/a",
        "/open/%2E",
        "/open/a%2fb",
        "/open/a%2Fb",
        "/open/a%5cb",
        "/open/a\\b",
        "/open/a%3bb",
        "/open/a%25b",
        "/open/a%00b",
        "/open/a%0ab",
        "/open/a%7f",
        "/open/%",
        "/open/%2",
        "/open/%zz",
        "/open/%２e",
        "/open/a b",
        "/open/a\tb",
        "/open/ü"
      })
  void aPathThatCouldBeReadOtherwiseIsNever(String sent) {
    assertThat(isExempt(sent, "/open/a")).isFalse();
  }

  @Test
  void whatTheServerDispatchesOnCounts() {
    assertThat(isExempt("/open/a", "/admin")).isTrue(); // one segment, and not "api"
    assertThat(isExempt("/open/a", "/api")).isFalse();
    assertThat(isExempt("/open/a", "/admin/x")).isFalse();
    assertThat(isExempt("/%61pi", "/api")).isFalse();
  }

  /** It is decoded already: once more, and another path would come of it. */
  @Test
  void nothingIsDecodedTwice() {
    assertThat(isExempt("/x", "/%61pi")).isTrue();
    assertThat(isExempt("/x", "/a;pi")).isTrue();
  }
}
