package dev.onbehalf.lakebaselocal;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;

/** Asks the workspace of an instance that runs in another process. */
final class WorkspaceClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Map<String, String> instance;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .proxy(HttpClient.Builder.NO_PROXY)
          .connectTimeout(TIMEOUT)
          .build();

  /**
   * @param instance its environment
   */
  WorkspaceClient(Map<String, String> instance) {
    this.instance = instance;
  }

  /** The value of a variable of the instance's. */
  String required(String variable) {
    String value = instance.get(variable);
    if (value == null) {
      throw new IllegalStateException("The environment of lakebase-local lacks " + variable);
    }
    return value;
  }

  String tokenOf(String person) throws IOException, InterruptedException {
    return post("/local/tokens", "", json(Map.of("user", person)), "access_token");
  }

  /** The service principal's access token (RFC 6749, section 4.4). */
  String applicationsToken() throws IOException, InterruptedException {
    String pair = required("DATABRICKS_CLIENT_ID") + ":" + required("DATABRICKS_CLIENT_SECRET");
    String basic =
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    return post("/oidc/v1/token", basic, "grant_type=client_credentials", "access_token");
  }

  String databaseCredential(String accessToken) throws IOException, InterruptedException {
    String body = json(Map.of("endpoint", required("LAKEBASE_ENDPOINT")));
    return post("/api/2.0/postgres/credentials", "Bearer " + accessToken, body, "token");
  }

  private static String json(Map<String, String> fields) {
    return JSONObjectUtils.toJSONString(fields);
  }

  private String post(String path, String authorization, String body, String field)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(required("DATABRICKS_HOST") + path))
            .timeout(TIMEOUT)
            .POST(BodyPublishers.ofString(body));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    HttpResponse<String> answer;
    try {
      answer = http.send(request.build(), BodyHandlers.ofString());
    } catch (ConnectException e) {
      throw new IOException(
          "Nothing answers at " + required("DATABRICKS_HOST") + ": lakebase-local does not run", e);
    }
    return value(answer, field);
  }

  private static String value(HttpResponse<String> answer, String field) throws IOException {
    try {
      Map<String, Object> fields = JSONObjectUtils.parse(answer.body());
      if (answer.statusCode() == 200 && fields.get(field) instanceof String value) {
        return value;
      }
      Object message = fields.containsKey("message") ? fields.get("message") : fields;
      throw new IOException("lakebase-local refuses: " + message);
    } catch (ParseException e) {
      throw new IOException("What answers there is no lakebase-local", e);
    }
  }
}
