package dev.onbehalf.pool.internal.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.net.URL;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;

/** The methods of a prepared statement that go straight to the driver's: its parameters. */
abstract class StatementParameters extends PooledStatement<PreparedStatement>
    implements PreparedStatement {

  StatementParameters(PooledConnection connection, PreparedStatement delegate) {
    super(connection, delegate);
  }

  @Override
  public void addBatch() throws SQLException {
    delegate.addBatch();
  }

  @Override
  public void clearParameters() throws SQLException {
    delegate.clearParameters();
  }

  @Override
  public void setArray(int parameterIndex, Array value) throws SQLException {
    delegate.setArray(parameterIndex, value);
  }

  @Override
  public void setAsciiStream(int parameterIndex, InputStream value) throws SQLException {
    delegate.setAsciiStream(parameterIndex, value);
  }

  @Override
  public void setAsciiStream(int parameterIndex, InputStream value, int length)
      throws SQLException {
    delegate.setAsciiStream(parameterIndex, value, length);
  }

  @Override
  public void setAsciiStream(int parameterIndex, InputStream value, long length)
      throws SQLException {
    delegate.setAsciiStream(parameterIndex, value, length);
  }

  @Override
  public void setBigDecimal(int parameterIndex, BigDecimal value) throws SQLException {
    delegate.setBigDecimal(parameterIndex, value);
  }

  @Override
  public void setBinaryStream(int parameterIndex, InputStream value) throws SQLException {
    delegate.setBinaryStream(parameterIndex, value);
  }

  @Override
  public void setBinaryStream(int parameterIndex, InputStream value, int length)
      throws SQLException {
    delegate.setBinaryStream(parameterIndex, value, length);
  }

  @Override
  public void setBinaryStream(int parameterIndex, InputStream value, long length)
      throws SQLException {
    delegate.setBinaryStream(parameterIndex, value, length);
  }

  @Override
  public void setBlob(int parameterIndex, InputStream value) throws SQLException {
    delegate.setBlob(parameterIndex, value);
  }

  @Override
  public void setBlob(int parameterIndex, Blob value) throws SQLException {
    delegate.setBlob(parameterIndex, value);
  }

  @Override
  public void setBlob(int parameterIndex, InputStream value, long length) throws SQLException {
    delegate.setBlob(parameterIndex, value, length);
  }

  @Override
  public void setBoolean(int parameterIndex, boolean value) throws SQLException {
    delegate.setBoolean(parameterIndex, value);
  }

  @Override
  public void setByte(int parameterIndex, byte value) throws SQLException {
    delegate.setByte(parameterIndex, value);
  }

  @Override
  public void setBytes(int parameterIndex, byte[] value) throws SQLException {
    delegate.setBytes(parameterIndex, value);
  }

  @Override
  public void setCharacterStream(int parameterIndex, Reader value) throws SQLException {
    delegate.setCharacterStream(parameterIndex, value);
  }

  @Override
  public void setCharacterStream(int parameterIndex, Reader value, int length) throws SQLException {
    delegate.setCharacterStream(parameterIndex, value, length);
  }

  @Override
  public void setCharacterStream(int parameterIndex, Reader value, long length)
      throws SQLException {
    delegate.setCharacterStream(parameterIndex, value, length);
  }

  @Override
  public void setClob(int parameterIndex, Reader value) throws SQLException {
    delegate.setClob(parameterIndex, value);
  }

  @Override
  public void setClob(int parameterIndex, Clob value) throws SQLException {
    delegate.setClob(parameterIndex, value);
  }

  @Override
  public void setClob(int parameterIndex, Reader value, long length) throws SQLException {
    delegate.setClob(parameterIndex, value, length);
  }

  @Override
  public void setDate(int parameterIndex, Date value) throws SQLException {
    delegate.setDate(parameterIndex, value);
  }

  @Override
  public void setDate(int parameterIndex, Date value, Calendar calendar) throws SQLException {
    delegate.setDate(parameterIndex, value, calendar);
  }

  @Override
  public void setDouble(int parameterIndex, double value) throws SQLException {
    delegate.setDouble(parameterIndex, value);
  }

  @Override
  public void setFloat(int parameterIndex, float value) throws SQLException {
    delegate.setFloat(parameterIndex, value);
  }

  @Override
  public void setInt(int parameterIndex, int value) throws SQLException {
    delegate.setInt(parameterIndex, value);
  }

  @Override
  public void setLong(int parameterIndex, long value) throws SQLException {
    delegate.setLong(parameterIndex, value);
  }

  @Override
  public void setNCharacterStream(int parameterIndex, Reader value) throws SQLException {
    delegate.setNCharacterStream(parameterIndex, value);
  }

  @Override
  public void setNCharacterStream(int parameterIndex, Reader value, long length)
      throws SQLException {
    delegate.setNCharacterStream(parameterIndex, value, length);
  }

  @Override
  public void setNClob(int parameterIndex, Reader value) throws SQLException {
    delegate.setNClob(parameterIndex, value);
  }

  @Override
  public void setNClob(int parameterIndex, NClob value) throws SQLException {
    delegate.setNClob(parameterIndex, value);
  }

  @Override
  public void setNClob(int parameterIndex, Reader value, long length) throws SQLException {
    delegate.setNClob(parameterIndex, value, length);
  }

  @Override
  public void setNString(int parameterIndex, String value) throws SQLException {
    delegate.setNString(parameterIndex, value);
  }

  @Override
  public void setNull(int parameterIndex, int sqlType) throws SQLException {
    delegate.setNull(parameterIndex, sqlType);
  }

  @Override
  public void setNull(int parameterIndex, int sqlType, String typeName) throws SQLException {
    delegate.setNull(parameterIndex, sqlType, typeName);
  }

  @Override
  public void setObject(int parameterIndex, Object value) throws SQLException {
    delegate.setObject(parameterIndex, value);
  }

  @Override
  public void setObject(int parameterIndex, Object value, int type) throws SQLException {
    delegate.setObject(parameterIndex, value, type);
  }

  @Override
  public void setObject(int parameterIndex, Object value, SQLType type) throws SQLException {
    delegate.setObject(parameterIndex, value, type);
  }

  @Override
  public void setObject(int parameterIndex, Object value, int type, int scaleOrLength)
      throws SQLException {
    delegate.setObject(parameterIndex, value, type, scaleOrLength);
  }

  @Override
  public void setObject(int parameterIndex, Object value, SQLType type, int type3)
      throws SQLException {
    delegate.setObject(parameterIndex, value, type, type3);
  }

  @Override
  public void setRef(int parameterIndex, Ref value) throws SQLException {
    delegate.setRef(parameterIndex, value);
  }

  @Override
  public void setRowId(int parameterIndex, RowId value) throws SQLException {
    delegate.setRowId(parameterIndex, value);
  }

  @Override
  public void setSQLXML(int parameterIndex, SQLXML value) throws SQLException {
    delegate.setSQLXML(parameterIndex, value);
  }

  @Override
  public void setShort(int parameterIndex, short value) throws SQLException {
    delegate.setShort(parameterIndex, value);
  }

  @Override
  public void setString(int parameterIndex, String value) throws SQLException {
    delegate.setString(parameterIndex, value);
  }

  @Override
  public void setTime(int parameterIndex, Time value) throws SQLException {
    delegate.setTime(parameterIndex, value);
  }

  @Override
  public void setTime(int parameterIndex, Time value, Calendar calendar) throws SQLException {
    delegate.setTime(parameterIndex, value, calendar);
  }

  @Override
  public void setTimestamp(int parameterIndex, Timestamp value) throws SQLException {
    delegate.setTimestamp(parameterIndex, value);
  }

  @Override
  public void setTimestamp(int parameterIndex, Timestamp value, Calendar calendar)
      throws SQLException {
    delegate.setTimestamp(parameterIndex, value, calendar);
  }

  @Override
  public void setURL(int parameterIndex, URL value) throws SQLException {
    delegate.setURL(parameterIndex, value);
  }

  @Deprecated
  @Override
  public void setUnicodeStream(int parameterIndex, InputStream value, int length)
      throws SQLException {
    delegate.setUnicodeStream(parameterIndex, value, length);
  }
}
