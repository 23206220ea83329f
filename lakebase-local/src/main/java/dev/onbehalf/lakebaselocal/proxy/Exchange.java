package dev.onbehalf.lakebaselocal.proxy;

import dev.onbehalf.lakebaselocal.proxy.Head.Field;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One request's way to the application, and its answer's way back. The two overlap: an application
 * may answer while it still reads.
 */
final class Exchange {
  private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([1-9][0-9]{2})( .*)?");
  private static final int CLIENT_CHECK_MILLIS = 500;
  private static final int SWITCHING_PROTOCOLS = 101;

  private final ProxiedRequest request;
  private final Socket client;
  private final OutputStream toClient;
  private final Socket application;
  private final Executor threads;

  /** Whether the client has the head of its answer, so that there is no other to give. */
  private boolean begun;

  /** What is wrong with the request's body, if that is known by now. */
  private volatile @Nullable BadMessageException malformed;

  Exchange(
      ProxiedRequest request,
      Socket client,
      OutputStream toClient,
      Socket application,
      Executor threads) {
    this.request = request;
    this.client = client;
    this.toClient = toClient;
    this.application = application;
    this.threads = threads;
  }

  /**
   * Hands the request on as {@code who}'s, and the answer back.
   *
   * @param cookie the one that is between the browser and the proxy only
   * @param keep whether the client would send another request
   * @return whether it may
   */
  boolean run(SignedIn who, String cookie, boolean keep) throws IOException {
    application.setTcpNoDelay(true);
    OutputStream toApplication = new BufferedOutputStream(application.getOutputStream());
    InputStream fromApplication = new BufferedInputStream(application.getInputStream());
    requestHead(who, cookie).write(toApplication);
    CompletableFuture<Void> sent = sendBody(toApplication);
    try {
      return answer(fromApplication, toApplication, cookie, keep) && isDone(sent);
    } catch (IOException e) {
      if (begun) {
        throw new IOException("The answer broke off", e);
      }
      BadMessageException cause = malformed;
      throw cause == null ? e : cause;
    }
  }

  private Head requestHead(SignedIn who, String cookie) {
    List<Field> fields = ForwardedFields.ofRequest(request.head(), who, cookie);
    if (request.isUpgrade()) {
      fields.add(new Field("Connection", "Upgrade"));
      fields.add(new Field("Upgrade", "websocket"));
    } else {
      fields.add(new Field("Connection", "close"));
    }
    addMeasure(request.body(), fields);
    return new Head(request.method() + " " + request.target() + " HTTP/1.1", fields);
  }

  private static void addMeasure(Body body, List<Field> fields) {
    if (body instanceof Body.Length length) {
      fields.add(new Field("Content-Length", Long.toString(length.bytes())));
    } else if (!(body instanceof Body.None)) {
      fields.add(new Field("Transfer-Encoding", "chunked"));
    }
  }

  private CompletableFuture<Void> sendBody(OutputStream toApplication) {
    return request.body() instanceof Body.None
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.runAsync(
            () -> {
              try {
                request.body().copy(request.in(), toApplication);
              } catch (IOException e) {
                if (e instanceof BadMessageException found) {
                  malformed = found; // before the end that it brings about is seen
                }
                closeQuietly(application); // it would wait for the rest
                throw new UncheckedIOException(e);
              }
            },
            threads);
  }

  private boolean answer(
      InputStream fromApplication, OutputStream toApplication, String cookie, boolean keep)
      throws IOException {
    awaitAnswer(fromApplication);
    Head head = requireHead(fromApplication);
    int status = status(head);
    while (status < 200 && status != SWITCHING_PROTOCOLS) { // 100 Continue, 103 Early Hints
      new Head(head.firstLine(), ForwardedFields.ofAnswer(head, cookie)).write(toClient);
      head = requireHead(fromApplication);
      status = status(head);
    }
    List<Field> fields = ForwardedFields.ofAnswer(head, cookie);
    if (status == SWITCHING_PROTOCOLS) {
      becomeWebSocket(head, fields, fromApplication, toApplication);
      return false;
    }
    Body body = Body.ofAnswer(head, request.method(), status);
    if (body instanceof Body.None && status != 204) {
      head.values("Content-Length").stream()
          .findFirst()
          .ifPresent(length -> fields.add(new Field("Content-Length", length))); // of a HEAD, a 304
    }
    addMeasure(body, fields);
    if (!keep) {
      fields.add(new Field("Connection", "close"));
    }
    begun = true;
    new Head(firstLine(head), fields).write(toClient);
    body.copy(fromApplication, toClient);
    toClient.flush();
    return keep;
  }

  /**
   * Waits for the answer's first byte. A client that goes away meanwhile takes its request along,
   * so that an application can end what nobody waits for; with a body, copying that notices it.
   */
  private void awaitAnswer(InputStream fromApplication) throws IOException {
    if (!(request.body() instanceof Body.None)) {
      return;
    }
    application.setSoTimeout(CLIENT_CHECK_MILLIS);
    boolean come = false;
    while (!come) {
      try {
        peek(fromApplication);
        come = true;
      } catch (SocketTimeoutException e) {
        requireClient();
      }
    }
    application.setSoTimeout(0);
  }

  private void requireClient() throws IOException {
    client.setSoTimeout(1);
    try {
      if (peek(request.in()) < 0) {
        throw new EOFException("The client went away before its answer came");
      }
    } catch (SocketTimeoutException e) {
      // it waits
    } finally {
      client.setSoTimeout(0);
    }
  }

  /** The next byte, which stays there to be read, or -1 at the end. */
  private static int peek(InputStream in) throws IOException {
    in.mark(1);
    int next = in.read();
    in.reset();
    return next;
  }

  private static Head requireHead(InputStream fromApplication) throws IOException {
    try {
      Head head = Head.read(fromApplication);
      if (head != null) {
        return head;
      }
    } catch (BadMessageException e) {
      throw new BadMessageException(502, "The application's answer: " + e.getMessage());
    }
    throw new BadMessageException(502, "The application ended without an answer.");
  }

  private static int status(Head head) throws BadMessageException {
    Matcher line = STATUS_LINE.matcher(head.firstLine());
    if (!line.matches()) {
      throw new BadMessageException(502, "The application's answer has no status.");
    }
    return Integer.parseInt(line.group(1));
  }

  private static String firstLine(Head head) {
    return "HTTP/1.1" + head.firstLine().substring("HTTP/1.x".length());
  }

  /** From here on bytes go both ways, until one side ends. */
  private void becomeWebSocket(
      Head head, List<Field> fields, InputStream fromApplication, OutputStream toApplication)
      throws IOException {
    if (!request.isUpgrade()) {
      throw new BadMessageException(
          502, "The application changes a protocol that was asked for by nobody.");
    }
    List<Field> both = new ArrayList<>(fields);
    both.add(new Field("Connection", "Upgrade"));
    both.add(new Field("Upgrade", "websocket"));
    begun = true;
    new Head(firstLine(head), both).write(toClient);
    threads.execute(() -> passOn(request.in(), toApplication));
    passOn(fromApplication, toClient);
  }

  private void passOn(InputStream from, OutputStream to) {
    byte[] buffer = new byte[16 * 1024];
    try (client;
        application) {
      for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
        to.write(buffer, 0, count);
        to.flush();
      }
    } catch (IOException e) {
      // the other side has ended
    }
  }

  /** Whether the application has read all of the request; then another may follow it. */
  private boolean isDone(CompletableFuture<Void> sent) {
    if (isDoneSoon(sent)) {
      return true;
    }
    closeQuietly(application); // ends the copying of a body that nobody reads
    if (!sent.isDone() && !isDoneSoon(sent)) {
      closeQuietly(client); // it says nothing, so it has lost nothing
    }
    return false;
  }

  private static boolean isDoneSoon(CompletableFuture<Void> sent) {
    try {
      sent.get(1, TimeUnit.SECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // it is closed all the same
    }
  }
}
