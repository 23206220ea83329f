package dev.onbehalf.playground;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Receives traces as a collector does (OTLP 1, over HTTP, in protobuf). */
final class OtlpReceiver implements AutoCloseable {
  private final HttpServer server;
  private final Queue<byte[]> bodies = new ConcurrentLinkedQueue<>();
  private final Queue<Span> spans = new ConcurrentLinkedQueue<>();

  OtlpReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::receive);
    server.start();
  }

  String endpoint() {
    return "http://127.0.0.1:%s/v1/traces".formatted(server.getAddress().getPort());
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      bodies.add(body);
      ExportTraceServiceRequest.parseFrom(body).getResourceSpansList().stream()
          .flatMap(resource -> resource.getScopeSpansList().stream())
          .forEach(scope -> spans.addAll(scope.getSpansList()));
      exchange.sendResponseHeaders(200, -1);
    }
  }

  /** All that came, as it came. */
  List<byte[]> bodies() {
    return List.copyOf(bodies);
  }

  /** What has come of a trace. */
  record Trace(List<Span> spans) {
    /** The only one of that name. */
    Span span(String name) {
      return spans.stream()
          .filter(it -> it.getName().equals(name))
          .reduce(
              (one, other) -> {
                throw new AssertionError("two spans " + name);
              })
          .orElseThrow(() -> new AssertionError("no span " + name + " among " + names()));
    }

    /** That of the request, which ends last. */
    Optional<Span> request() {
      return spans.stream().filter(it -> it.getKind() == SpanKind.SPAN_KIND_SERVER).findFirst();
    }

    List<String> names() {
      return spans.stream().map(Span::getName).toList();
    }
  }

  Trace trace(String id) {
    return new Trace(
        spans.stream()
            .filter(it -> HexFormat.of().formatHex(it.getTraceId().toByteArray()).equals(id))
            .toList());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
