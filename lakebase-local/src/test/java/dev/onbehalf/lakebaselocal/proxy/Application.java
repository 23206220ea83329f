package dev.onbehalf.lakebaselocal.proxy;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * An application that shows, byte by byte, what the proxy sent it, and answers with what a test
 * wrote for it.
 */
final class Application implements Closeable {

  /** What answers one connection. */
  @FunctionalInterface
  interface Behaviour {
    void serve(Conversation conversation) throws Exception;
  }

  /** One connection of the proxy's. */
  static final class Conversation {
    private final BufferedReader in;
    private final OutputStream out;
    final List<String> head = new ArrayList<>();

    Conversation(Socket socket) throws IOException {
      socket.setSoTimeout(20_000);
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      out = socket.getOutputStream();
    }

    String line() throws IOException {
      return Objects.requireNonNull(in.readLine(), "the proxy has ended");
    }

    String read(int count) throws IOException {
      char[] text = new char[count];
      int length = 0;
      while (length < count) {
        int more = in.read(text, length, count - length);
        if (more < 0) {
          throw new IOException("The proxy has ended");
        }
        length += more;
      }
      return new String(text);
    }

    boolean isEnded() throws IOException {
      return in.read() < 0;
    }

    void write(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    /** All values of a field in the request's head. */
    List<String> values(String name) {
      String start = name.toLowerCase(Locale.ROOT) + ": ";
      return head.stream()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
          .map(line -> line.substring(start.length()))
          .toList();
    }
  }

  static final Behaviour GREETS =
      conversation ->
          conversation.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-App: yes\r\n\r\nhello");

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final BlockingQueue<Conversation> seen = new LinkedBlockingQueue<>();
  private volatile Behaviour behaviour = GREETS;

  Application() throws IOException {
    start(this::accept);
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "application");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      Conversation conversation = new Conversation(socket);
      for (String line = conversation.line(); !line.isEmpty(); line = conversation.line()) {
        conversation.head.add(line);
      }
      seen.add(conversation);
      behaviour.serve(conversation);
    } catch (Exception e) {
      // the test sees what came of it
    }
  }

  int port() {
    return server.getLocalPort();
  }

  void behave(Behaviour behaviour) {
    this.behaviour = behaviour;
  }

  /** The next request that came, which is waited for. */
  Conversation next() throws InterruptedException {
    return Objects.requireNonNull(seen.poll(20, TimeUnit.SECONDS), "no request came");
  }

  boolean hasSeenNothing() {
    return seen.isEmpty();
  }

  void forget() {
    seen.clear();
    behaviour = GREETS;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
