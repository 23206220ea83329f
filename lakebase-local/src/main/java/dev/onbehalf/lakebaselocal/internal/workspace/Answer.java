package dev.onbehalf.lakebaselocal.internal.workspace;

import java.util.LinkedHashMap;
import java.util.Map;

/** An answer: a status, and an object that goes out as JSON. */
record Answer(int status, Map<String, ?> json, Map<String, String> headers) {

  static Answer ok(Map<String, ?> json) {
    return new Answer(200, json, Map.of());
  }

  /** The workspace's shape of an error. */
  static Answer error(WorkspaceException error) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("error_code", error.errorCode());
    json.put("message", error.getMessage());
    int status = error.status();
    return new Answer(
        status, json, status == 429 || status == 503 ? Map.of("Retry-After", "1") : Map.of());
  }

  Answer withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Answer(status, json, more);
  }
}
