package dev.onbehalf.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Sends what has a token or a secret in it: in no log, as the JDK's older client prints all headers
 * at its finest level; to nobody but whom it is for, so redirects are not followed; and not for
 * ever. Thread-safe.
 */
final class SilentHttp implements HTTPRequestSender {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int MAX_ANSWER_BYTES = 256 * 1024;

  /** What the client sets itself. */
  private static final Set<String> RESTRICTED = Set.of("host", "content-length", "connection");

  /** One for all: it has a thread of its own. */
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(TIMEOUT)
          .build();

  @Override
  public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request) throws IOException {
    HttpRequest.Builder builder = HttpRequest.newBuilder(request.getURI()).timeout(TIMEOUT);
    request
        .getHeaderMap()
        .forEach(
            (name, values) -> {
              if (!RESTRICTED.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> builder.header(name, value));
              }
            });
    String body = request.getBody();
    builder.method(
        request.getMethod().name(),
        body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    try {
      return answer(CLIENT.send(builder.build(), BodyHandlers.ofInputStream()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted", e);
    }
  }

  private static HTTPResponse answer(HttpResponse<InputStream> from) throws IOException {
    HTTPResponse answer = new HTTPResponse(from.statusCode());
    for (String name : List.of("Content-Type", "WWW-Authenticate")) {
      List<String> values = from.headers().allValues(name);
      if (!values.isEmpty()) {
        answer.setHeader(name, values.toArray(String[]::new));
      }
    }
    try (InputStream body = from.body()) {
      byte[] bytes = body.readNBytes(MAX_ANSWER_BYTES + 1);
      if (bytes.length > MAX_ANSWER_BYTES) {
        throw new IOException("An answer of more than %s bytes".formatted(MAX_ANSWER_BYTES));
      }
      answer.setBody(new String(bytes, UTF_8));
    }
    return answer;
  }
}
