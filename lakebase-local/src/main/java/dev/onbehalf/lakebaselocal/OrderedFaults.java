package dev.onbehalf.lakebaselocal;

import dev.onbehalf.lakebaselocal.internal.gateway.Gateway;
import dev.onbehalf.lakebaselocal.internal.gateway.LoginRefusedException;
import dev.onbehalf.lakebaselocal.internal.postgres.Compute;
import dev.onbehalf.lakebaselocal.internal.postgres.Server;
import dev.onbehalf.lakebaselocal.internal.token.TokenAuthority;
import dev.onbehalf.lakebaselocal.internal.token.TokenKind;
import dev.onbehalf.lakebaselocal.internal.workspace.Disturbance;
import dev.onbehalf.lakebaselocal.internal.workspace.FaultDesk;
import dev.onbehalf.lakebaselocal.internal.workspace.FaultKind;
import dev.onbehalf.lakebaselocal.internal.workspace.FaultOrder;
import dev.onbehalf.lakebaselocal.internal.workspace.WorkspaceException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The faults in force. Of two orders for the same fault, the later one counts. */
final class OrderedFaults implements Faults, Disturbance, FaultDesk {

  /** An order in force; what it is about is read by many threads, hence never changed. */
  private record Order<T>(T what) {}

  /** Where the order for one kind of fault is kept. */
  private static final class Slot<T> {
    private final AtomicReference<@Nullable Order<T>> order = new AtomicReference<>();

    Fault put(T what) {
      Order<T> mine = new Order<>(what);
      order.set(mine);
      return () -> order.compareAndSet(mine, null);
    }

    @Nullable T get() {
      Order<T> current = order.get();
      return current == null ? null : current.what();
    }

    boolean isTaken() {
      return order.get() != null;
    }

    /** Whether there was an order. */
    boolean clear() {
      return order.getAndSet(null) != null;
    }
  }

  private record Refusal(String sqlState, String message) {}

  private final Slot<Boolean> refuseAccessTokens = new Slot<>();
  private final Slot<Boolean> refuseDatabaseCredentials = new Slot<>();
  private final Slot<Integer> workspaceStatus = new Slot<>();
  private final Slot<Duration> workspaceDelay = new Slot<>();
  private final Slot<Duration> loginDelay = new Slot<>();
  private final Slot<Refusal> loginRefusal = new Slot<>();

  private final Map<FaultKind, Slot<?>> lasting = new EnumMap<>(FaultKind.class);

  private final TokenAuthority tokens;
  private final Gateway gateway;
  private final Compute compute;

  OrderedFaults(TokenAuthority tokens, Gateway gateway, Compute compute) {
    this.tokens = tokens;
    this.gateway = gateway;
    this.compute = compute;
    lasting.put(FaultKind.REFUSE_ACCESS_TOKENS, refuseAccessTokens);
    lasting.put(FaultKind.REFUSE_DATABASE_CREDENTIALS, refuseDatabaseCredentials);
    lasting.put(FaultKind.FAIL_WORKSPACE, workspaceStatus);
    lasting.put(FaultKind.DELAY_WORKSPACE, workspaceDelay);
    lasting.put(FaultKind.DELAY_LOGINS, loginDelay);
    lasting.put(FaultKind.REFUSE_LOGINS, loginRefusal);
  }

  @Override
  public void expireAccessTokens() {
    tokens.expireAll(TokenKind.ACCESS);
  }

  @Override
  public void expireDatabaseCredentials() {
    tokens.expireAll(TokenKind.DATABASE_CREDENTIAL);
  }

  @Override
  public Fault refuseAccessTokens() {
    return refuseAccessTokens.put(true);
  }

  @Override
  public Fault refuseDatabaseCredentials() {
    return refuseDatabaseCredentials.put(true);
  }

  @Override
  public Fault failWorkspace(int status) {
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("The status of a failure is 400 to 599, not " + status);
    }
    return workspaceStatus.put(status);
  }

  @Override
  public Fault delayWorkspace(Duration delay) {
    return workspaceDelay.put(delay);
  }

  @Override
  public Fault delayLogins(Duration delay) {
    return loginDelay.put(delay);
  }

  @Override
  public Fault refuseLogins(String sqlState, String message) {
    if (!sqlState.matches("[0-9A-Z]{5}")) {
      throw new IllegalArgumentException(
          "An SQLState is five digits and capital letters, not \"" + sqlState + "\"");
    }
    return loginRefusal.put(new Refusal(sqlState, message));
  }

  @Override
  public int cutConnections() {
    return gateway.cut(role -> !role.equals(Server.SUPERUSER));
  }

  @Override
  public void stopDatabase() {
    compute.stop();
  }

  @Override
  public void startDatabase() {
    compute.start();
  }

  @Override
  public void suspendDatabase(Duration wakeUp) {
    compute.suspend(wakeUp, this::cutConnections);
  }

  @Override
  public void clear() {
    lasting.values().forEach(Slot::clear);
    compute.start();
  }

  @Override
  public List<FaultKind> inForce() {
    return lasting.entrySet().stream()
        .filter(fault -> fault.getValue().isTaken())
        .map(Map.Entry::getKey)
        .toList();
  }

  @Override
  public boolean cancel(FaultKind kind) {
    Slot<?> slot = lasting.get(kind);
    return slot != null && slot.clear();
  }

  @Override
  public int order(FaultOrder order) {
    switch (order.kind()) {
      case EXPIRE_ACCESS_TOKENS -> expireAccessTokens();
      case EXPIRE_DATABASE_CREDENTIALS -> expireDatabaseCredentials();
      case REFUSE_ACCESS_TOKENS -> refuseAccessTokens();
      case REFUSE_DATABASE_CREDENTIALS -> refuseDatabaseCredentials();
      case FAIL_WORKSPACE -> failWorkspace(order.status());
      case DELAY_WORKSPACE -> delayWorkspace(order.time());
      case DELAY_LOGINS -> delayLogins(order.time());
      case REFUSE_LOGINS -> refuseLogins(order.sqlState(), order.message());
      case CUT_CONNECTIONS -> {
        return cutConnections();
      }
      case STOP_DATABASE -> stopDatabase();
      case START_DATABASE -> startDatabase();
      case SUSPEND_DATABASE -> suspendDatabase(order.time());
    }
    return 0;
  }

  /** Called for each login after its password; the superuser's excepted. */
  void beforeLogin() throws LoginRefusedException, InterruptedException {
    pause(loginDelay.get());
    Refusal refusal = loginRefusal.get();
    if (refusal != null) {
      throw new LoginRefusedException(refusal.sqlState(), refusal.message());
    }
  }

  boolean refusesDatabaseCredentials() {
    return refuseDatabaseCredentials.get() != null;
  }

  @Override
  public void beforeAnswer() throws WorkspaceException, InterruptedException {
    pause(workspaceDelay.get());
    Integer status = workspaceStatus.get();
    if (status != null) {
      throw new WorkspaceException(status, errorCode(status), "This failure was ordered.");
    }
  }

  @Override
  public boolean refusesAccessTokens() {
    return refuseAccessTokens.get() != null;
  }

  private static void pause(@Nullable Duration delay) throws InterruptedException {
    if (delay != null) {
      Thread.sleep(delay.toMillis());
    }
  }

  /** As the platform names them. */
  private static String errorCode(int status) {
    return switch (status) {
      case 400 -> "BAD_REQUEST";
      case 401 -> "UNAUTHENTICATED";
      case 403 -> "PERMISSION_DENIED";
      case 404 -> "NOT_FOUND";
      case 429 -> "REQUEST_LIMIT_EXCEEDED";
      case 500 -> "INTERNAL_ERROR";
      case 503 -> "TEMPORARILY_UNAVAILABLE";
      default -> "HTTP_" + status;
    };
  }
}
