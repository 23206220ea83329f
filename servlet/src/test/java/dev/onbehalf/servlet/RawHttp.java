package dev.onbehalf.servlet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client that sends what it is told, byte for byte: others tidy up a path before they send it.
 */
public final class RawHttp {
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3})");
  private static final int TIMEOUT_MILLIS = 30_000;

  private RawHttp() {}

  /** An answer, its head and its body as they came. */
  public record Answer(int status, String text) {
    public String header(String name) {
      Matcher header =
          Pattern.compile("(?im)^" + Pattern.quote(name) + ": *(.*?)\\r?$").matcher(text);
      return header.find() ? header.group(1) : "";
    }
  }

  /** A request without an identity. */
  public static Answer get(int port, String path) {
    return send(port, "GET " + path, "");
  }

  /** A request with header lines, each ended by CR LF. */
  public static Answer send(int port, String methodAndPath, String headers) {
    String request =
        methodAndPath + " HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n" + headers + "\r\n";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Matcher status = STATUS.matcher(text);
      if (!status.lookingAt()) {
        throw new IllegalStateException("No answer to " + methodAndPath + ": " + text);
      }
      return new Answer(Integer.parseInt(status.group(1)), text);
    } catch (IOException e) {
      throw new IllegalStateException(methodAndPath, e);
    }
  }
}
