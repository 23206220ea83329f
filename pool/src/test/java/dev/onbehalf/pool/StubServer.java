package dev.onbehalf.pool;

import static java.util.Objects.requireNonNull;

import dev.onbehalf.pool.internal.PlainConnection;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A server to order faults from: it counts connections, and knows who opened them. */
final class StubServer implements ConnectionFactory {
  final AtomicInteger live = new AtomicInteger();
  final AtomicInteger peak = new AtomicInteger();
  final List<String> logins = new CopyOnWriteArrayList<>();
  final List<Session> sessions = new CopyOnWriteArrayList<>();
  final Map<String, SQLException> refusals = new ConcurrentHashMap<>();
  final Map<String, String> sessionUsers = new ConcurrentHashMap<>();

  /** Whether its driver wants to know where requests begin and end. */
  boolean hearsRequests;

  /** Whether that driver then hangs until the connection is aborted. */
  volatile boolean neverBegins;

  /** Logins go through while it has permits. */
  final Semaphore gate = new Semaphore(1_000_000);

  /** One connection as the server sees it. */
  final class Session {
    final String user;
    final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
    volatile boolean closed;
    volatile boolean dead;
    volatile @Nullable CountDownLatch holdClose;
    final CountDownLatch over = new CountDownLatch(1);

    /** By the name of the method that throws it. */
    final Map<String, Throwable> failures = new ConcurrentHashMap<>();

    private boolean failsNext;

    /** The next statement fails, as a question that this server does not know. */
    void failNextStatement() {
      failsNext = true;
    }

    boolean execute() throws SQLException {
      if (failsNext) {
        failsNext = false;
        throw new SQLException("no such column", "42703");
      }
      return true;
    }

    Session(String user) {
      this.user = user;
    }

    int calls(String method) {
      AtomicInteger count = calls.get(method);
      return count == null ? 0 : count.get();
    }

    void close() throws InterruptedException {
      CountDownLatch hold = holdClose;
      if (hold != null) {
        hold.await();
      }
      if (!closed) {
        closed = true;
        over.countDown();
        live.decrementAndGet();
      }
    }
  }

  @Override
  public Connection connect(String user, Secret credential) throws SQLException {
    logins.add(user);
    gate.acquireUninterruptibly();
    gate.release();
    SQLException refusal = refusals.get(user);
    if (refusal != null) {
      throw refusal;
    }
    peak.accumulateAndGet(live.incrementAndGet(), Math::max);
    Session session = new Session(user);
    sessions.add(session);
    Connection connection = connection(session);
    return hearsRequests ? connection : new PlainConnection(connection);
  }

  long loginsOf(String user) {
    return logins.stream().filter(user::equals).count();
  }

  private Connection connection(Session session) {
    Map<String, Object> state =
        new HashMap<>(
            Map.of(
                "AutoCommit",
                true,
                "ReadOnly",
                false,
                "TransactionIsolation",
                2,
                "NetworkTimeout",
                0,
                "Holdability",
                1,
                "Catalog",
                "db"));
    return proxy(
        Connection.class,
        (proxy, method, arguments) -> {
          String name = method.getName();
          session.calls.computeIfAbsent(name, key -> new AtomicInteger()).incrementAndGet();
          Throwable failure = session.failures.get(name);
          if (failure != null) {
            throw failure;
          }
          switch (name) {
            case "close", "abort" -> {
              session.close();
              return null;
            }
            case "beginRequest" -> {
              if (neverBegins) {
                session.over.await();
                throw new SQLException("the socket is closed", "08006");
              }
              return null;
            }
            case "isClosed" -> {
              return session.closed;
            }
            case "isValid" -> {
              return !session.dead && !session.closed;
            }
            case "createStatement" -> {
              if (session.dead) {
                throw new SQLException("connection reset", "08006");
              }
              return statement(session);
            }
            case "equals" -> {
              return proxy == requireNonNull(arguments)[0];
            }
            case "hashCode" -> {
              return System.identityHashCode(proxy);
            }
            case "toString" -> {
              return "stub of " + session.user;
            }
            default -> {
              return getOrSet(state, name, arguments);
            }
          }
        });
  }

  private static @Nullable Object getOrSet(
      Map<String, Object> state, String name, Object @Nullable [] arguments) {
    if (name.startsWith("set") && arguments != null) {
      state.put(name.substring(3), arguments[arguments.length - 1]);
      return null;
    }
    return state.get(name.replaceFirst("^(get|is)", ""));
  }

  private Statement statement(Session session) {
    return proxy(
        Statement.class,
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "executeQuery", "getResultSet" -> rows(session);
              case "execute" -> session.execute();
              default -> null;
            });
  }

  private ResultSet rows(Session session) {
    return proxy(
        ResultSet.class,
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "next" -> true;
              // session_user and current_user; then no owner whose member they are
              case "getString" ->
                  (int) requireNonNull(arguments)[0] <= 2
                      ? sessionUsers.getOrDefault(session.user, session.user)
                      : null;
              case "getBoolean" -> true;
              case "getLong" -> 0L;
              default -> null;
            });
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(StubServer.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
