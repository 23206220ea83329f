package dev.onbehalf.lakebaselocal.internal.gateway;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The login gateway: a PostgreSQL front end that leads a client through the login and then joins it
 * with a backend. Listens on loopback only.
 */
public final class Gateway implements Closeable {
  /*
   * One thread accepts. Each client has one thread for its login, which afterwards copies what the
   * client says; a second one copies what the backend says. A client that says nothing, or too
   * slowly, holds its own thread for LOGIN_TIMEOUT and nothing else: then a timer closes the socket,
   * and that wakes the thread wherever it waits. A timeout for each read would not do: a client that
   * sends one byte every few seconds outlives it.
   */
  static final Duration LOGIN_TIMEOUT = Duration.ofSeconds(10);

  private static final int BACKLOG = 1024;
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  private final ServerSocket server;
  private final SSLContext tls;
  private final ExecutorService threads = Executors.newCachedThreadPool(daemons("login-gateway"));
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, daemons("login-gateway-timer"));
  private final Set<ClientSocket> clients = ConcurrentHashMap.newKeySet();
  private final Set<Junction> junctions = ConcurrentHashMap.newKeySet();

  private Gateway(ServerSocket server, SSLContext tls) {
    this.server = server;
    this.tls = tls;
    timer.setRemoveOnCancelPolicy(true);
  }

  /**
   * Takes a port; clients wait until {@link #serve}.
   *
   * @param port zero takes any that is free
   */
  public static Gateway open(SSLContext tls, int port) throws IOException {
    ServerSocket server = new ServerSocket();
    try {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    } catch (IOException e) {
      server.close();
      throw e;
    }
    return new Gateway(server, tls);
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Begins to let clients in. */
  public void serve(Doorkeeper doorkeeper, Backend backend) {
    LoginSequence logins = new LoginSequence(tls, doorkeeper, backend, new Farewell(timer));
    threads.execute(() -> acceptClients(logins));
  }

  private void acceptClients(LoginSequence logins) {
    while (!server.isClosed()) {
      try {
        admit(server.accept(), logins);
      } catch (IOException e) {
        if (!server.isClosed()) {
          LOG.warn("The login gateway could not accept a client: {}", e.getMessage());
          pause();
        }
      }
    }
  }

  private void admit(Socket socket, LoginSequence logins) throws IOException {
    try {
      threads.execute(() -> lead(socket, logins));
    } catch (RejectedExecutionException e) {
      socket.close(); // it came while the gateway closed
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

  private void lead(Socket socket, LoginSequence logins) {
    try (ClientSocket client = new ClientSocket(socket)) {
      clients.add(client);
      try {
        Junction junction = logins.lead(client);
        if (junction != null) {
          join(junction);
        }
      } finally {
        clients.remove(client);
      }
    } catch (IOException e) {
      LOG.debug("A client left during its login: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RejectedExecutionException e) {
      LOG.debug("A client came while the login gateway closed");
    }
  }

  private void join(Junction junction) {
    junctions.add(junction);
    try (junction) {
      threads.execute(junction::copyToClient);
      junction.copyToBackend();
    } finally {
      junctions.remove(junction);
    }
  }

  /** Cuts, without a word, all joined connections of the roles that match, and counts them. */
  public int cut(Predicate<String> roles) {
    List<Junction> matching = junctions.stream().filter(j -> roles.test(j.role())).toList();
    matching.forEach(Junction::close);
    return matching.size();
  }

  /** Stops listening and cuts all connections, those in the middle of a login included. */
  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      LOG.warn("Closing the gateway's port failed: {}", e.getMessage());
    }
    threads.shutdownNow();
    timer.shutdownNow();
    clients.forEach(ClientSocket::close);
    junctions.forEach(Junction::close);
  }

  private static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
