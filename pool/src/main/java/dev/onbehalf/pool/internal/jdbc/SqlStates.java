package dev.onbehalf.pool.internal.jdbc;

/** SQLStates by their names in PostgreSQL's manual, appendix A. */
public final class SqlStates {
  /** The class of those that tell of the connection. */
  public static final String CONNECTION_EXCEPTION_CLASS = "08";

  public static final String UNABLE_TO_CONNECT = "08001";
  public static final String CONNECTION_DOES_NOT_EXIST = "08003";
  public static final String CONNECTION_REJECTED = "08004";
  public static final String PROTOCOL_VIOLATION = "08P01";

  /** Not PostgreSQL's, but SQL/CLI's. */
  public static final String DISCONNECT_ERROR = "01002";

  public static final String ACTIVE_TRANSACTION = "25001";
  public static final String IDLE_IN_TRANSACTION_SESSION_TIMEOUT = "25P03";
  public static final String TRANSACTION_TIMEOUT = "25P04";
  public static final String INVALID_AUTHORIZATION = "28000";
  public static final String INVALID_PASSWORD = "28P01";
  public static final String TOO_MANY_CONNECTIONS = "53300";
  public static final String ADMIN_SHUTDOWN = "57P01"; // pg_terminate_backend as well
  public static final String CRASH_SHUTDOWN = "57P02";
  public static final String CANNOT_CONNECT_NOW = "57P03";
  public static final String DATABASE_DROPPED = "57P04";
  public static final String IDLE_SESSION_TIMEOUT = "57P05";

  private SqlStates() {}
}
