package dev.onbehalf.lakebaselocal.proxy;

import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.lakebaselocal.internal.net.Listener;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands in front of any application on this machine as the platform's proxy does: lets nobody
 * through who has not signed in, drops the headers by which a client says who it is, and adds
 * {@code X-Forwarded-Email}, {@code X-Forwarded-Access-Token} and the others.
 *
 * <pre>{@code
 * try (SignInProxy proxy = SignInProxy.start(lakebase, 8080, 9090)) {
 *   // http://localhost:8080 is the application that listens on 9090, for whoever is picked
 * }
 * }</pre>
 *
 * Bodies stream both ways, and WebSockets pass. Listens on loopback only, and answers to its names
 * only. Thread-safe.
 */
public final class SignInProxy implements Closeable {
  /*
   * Written on sockets, since the JDK's server has no way to hand over a connection that becomes a
   * WebSocket, and its client sets headers of its own. One thread accepts. Each client has a thread;
   * a body, or the other direction of a WebSocket, has a second one while it lasts. The application
   * gets a connection for each request, which tells it by its end that the client is gone.
   */
  private static final int BACKLOG = 256;
  private static final Logger LOG = LoggerFactory.getLogger(SignInProxy.class);

  private final ServerSocket server;
  private final LocalSignIn signIn;
  private final int applicationPort;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "sign-in-proxy");
            thread.setDaemon(true);
            return thread;
          });
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private SignInProxy(ServerSocket server, LocalSignIn signIn, int applicationPort) {
    this.server = server;
    this.signIn = signIn;
    this.applicationPort = applicationPort;
  }

  /**
   * Begins to listen.
   *
   * @param port where; zero takes any that is free
   * @param applicationPort where the application listens, which need not run yet
   * @throws IOException if the port can't be had
   */
  public static SignInProxy start(LakebaseLocal lakebase, int port, int applicationPort)
      throws IOException {
    return start(lakebase, port, applicationPort, Clock.systemUTC());
  }

  static SignInProxy start(LakebaseLocal lakebase, int port, int applicationPort, Clock clock)
      throws IOException {
    ServerSocket server = Listener.open("the proxy", port, SignInProxy::listen);
    String cookie = "lakebase-local-" + server.getLocalPort();
    LocalSignIn signIn = new LocalSignIn(lakebase, cookie, LocalSignIn.SameSite.LAX, clock);
    SignInProxy proxy = new SignInProxy(server, signIn, applicationPort);
    proxy.threads.execute(proxy::acceptClients);
    return proxy;
  }

  private static ServerSocket listen(int port) throws IOException {
    ServerSocket server = new ServerSocket();
    try {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
      return server;
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  /** Where it listens. */
  public int port() {
    return server.getLocalPort();
  }

  private void acceptClients() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        threads.execute(() -> serve(client));
      } catch (IOException | RejectedExecutionException e) {
        if (!server.isClosed()) {
          LOG.warn("The proxy could not accept a client: {}", e.getMessage());
          pause();
        }
      }
    }
  }

  /** When the process has no file descriptor left, trying again at once would be a busy loop. */
  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(Socket client) {
    open.add(client);
    try (client) {
      new ClientConnection(client, signIn, applicationPort, threads).serve();
    } catch (IOException e) {
      LOG.debug("A client or the application left: {}", e.getMessage());
    } finally {
      open.remove(client);
    }
  }

  /** Stops listening and ends all connections. */
  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
    for (Socket client : open) {
      client.close();
    }
  }
}
