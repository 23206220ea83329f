package dev.onbehalf.lakebaselocal.proxy;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Fields as HTML forms send them, {@code application/x-www-form-urlencoded}. */
final class Forms {
  private Forms() {}

  static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  /**
   * The fields.
   *
   * @throws IOException if one comes twice, or is not encoded as it should be
   */
  static Map<String, String> decode(String form) throws IOException {
    Map<String, String> fields = new HashMap<>();
    for (String pair : form.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 0) {
        continue;
      }
      try {
        String name = URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8);
        String value = URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
        if (fields.put(name, value) != null) {
          throw new IOException("A field of the form comes twice");
        }
      } catch (IllegalArgumentException e) {
        throw new IOException("The form is not encoded as it should be", e);
      }
    }
    return fields;
  }
}
