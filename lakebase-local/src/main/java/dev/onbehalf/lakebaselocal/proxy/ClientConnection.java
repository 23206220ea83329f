package dev.onbehalf.lakebaselocal.proxy;

import dev.onbehalf.lakebaselocal.proxy.Head.Field;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One client's requests, one after the other. */
final class ClientConnection {
  private static final Duration IDLE = Duration.ofSeconds(60);
  private static final Duration FAREWELL = Duration.ofSeconds(1);
  private static final int MAX_DRAIN = 1024 * 1024;

  /** An absolute target would be a second host beside the header's. */
  private static final Pattern REQUEST_LINE =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+) (/[!-~]*|\\*) HTTP/1\\.1");

  /**
   * A page on another site can lead its reader's browser here under a name of its own (DNS
   * rebinding). But it can't choose the header Host.
   */
  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d+)?", Pattern.CASE_INSENSITIVE);

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final LocalSignIn signIn;
  private final int applicationPort;
  private final Executor threads;

  ClientConnection(Socket socket, LocalSignIn signIn, int applicationPort, Executor threads)
      throws IOException {
    this.socket = socket;
    this.signIn = signIn;
    this.applicationPort = applicationPort;
    this.threads = threads;
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
    out = new BufferedOutputStream(socket.getOutputStream());
  }

  /** Answers requests until the client ends, or must. */
  void serve() throws IOException {
    try {
      boolean another = true;
      while (another) {
        socket.setSoTimeout((int) IDLE.toMillis());
        Head head = Head.read(in);
        socket.setSoTimeout(0);
        another = head != null && answer(head);
      }
    } catch (BadMessageException e) {
      send(Reply.problem(e.status(), "Refused", String.valueOf(e.getMessage())), "GET", false);
    } catch (SocketTimeoutException e) {
      return; // it has nothing to say
    }
    part();
  }

  /** Whether another request may follow. */
  private boolean answer(Head head) throws IOException {
    Matcher line = REQUEST_LINE.matcher(head.firstLine());
    if (!line.matches()) {
      throw new BadMessageException(
          head.firstLine().endsWith(" HTTP/1.0") ? 505 : 400,
          "The request's first line is not a method, a path and HTTP/1.1.");
    }
    List<String> hosts = head.values("Host");
    if (hosts.size() != 1) {
      throw new BadMessageException(400, "There is not exactly one field Host.");
    }
    if (!LOOPBACK.matcher(hosts.get(0)).matches()) {
      throw new BadMessageException(403, "The Host must be this machine's loopback address.");
    }
    ProxiedRequest request =
        new ProxiedRequest(head, line.group(1), line.group(2), Body.ofRequest(head), in);
    boolean keep = !head.lists("Connection", "close");
    if (LocalSignIn.isRoute(request.path())) {
      Reply reply = signIn.answer(request.withForm()).orElseThrow();
      send(reply, request.method(), keep);
      return keep;
    }
    Optional<SignedIn> who = signIn.signedIn(request.asVisit());
    if (who.isEmpty()) {
      boolean bare = request.body() instanceof Body.None;
      send(request.signInFirst(), request.method(), keep && bare);
      return keep && bare;
    }
    try (Socket application = connect()) {
      return new Exchange(request, socket, out, application, threads)
          .run(who.get(), signIn.cookie(), keep);
    } catch (ConnectException e) {
      send(
          Reply.problem(
              502,
              "Bad Gateway",
              "Nothing listens on port "
                  + applicationPort
                  + " of this machine: is the application running?"),
          request.method(),
          false);
      return false;
    }
  }

  /** Where "localhost" leads to is one of two addresses, and an application may have either. */
  private Socket connect() throws IOException {
    try {
      return new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), applicationPort);
    } catch (ConnectException e) {
      byte[] loopback6 = new byte[16];
      loopback6[15] = 1;
      return new Socket(InetAddress.getByAddress(loopback6), applicationPort);
    }
  }

  private void send(Reply reply, String method, boolean keep) throws IOException {
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    List<Field> fields = new ArrayList<>();
    reply.headers().forEach((name, value) -> fields.add(new Field(name, value)));
    if (reply.status() != 204) {
      fields.add(new Field("Content-Length", Integer.toString(body.length)));
    }
    if (!keep) {
      fields.add(new Field("Connection", "close"));
    }
    new Head("HTTP/1.1 " + reply.status() + " ", fields).write(out);
    if (!method.equals("HEAD")) {
      out.write(body);
    }
    out.flush();
  }

  /** Whoever still sends would lose the answer to a reset: so what comes is read, for a while. */
  private void part() throws IOException {
    socket.shutdownOutput();
    socket.setSoTimeout((int) FAREWELL.toMillis());
    byte[] buffer = new byte[8 * 1024];
    int drained = 0;
    try {
      for (int count = in.read(buffer);
          count >= 0 && drained < MAX_DRAIN;
          count = in.read(buffer)) {
        drained += count;
      }
    } catch (SocketTimeoutException e) {
      // it has had its time
    }
  }
}
