package dev.onbehalf.lakebaselocal.proxy;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a browser is answered.
 *
 * @param body empty for none; its type is among the headers
 */
public record Reply(int status, Map<String, String> headers, String body) {
  public Reply {
    headers = Map.copyOf(headers);
  }

  static Reply json(Map<String, ?> json) {
    return typed(200, "application/json", JSONObjectUtils.toJSONString(json));
  }

  static Reply page(String html) {
    return typed(200, "text/html; charset=utf-8", html)
        .with(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self';"
                + " frame-ancestors 'none'; base-uri 'none'")
        .with("Referrer-Policy", "same-origin");
  }

  /** RFC 9457. */
  static Reply problem(int status, String title, String detail) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("type", "about:blank");
    json.put("title", title);
    json.put("status", status);
    json.put("detail", detail);
    return typed(status, "application/problem+json", JSONObjectUtils.toJSONString(json));
  }

  static Reply empty() {
    return new Reply(204, Map.of("Cache-Control", "no-store"), "");
  }

  /** Elsewhere, with GET. */
  static Reply seeOther(String location) {
    return new Reply(303, Map.of("Cache-Control", "no-store", "Location", location), "");
  }

  private static Reply typed(int status, String type, String body) {
    return new Reply(
        status,
        Map.of(
            "Cache-Control", "no-store", "Content-Type", type, "X-Content-Type-Options", "nosniff"),
        body);
  }

  Reply with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Reply(status, more, body);
  }
}
