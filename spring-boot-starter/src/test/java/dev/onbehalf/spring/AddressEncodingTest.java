package dev.onbehalf.spring;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Addresses beyond ASCII, as bytes on a socket, through the server that applications have. */
class AddressEncodingTest {
  private static final String MUELLER = "m\u00fcller@example.com";
  private static final String IN_TWO = "mu\u0308ller@example.com";
  private static final String MOJIBAKE = "m\u00c3\u00bcller@example.com";
  private static final String TANAKA = "\u7530\u4e2d@example.com";

  private static TestApplication application;

  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  static class Application {
    @Bean
    Who who(JdbcClient jdbc) {
      return new Who(jdbc);
    }
  }

  @RestController
  static class Who {
    private final JdbcClient jdbc;

    Who(JdbcClient jdbc) {
      this.jdbc = jdbc;
    }

    @GetMapping("/who")
    String who() {
      return jdbc.sql("SELECT pg_catalog.convert_to(current_user, 'UTF8')")
          .query((row, number) -> HexFormat.of().formatHex(row.getBytes(1)))
          .single();
    }
  }

  @BeforeAll
  static void start() {
    for (String person : new String[] {MUELLER, IN_TWO, MOJIBAKE, TANAKA}) {
      SharedLakebase.get().addUser(person);
    }
    application = new TestApplication(Application.class);
  }

  @AfterAll
  static void stop() {
    application.close();
  }

  private static String ask(byte[] address, String tokenOf) throws IOException {
    URI uri = application.request("/who").build().uri();
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.write("GET /who HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Email: ".getBytes(US_ASCII));
    request.write(address);
    request.write(
        "\r\nX-Forwarded-Access-Token: %s\r\nConnection: close\r\n\r\n"
            .formatted(SharedLakebase.token(tokenOf))
            .getBytes(US_ASCII));
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.toByteArray());
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  @Test
  void utf8IsTheRoleOfThatNameAndNothingIsNormalised() throws IOException {
    for (String person : new String[] {MUELLER, IN_TWO, MOJIBAKE, TANAKA}) {
      assertThat(ask(person.getBytes(UTF_8), person))
          .startsWith("HTTP/1.1 200")
          .contains(HexFormat.of().formatHex(person.getBytes(UTF_8)));
    }
    assertThat(ask(IN_TWO.getBytes(UTF_8), MUELLER)).startsWith("HTTP/1.1 403");
    assertThat(ask(MUELLER.getBytes(UTF_8), MOJIBAKE)).startsWith("HTTP/1.1 403");
  }

  @Test
  void anotherEncodingIsRefusedOrIsNobodyElse() throws IOException {
    assertThat(ask(MUELLER.getBytes(ISO_8859_1), MUELLER))
        .startsWith("HTTP/1.1 400")
        .contains("The header X-Forwarded-Email is not in UTF-8.");
    // these bytes are the other name in UTF-8, whatever was meant
    assertThat(ask(MOJIBAKE.getBytes(ISO_8859_1), MOJIBAKE)).startsWith("HTTP/1.1 403");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"c0af", "eda080", "eda0bdedb880", "c3", "e0bc", "f4908080", "ff", "bc", "80"})
  void brokenUtf8IsRefused(String hex) throws IOException {
    ByteArrayOutputStream address = new ByteArrayOutputStream();
    address.write(HexFormat.of().parseHex(hex));
    address.write("@example.com".getBytes(US_ASCII));
    assertThat(ask(address.toByteArray(), MUELLER))
        .startsWith("HTTP/1.1 400")
        .contains("identity-malformed");
  }
}
