package dev.onbehalf.pool;

import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * No connection could be had within {@code connectionTimeout}, or so many callers of the user wait
 * already that one more may not. Worth another try a little later; a web application answers 503
 * with {@code Retry-After}.
 *
 * <p>The SQLState is 53300 if the server itself had no place left (its refusal is the cause), else
 * 08001.
 */
public final class ConnectionTimeoutException extends SQLTransientConnectionException {
  private static final long serialVersionUID = 1L;

  private final Bottleneck bottleneck;
  private final int maxConnectionsOfUser;
  private final int maxConnections;
  private final int connections;
  private final int inUse;
  private final int usersWaiting;
  private final int waitersOfUser;

  /** What was missing. */
  public enum Bottleneck {
    /** The user holds and uses as many connections as one user may. */
    USER_MAXIMUM,
    /** As many callers of the user wait already as may: the caller did not wait. */
    WAITERS_OF_USER,
    /** There are as many connections as there may be, and others use them or had their turn. */
    BUDGET,
    /** The server is full before the budget is, and whatever it bears is in use. */
    SERVER,
    /** There was a place, but no login came to an end in time. */
    LOGIN
  }

  /** Made by the pool. */
  public ConnectionTimeoutException(
      String reason,
      String sqlState,
      Bottleneck bottleneck,
      PoolStatistics statistics,
      UserPoolStatistics own,
      @Nullable Throwable cause) {
    super(reason, sqlState, cause);
    this.bottleneck = bottleneck;
    this.maxConnectionsOfUser = own.maxConnections();
    this.maxConnections = statistics.maxConnections();
    this.connections = statistics.total();
    this.inUse = statistics.inUse();
    this.usersWaiting = statistics.usersWaiting();
    this.waitersOfUser = own.waiting();
  }

  /** What was missing. */
  public Bottleneck bottleneck() {
    return bottleneck;
  }

  /** The most that this user may hold. */
  public int maxConnectionsOfUser() {
    return maxConnectionsOfUser;
  }

  /** The budget. */
  public int maxConnections() {
    return maxConnections;
  }

  /** Physical connections over all users at that moment, opening and closing ones included. */
  public int connections() {
    return connections;
  }

  /** How many of them callers held. */
  public int inUse() {
    return inUse;
  }

  /** How many callers of this user were waiting. */
  public int waitersOfUser() {
    return waitersOfUser;
  }

  /** How many users had callers waiting, this one included. */
  public int usersWaiting() {
    return usersWaiting;
  }
}
