package dev.onbehalf.spring.dashboard;

import dev.onbehalf.spring.TestApplication;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One who looks, by HTTP: the messages that came so far. */
final class Events implements AutoCloseable {
  private final List<JsonNode> messages = new CopyOnWriteArrayList<>();
  private final HttpResponse<InputStream> response;
  private volatile boolean ended;

  private Events(HttpResponse<InputStream> response) {
    this.response = response;
    Thread reader = new Thread(this::read, "events");
    reader.setDaemon(true);
    reader.start();
  }

  static Events of(TestApplication application, int port, String user) {
    try {
      URI uri = URI.create("http://127.0.0.1:" + port + "/actuator/onbehalfdashboard/events");
      return new Events(
          HttpClient.newHttpClient()
              .send(
                  application.as(user, "/").uri(uri).build(),
                  HttpResponse.BodyHandlers.ofInputStream()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void read() {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    try (InputStream body = response.body()) {
      byte[] some = new byte[65_536];
      for (int n = body.read(some); n >= 0; n = body.read(some)) {
        line.append(new String(some, 0, n, StandardCharsets.ISO_8859_1));
        for (int end = line.indexOf("\n\n"); end >= 0; end = line.indexOf("\n\n")) {
          lines.add(line.substring(0, end));
          line.delete(0, end + 2);
        }
        lines.forEach(this::take);
        lines.clear();
      }
    } catch (IOException e) {
      // the end
    }
    ended = true;
  }

  private void take(String event) {
    String[] fields = event.split("\n", -1);
    if (fields.length != 2 || !fields[0].equals("retry: 500") || !fields[1].startsWith("data: ")) {
      throw new IllegalStateException("No event of ours: " + event);
    }
    byte[] data = fields[1].substring(6).getBytes(StandardCharsets.ISO_8859_1);
    messages.add(JsonMapper.shared().readTree(new String(data, StandardCharsets.UTF_8)));
  }

  int status() {
    return response.statusCode();
  }

  HttpResponse<?> response() {
    return response;
  }

  List<JsonNode> messages() {
    return messages;
  }

  boolean hasEnded() {
    return ended;
  }

  @Override
  public void close() {
    try {
      response.body().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
