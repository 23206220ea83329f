package dev.onbehalf.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

/** From where a request comes: the other end of its connection, and nothing that it says. */
class SenderTest {
  private static MockHttpServletRequest from(String address) {
    MockHttpServletRequest request = new MockHttpServletRequest();
    request.setRemoteAddr(address);
    return request;
  }

  @ParameterizedTest
  @CsvSource({
    "10.9.9.9, 10.9.9.9",
    "255.249.199.0, 255.249.199.0",
    "fd00::7, fd00:0:0:0:0:0:0:7",
    "::1, 0:0:0:0:0:0:0:1",
    "::ffff:10.9.9.9, 10.9.9.9"
  })
  void anAddressIsTakenAsItIs(String address, String sender) {
    InetAddress peer = Sender.of(from(address));
    assertThat(peer).isNotNull();
    assertThat(peer.getHostAddress()).isEqualTo(sender);
  }

  /** With {@link InetAddress#getByName}, the name would be looked up, and nothing be localhost. */
  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "localhost", "256.1.1.1", "10.9", "1", "fd00::g", "unknown"})
  void whatIsNoAddressIsNobodysAndNotLookedUp(@Nullable String address) {
    assertThat(Sender.literal(address)).isNull();
  }

  @Test
  void aFilterThatReadsTheSenderFromHeadersChangesNothing() {
    HttpServletRequest rewritten =
        new HttpServletRequestWrapper(from("192.0.2.1")) {
          @Override
          public String getRemoteAddr() {
            return "10.9.9.9";
          }
        };
    assertThat(Sender.of(rewritten)).hasToString("/192.0.2.1");
  }
}
