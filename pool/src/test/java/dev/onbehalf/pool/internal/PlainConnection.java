package dev.onbehalf.pool.internal;

import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Struct;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;

/**
 * A connection as most drivers make it: a class that leaves beginRequest and endRequest as the
 * interface has them. A dynamic proxy can't do that, and so would never take the common path.
 */
public class PlainConnection implements Connection {
  private final Connection delegate;

  /** All else goes to the delegate. */
  public PlainConnection(Connection delegate) {
    this.delegate = delegate;
  }

  @Override
  public void abort(Executor value) throws SQLException {
    delegate.abort(value);
  }

  @Override
  public void clearWarnings() throws SQLException {
    delegate.clearWarnings();
  }

  @Override
  public void close() throws SQLException {
    delegate.close();
  }

  @Override
  public void commit() throws SQLException {
    delegate.commit();
  }

  @Override
  public Array createArrayOf(String value, Object[] value1) throws SQLException {
    return delegate.createArrayOf(value, value1);
  }

  @Override
  public Blob createBlob() throws SQLException {
    return delegate.createBlob();
  }

  @Override
  public Clob createClob() throws SQLException {
    return delegate.createClob();
  }

  @Override
  public NClob createNClob() throws SQLException {
    return delegate.createNClob();
  }

  @Override
  public SQLXML createSQLXML() throws SQLException {
    return delegate.createSQLXML();
  }

  @Override
  public Statement createStatement() throws SQLException {
    return delegate.createStatement();
  }

  @Override
  public Statement createStatement(int int0, int int1) throws SQLException {
    return delegate.createStatement(int0, int1);
  }

  @Override
  public Statement createStatement(int int0, int int1, int int2) throws SQLException {
    return delegate.createStatement(int0, int1, int2);
  }

  @Override
  public Struct createStruct(String value, Object[] value1) throws SQLException {
    return delegate.createStruct(value, value1);
  }

  @Override
  public boolean getAutoCommit() throws SQLException {
    return delegate.getAutoCommit();
  }

  @Override
  public String getCatalog() throws SQLException {
    return delegate.getCatalog();
  }

  @Override
  public Properties getClientInfo() throws SQLException {
    return delegate.getClientInfo();
  }

  @Override
  public String getClientInfo(String value) throws SQLException {
    return delegate.getClientInfo(value);
  }

  @Override
  public int getHoldability() throws SQLException {
    return delegate.getHoldability();
  }

  @Override
  public DatabaseMetaData getMetaData() throws SQLException {
    return delegate.getMetaData();
  }

  @Override
  public int getNetworkTimeout() throws SQLException {
    return delegate.getNetworkTimeout();
  }

  @Override
  public String getSchema() throws SQLException {
    return delegate.getSchema();
  }

  @Override
  public int getTransactionIsolation() throws SQLException {
    return delegate.getTransactionIsolation();
  }

  @Override
  public Map<String, Class<?>> getTypeMap() throws SQLException {
    return delegate.getTypeMap();
  }

  @Override
  public SQLWarning getWarnings() throws SQLException {
    return delegate.getWarnings();
  }

  @Override
  public boolean isClosed() throws SQLException {
    return delegate.isClosed();
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    return delegate.isReadOnly();
  }

  @Override
  public boolean isValid(int value) throws SQLException {
    return delegate.isValid(value);
  }

  @Override
  public String nativeSQL(String sql) throws SQLException {
    return delegate.nativeSQL(sql);
  }

  @Override
  public CallableStatement prepareCall(String sql) throws SQLException {
    return delegate.prepareCall(sql);
  }

  @Override
  public CallableStatement prepareCall(String sql, int int1, int int2) throws SQLException {
    return delegate.prepareCall(sql, int1, int2);
  }

  @Override
  public CallableStatement prepareCall(String sql, int int1, int int2, int int3)
      throws SQLException {
    return delegate.prepareCall(sql, int1, int2, int3);
  }

  @Override
  public PreparedStatement prepareStatement(String sql) throws SQLException {
    return delegate.prepareStatement(sql);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int int1) throws SQLException {
    return delegate.prepareStatement(sql, int1);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int[] value) throws SQLException {
    return delegate.prepareStatement(sql, value);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, String[] value) throws SQLException {
    return delegate.prepareStatement(sql, value);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int int1, int int2) throws SQLException {
    return delegate.prepareStatement(sql, int1, int2);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int int1, int int2, int int3)
      throws SQLException {
    return delegate.prepareStatement(sql, int1, int2, int3);
  }

  @Override
  public void releaseSavepoint(Savepoint value) throws SQLException {
    delegate.releaseSavepoint(value);
  }

  @Override
  public void rollback() throws SQLException {
    delegate.rollback();
  }

  @Override
  public void rollback(Savepoint value) throws SQLException {
    delegate.rollback(value);
  }

  @Override
  public void setAutoCommit(boolean value) throws SQLException {
    delegate.setAutoCommit(value);
  }

  @Override
  public void setCatalog(String value) throws SQLException {
    delegate.setCatalog(value);
  }

  @Override
  public void setClientInfo(Properties value) throws SQLClientInfoException {
    delegate.setClientInfo(value);
  }

  @Override
  public void setClientInfo(String value, String value1) throws SQLClientInfoException {
    delegate.setClientInfo(value, value1);
  }

  @Override
  public void setHoldability(int value) throws SQLException {
    delegate.setHoldability(value);
  }

  @Override
  public void setNetworkTimeout(Executor value, int value1) throws SQLException {
    delegate.setNetworkTimeout(value, value1);
  }

  @Override
  public void setReadOnly(boolean value) throws SQLException {
    delegate.setReadOnly(value);
  }

  @Override
  public Savepoint setSavepoint() throws SQLException {
    return delegate.setSavepoint();
  }

  @Override
  public Savepoint setSavepoint(String value) throws SQLException {
    return delegate.setSavepoint(value);
  }

  @Override
  public void setSchema(String value) throws SQLException {
    delegate.setSchema(value);
  }

  @Override
  public void setTransactionIsolation(int value) throws SQLException {
    delegate.setTransactionIsolation(value);
  }

  @Override
  public void setTypeMap(Map<String, Class<?>> map) throws SQLException {
    delegate.setTypeMap(map);
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return delegate.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return delegate.isWrapperFor(type);
  }

  @Override
  public String toString() {
    return "plain " + delegate;
  }
}
