package dev.onbehalf.lakebaselocal.proxy;

import dev.onbehalf.lakebaselocal.proxy.Head.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;

/** Which fields cross the proxy, and which it adds: those that Databricks Apps documents. */
final class ForwardedFields {
  private static final Set<String> OF_ONE_CONNECTION =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authenticate",
          "proxy-authorization",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private static final Set<String> OURS_ALONE = Set.of("forwarded", "x-real-ip", "x-request-id");

  private ForwardedFields() {}

  /**
   * What the application gets, without what says how long the body is. Of the client's fields those
   * are dropped that say who it is or whence it comes, however they are spelt: some servers make
   * one of a hyphen and an underscore.
   */
  static List<Field> ofRequest(Head request, SignedIn who, String cookie) {
    String host = request.values("Host").get(0);
    List<Field> fields = new ArrayList<>();
    fields.add(new Field("Host", host));
    for (Field field : acrossConnections(request)) {
      if (!field.isNamed("Host") && !field.isNamed("Cookie") && !isTheProxysWord(field)) {
        fields.add(field);
      }
    }
    Cookies.without(request.values("Cookie"), cookie)
        .ifPresent(others -> fields.add(new Field("Cookie", others)));
    fields.add(new Field("X-Forwarded-Host", host));
    fields.add(new Field("X-Forwarded-Email", utf8(who.email())));
    fields.add(new Field("X-Forwarded-User", utf8(who.email())));
    fields.add(new Field("X-Forwarded-Preferred-Username", utf8(who.email())));
    fields.add(new Field("X-Forwarded-Access-Token", who.accessToken()));
    fields.add(new Field("X-Real-Ip", "127.0.0.1"));
    fields.add(new Field("X-Request-Id", UUID.randomUUID().toString()));
    return fields;
  }

  /** What the client gets, without what says how long the body is. */
  static List<Field> ofAnswer(Head answer, String cookie) {
    List<Field> fields = new ArrayList<>(acrossConnections(answer));
    fields.removeIf(field -> field.isNamed("Set-Cookie") && Cookies.sets(field.value(), cookie));
    return fields;
  }

  private static boolean isTheProxysWord(Field field) {
    String name = field.name().toLowerCase(Locale.ROOT).replace('_', '-');
    return name.startsWith("x-forwarded-") || OURS_ALONE.contains(name);
  }

  /** Without those of this connection only (RFC 9110, section 7.6.1). */
  private static List<Field> acrossConnections(Head head) {
    Set<String> named = head.tokens("Connection");
    return head.fields().stream()
        .filter(field -> !named.contains(field.name()))
        .filter(field -> !OF_ONE_CONNECTION.contains(field.name().toLowerCase(Locale.ROOT)))
        .filter(field -> !field.isNamed("Content-Length"))
        .toList();
  }

  /** A character for each byte of it, as heads are written. */
  private static String utf8(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
