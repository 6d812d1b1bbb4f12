package dev.bulla.engine.seal;

import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.net.URL;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.SQLXML;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;
import java.util.Map;

/** A result set that passes every call on. */
abstract class ForwardingResultSet extends ForwardingUpdates {

  ForwardingResultSet(ResultSet rows) {
    super(rows);
  }

  @Override
  public boolean absolute(int a0) throws SQLException {
    return rows.absolute(a0);
  }

  @Override
  public void afterLast() throws SQLException {
    rows.afterLast();
  }

  @Override
  public void beforeFirst() throws SQLException {
    rows.beforeFirst();
  }

  @Override
  public void clearWarnings() throws SQLException {
    rows.clearWarnings();
  }

  @Override
  public void close() throws SQLException {
    rows.close();
  }

  @Override
  public int findColumn(String a0) throws SQLException {
    return rows.findColumn(a0);
  }

  @Override
  public boolean first() throws SQLException {
    return rows.first();
  }

  @Override
  public Array getArray(String a0) throws SQLException {
    return rows.getArray(a0);
  }

  @Override
  public Array getArray(int a0) throws SQLException {
    return rows.getArray(a0);
  }

  @Override
  public InputStream getAsciiStream(String a0) throws SQLException {
    return rows.getAsciiStream(a0);
  }

  @Override
  public InputStream getAsciiStream(int a0) throws SQLException {
    return rows.getAsciiStream(a0);
  }

  @Deprecated
  @Override
  public BigDecimal getBigDecimal(String a0, int a1) throws SQLException {
    return rows.getBigDecimal(a0, a1);
  }

  @Override
  public BigDecimal getBigDecimal(String a0) throws SQLException {
    return rows.getBigDecimal(a0);
  }

  @Deprecated
  @Override
  public BigDecimal getBigDecimal(int a0, int a1) throws SQLException {
    return rows.getBigDecimal(a0, a1);
  }

  @Override
  public BigDecimal getBigDecimal(int a0) throws SQLException {
    return rows.getBigDecimal(a0);
  }

  @Override
  public InputStream getBinaryStream(String a0) throws SQLException {
    return rows.getBinaryStream(a0);
  }

  @Override
  public InputStream getBinaryStream(int a0) throws SQLException {
    return rows.getBinaryStream(a0);
  }

  @Override
  public Blob getBlob(String a0) throws SQLException {
    return rows.getBlob(a0);
  }

  @Override
  public Blob getBlob(int a0) throws SQLException {
    return rows.getBlob(a0);
  }

  @Override
  public boolean getBoolean(String a0) throws SQLException {
    return rows.getBoolean(a0);
  }

  @Override
  public boolean getBoolean(int a0) throws SQLException {
    return rows.getBoolean(a0);
  }

  @Override
  public byte getByte(String a0) throws SQLException {
    return rows.getByte(a0);
  }

  @Override
  public byte getByte(int a0) throws SQLException {
    return rows.getByte(a0);
  }

  @Override
  public byte[] getBytes(String a0) throws SQLException {
    return rows.getBytes(a0);
  }

  @Override
  public byte[] getBytes(int a0) throws SQLException {
    return rows.getBytes(a0);
  }

  @Override
  public Reader getCharacterStream(String a0) throws SQLException {
    return rows.getCharacterStream(a0);
  }

  @Override
  public Reader getCharacterStream(int a0) throws SQLException {
    return rows.getCharacterStream(a0);
  }

  @Override
  public Clob getClob(String a0) throws SQLException {
    return rows.getClob(a0);
  }

  @Override
  public Clob getClob(int a0) throws SQLException {
    return rows.getClob(a0);
  }

  @Override
  public int getConcurrency() throws SQLException {
    return rows.getConcurrency();
  }

  @Override
  public String getCursorName() throws SQLException {
    return rows.getCursorName();
  }

  @Override
  public Date getDate(String a0, Calendar a1) throws SQLException {
    return rows.getDate(a0, a1);
  }

  @Override
  public Date getDate(String a0) throws SQLException {
    return rows.getDate(a0);
  }

  @Override
  public Date getDate(int a0, Calendar a1) throws SQLException {
    return rows.getDate(a0, a1);
  }

  @Override
  public Date getDate(int a0) throws SQLException {
    return rows.getDate(a0);
  }

  @Override
  public double getDouble(String a0) throws SQLException {
    return rows.getDouble(a0);
  }

  @Override
  public double getDouble(int a0) throws SQLException {
    return rows.getDouble(a0);
  }

  @Override
  public int getFetchDirection() throws SQLException {
    return rows.getFetchDirection();
  }

  @Override
  public int getFetchSize() throws SQLException {
    return rows.getFetchSize();
  }

  @Override
  public float getFloat(String a0) throws SQLException {
    return rows.getFloat(a0);
  }

  @Override
  public float getFloat(int a0) throws SQLException {
    return rows.getFloat(a0);
  }

  @Override
  public int getHoldability() throws SQLException {
    return rows.getHoldability();
  }

  @Override
  public int getInt(String a0) throws SQLException {
    return rows.getInt(a0);
  }

  @Override
  public int getInt(int a0) throws SQLException {
    return rows.getInt(a0);
  }

  @Override
  public long getLong(String a0) throws SQLException {
    return rows.getLong(a0);
  }

  @Override
  public long getLong(int a0) throws SQLException {
    return rows.getLong(a0);
  }

  @Override
  public ResultSetMetaData getMetaData() throws SQLException {
    return rows.getMetaData();
  }

  @Override
  public Reader getNCharacterStream(String a0) throws SQLException {
    return rows.getNCharacterStream(a0);
  }

  @Override
  public Reader getNCharacterStream(int a0) throws SQLException {
    return rows.getNCharacterStream(a0);
  }

  @Override
  public NClob getNClob(String a0) throws SQLException {
    return rows.getNClob(a0);
  }

  @Override
  public NClob getNClob(int a0) throws SQLException {
    return rows.getNClob(a0);
  }

  @Override
  public String getNString(String a0) throws SQLException {
    return rows.getNString(a0);
  }

  @Override
  public String getNString(int a0) throws SQLException {
    return rows.getNString(a0);
  }

  @Override
  public <T> T getObject(String a0, Class<T> a1) throws SQLException {
    return rows.getObject(a0, a1);
  }

  @Override
  public Object getObject(String a0, Map<String, Class<?>> a1) throws SQLException {
    return rows.getObject(a0, a1);
  }

  @Override
  public Object getObject(String a0) throws SQLException {
    return rows.getObject(a0);
  }

  @Override
  public <T> T getObject(int a0, Class<T> a1) throws SQLException {
    return rows.getObject(a0, a1);
  }

  @Override
  public Object getObject(int a0, Map<String, Class<?>> a1) throws SQLException {
    return rows.getObject(a0, a1);
  }

  @Override
  public Object getObject(int a0) throws SQLException {
    return rows.getObject(a0);
  }

  @Override
  public Ref getRef(String a0) throws SQLException {
    return rows.getRef(a0);
  }

  @Override
  public Ref getRef(int a0) throws SQLException {
    return rows.getRef(a0);
  }

  @Override
  public int getRow() throws SQLException {
    return rows.getRow();
  }

  @Override
  public RowId getRowId(String a0) throws SQLException {
    return rows.getRowId(a0);
  }

  @Override
  public RowId getRowId(int a0) throws SQLException {
    return rows.getRowId(a0);
  }

  @Override
  public SQLXML getSQLXML(String a0) throws SQLException {
    return rows.getSQLXML(a0);
  }

  @Override
  public SQLXML getSQLXML(int a0) throws SQLException {
    return rows.getSQLXML(a0);
  }

  @Override
  public short getShort(String a0) throws SQLException {
    return rows.getShort(a0);
  }

  @Override
  public short getShort(int a0) throws SQLException {
    return rows.getShort(a0);
  }

  @Override
  public Statement getStatement() throws SQLException {
    return rows.getStatement();
  }

  @Override
  public String getString(String a0) throws SQLException {
    return rows.getString(a0);
  }

  @Override
  public String getString(int a0) throws SQLException {
    return rows.getString(a0);
  }

  @Override
  public Time getTime(String a0, Calendar a1) throws SQLException {
    return rows.getTime(a0, a1);
  }

  @Override
  public Time getTime(String a0) throws SQLException {
    return rows.getTime(a0);
  }

  @Override
  public Time getTime(int a0, Calendar a1) throws SQLException {
    return rows.getTime(a0, a1);
  }

  @Override
  public Time getTime(int a0) throws SQLException {
    return rows.getTime(a0);
  }

  @Override
  public Timestamp getTimestamp(String a0, Calendar a1) throws SQLException {
    return rows.getTimestamp(a0, a1);
  }

  @Override
  public Timestamp getTimestamp(String a0) throws SQLException {
    return rows.getTimestamp(a0);
  }

  @Override
  public Timestamp getTimestamp(int a0, Calendar a1) throws SQLException {
    return rows.getTimestamp(a0, a1);
  }

  @Override
  public Timestamp getTimestamp(int a0) throws SQLException {
    return rows.getTimestamp(a0);
  }

  @Override
  public int getType() throws SQLException {
    return rows.getType();
  }

  @Override
  public URL getURL(String a0) throws SQLException {
    return rows.getURL(a0);
  }

  @Override
  public URL getURL(int a0) throws SQLException {
    return rows.getURL(a0);
  }

  @Deprecated
  @Override
  public InputStream getUnicodeStream(String a0) throws SQLException {
    return rows.getUnicodeStream(a0);
  }

  @Deprecated
  @Override
  public InputStream getUnicodeStream(int a0) throws SQLException {
    return rows.getUnicodeStream(a0);
  }

  @Override
  public SQLWarning getWarnings() throws SQLException {
    return rows.getWarnings();
  }

  @Override
  public boolean isAfterLast() throws SQLException {
    return rows.isAfterLast();
  }

  @Override
  public boolean isBeforeFirst() throws SQLException {
    return rows.isBeforeFirst();
  }

  @Override
  public boolean isClosed() throws SQLException {
    return rows.isClosed();
  }

  @Override
  public boolean isFirst() throws SQLException {
    return rows.isFirst();
  }

  @Override
  public boolean isLast() throws SQLException {
    return rows.isLast();
  }

  @Override
  public boolean isWrapperFor(Class<?> a0) throws SQLException {
    return rows.isWrapperFor(a0);
  }

  @Override
  public boolean last() throws SQLException {
    return rows.last();
  }

  @Override
  public boolean next() throws SQLException {
    return rows.next();
  }

  @Override
  public boolean previous() throws SQLException {
    return rows.previous();
  }

  @Override
  public boolean relative(int a0) throws SQLException {
    return rows.relative(a0);
  }

  @Override
  public void setFetchDirection(int a0) throws SQLException {
    rows.setFetchDirection(a0);
  }

  @Override
  public void setFetchSize(int a0) throws SQLException {
    rows.setFetchSize(a0);
  }

  @Override
  public <T> T unwrap(Class<T> a0) throws SQLException {
    return rows.unwrap(a0);
  }

  @Override
  public boolean wasNull() throws SQLException {
    return rows.wasNull();
  }
}
