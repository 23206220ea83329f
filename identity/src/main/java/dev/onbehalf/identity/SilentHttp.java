package dev.onbehalf.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.util.Resource;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import dev.onbehalf.identity.IssuerUnavailableException.Reason;
import java.io.IOException;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Asks issuers of tokens: nothing of it is in any log, as the JDK's older client prints all headers
 * at its finest level; nobody but who is meant hears it, so redirects are not followed; and it has
 * an end, headers and body together. Thread-safe.
 */
final class SilentHttp implements HTTPRequestSender {
  static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int MAX_ANSWER_BYTES = 256 * 1024;

  /** What the client sets itself. */
  private static final Set<String> RESTRICTED = Set.of("host", "content-length", "connection");

  /** One for all: it has a thread of its own, which ends when nobody has the client any more. */
  private static final AtomicReference<@Nullable HttpClient> client = new AtomicReference<>();

  private static HttpClient client() {
    HttpClient known = client.get();
    return known != null
        ? known
        : requireNonNull(client.updateAndGet(it -> it != null ? it : make()));
  }

  private static HttpClient make() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(TIMEOUT)
        .build();
  }

  /**
   * Lets the client go, and with it all that its thread has of who started it: the class loader of
   * an application, say, that is undeployed. The next question makes another.
   */
  static void letGo() {
    client.set(null);
  }

  /** What is at an address, as an issuer's metadata and keys are. */
  static Resource retrieve(URL url) throws IOException {
    HTTPResponse answer;
    try {
      answer = new HTTPRequest(HTTPRequest.Method.GET, url).send(new SilentHttp());
    } catch (IOException e) {
      throw new IOException(url + ": " + e.getMessage(), e); // else a log does not say where
    }
    if (answer.getStatusCode() != 200) {
      throw new IOException("%s: HTTP %s".formatted(url, answer.getStatusCode()));
    }
    return new Resource(String.valueOf(answer.getBody()), null);
  }

  /** Whom an issuer that gives no answer is told as; a certificate becomes no better by waiting. */
  static IssuerUnavailableException unreachable(@Nullable IOException cause) {
    for (Throwable e = cause; e != null; e = e.getCause()) {
      if (e instanceof SSLException) {
        return new IssuerUnavailableException(
            Reason.UNTRUSTED,
            "TLS with the issuer of tokens failed. Whoever runs the application has to look at which certificates its JVM trusts.",
            null,
            cause);
      }
    }
    return new IssuerUnavailableException(
        "The issuer of tokens could not be asked. Try again in a few seconds.", cause);
  }

  @Override
  public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request) throws IOException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client()
            .sendAsync(
                request(request),
                head -> new Limited(BodySubscribers.ofByteArray(), MAX_ANSWER_BYTES));
    try {
      return answer(answer.get(TIMEOUT.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      answer.cancel(true); // which ends the exchange
      throw new IOException("No answer within %s s".formatted(TIMEOUT.toSeconds()), e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause
          ? cause
          : new IOException("The question could not be sent", e.getCause());
    }
  }

  private static HttpRequest request(ReadOnlyHTTPRequest request) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(request.getURI());
    request
        .getHeaderMap()
        .forEach(
            (name, values) -> {
              if (!RESTRICTED.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> builder.header(name, value));
              }
            });
    String body = request.getBody();
    return builder
        .method(
            request.getMethod().name(),
            body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
        .build();
  }

  private static HTTPResponse answer(HttpResponse<byte[]> from) throws IOException {
    HTTPResponse answer = new HTTPResponse(from.statusCode());
    for (String name : List.of("Content-Type", "WWW-Authenticate")) {
      List<String> values = from.headers().allValues(name);
      if (!values.isEmpty()) {
        answer.setHeader(name, values.toArray(String[]::new));
      }
    }
    answer.setBody(new String(from.body(), UTF_8));
    return answer;
  }
}
