package dev.onbehalf.lakebaselocal.internal.workspace;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.Headers;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that has arrived whole.
 *
 * @param path as it was sent, still percent-encoded
 * @param query the raw query, empty if there is none
 */
record Request(String method, String path, String query, Headers headers, ByteBuffer body) {

  /** The one value of a header, or null; a header that comes twice is refused. */
  @Nullable String header(String name) throws WorkspaceException {
    List<String> values = headers.get(name);
    if (values == null) {
      return null;
    }
    if (values.size() > 1) {
      throw WorkspaceException.malformed("The header " + name + " comes more than once.");
    }
    return values.get(0);
  }

  /** The body as a JSON object. */
  JsonObject json() throws WorkspaceException {
    try {
      Map<String, Object> fields = JSONObjectUtils.parse(bodyText()); // null for "null"
      if (fields != null) {
        return new JsonObject(fields);
      }
    } catch (ParseException e) {
      // said below
    }
    throw WorkspaceException.malformed("The body is not a JSON object.");
  }

  /** The body as an HTML form, {@code application/x-www-form-urlencoded}. */
  Map<String, String> form() throws WorkspaceException {
    return decode(bodyText());
  }

  Map<String, String> queryParameters() throws WorkspaceException {
    return decode(query);
  }

  private String bodyText() throws WorkspaceException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(body.duplicate()).toString();
    } catch (CharacterCodingException e) {
      throw WorkspaceException.malformed("The body is not UTF-8.");
    }
  }

  private static Map<String, String> decode(String encoded) throws WorkspaceException {
    Map<String, String> values = new HashMap<>();
    for (String pair : encoded.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = decodePart(equals < 0 ? pair : pair.substring(0, equals));
      String value = equals < 0 ? "" : decodePart(pair.substring(equals + 1));
      if (values.put(name, value) != null) {
        throw WorkspaceException.malformed("The parameter " + name + " comes more than once.");
      }
    }
    return values;
  }

  private static String decodePart(String encoded) throws WorkspaceException {
    try {
      return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw WorkspaceException.malformed("A parameter is not percent-encoded as it should be.");
    }
  }
}
