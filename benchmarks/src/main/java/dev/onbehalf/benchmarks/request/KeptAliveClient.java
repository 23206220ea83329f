package dev.onbehalf.benchmarks.request;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Sends one and the same request over one connection, again and again, and waits for each answer.
 * The client's own part of a request is little, so that the server's is most of what is measured.
 */
final class KeptAliveClient implements Closeable {
  private final Socket socket;
  private final byte[] request;
  private final byte[] end;
  private final byte[] answer = new byte[8 * 1024];

  /**
   * @param word the path's one segment, and the answer's body
   */
  KeptAliveClient(int port, String word, String user, String token) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(10_000);
    request =
        """
        GET /%s HTTP/1.1\r
        Host: 127.0.0.1\r
        X-Forwarded-Email: %s\r
        X-Forwarded-Access-Token: %s\r
        \r
        """
            .formatted(word, user, token)
            .getBytes(StandardCharsets.US_ASCII);
    end = ("\r\n\r\n" + word).getBytes(StandardCharsets.US_ASCII);
  }

  /** How many nanoseconds one request took. */
  long time() throws IOException {
    long start = System.nanoTime();
    socket.getOutputStream().write(request);
    int length = 0;
    do {
      int read = socket.getInputStream().read(answer, length, answer.length - length);
      if (read <= 0) {
        throw new IOException("Not the answer that ends in its path: " + text(length));
      }
      length += read;
    } while (!ends(length));
    return System.nanoTime() - start;
  }

  private boolean ends(int length) {
    int from = length - end.length;
    return from > 0
        && Arrays.equals(answer, from, length, end, 0, end.length)
        && answer[9] == '2'; // HTTP/1.1 2..
  }

  private String text(int length) {
    return new String(answer, 0, length, StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
