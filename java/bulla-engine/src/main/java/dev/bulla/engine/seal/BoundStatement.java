package dev.bulla.engine.seal;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;

/**
 * Collects what MyBatis binds, by parameter index. Parameters that are to be sealed are held back
 * until {@link #release} binds what takes their place; all others are passed on at once.
 */
final class BoundStatement extends ForwardingStatement {

  private final Object[] values;
  private final boolean[] held;

  /**
   * Collects.
   *
   * @param statement that is bound in the end
   * @param count of parameters
   * @param held for each parameter from 0 on whether it is held back; null for none
   */
  BoundStatement(PreparedStatement statement, int count, boolean[] held) {
    super(statement);
    this.values = new Object[count];
    this.held = held;
  }

  /** What was bound; the value for JDBC index {@code i} is at {@code i - 1}. */
  Object[] values() {
    return values;
  }

  /** Binds the parameters that were held back, from {@link #values}. */
  void release() throws SQLException {
    for (int index = 1; index <= values.length; index++) {
      if (isHeld(index)) {
        bind(index, values[index - 1]);
      }
    }
  }

  private void bind(int index, Object value) throws SQLException {
    if (value == null) {
      statement.setNull(index, Types.NULL);
    } else if (value instanceof String text) {
      statement.setString(index, text);
    } else if (value instanceof Long number) {
      statement.setLong(index, number);
    } else if (value instanceof Double real) {
      statement.setDouble(index, real);
    } else if (value instanceof byte[] bytes) {
      statement.setBinaryStream(index, new ByteArrayInputStream(bytes), bytes.length);
    } else {
      statement.setObject(index, value);
    }
  }

  private boolean isHeld(int index) {
    return held != null && index <= held.length && held[index - 1];
  }

  private boolean keep(int index, Object value) {
    if (index > 0 && index <= values.length) {
      values[index - 1] = value;
    }
    return !isHeld(index);
  }

  @Override
  public void setNull(int index, int type) throws SQLException {
    if (keep(index, null)) {
      statement.setNull(index, type);
    }
  }

  @Override
  public void setNull(int index, int type, String name) throws SQLException {
    if (keep(index, null)) {
      statement.setNull(index, type, name);
    }
  }

  @Override
  public void setBoolean(int index, boolean value) throws SQLException {
    if (keep(index, value)) {
      statement.setBoolean(index, value);
    }
  }

  @Override
  public void setByte(int index, byte value) throws SQLException {
    if (keep(index, value)) {
      statement.setByte(index, value);
    }
  }

  @Override
  public void setShort(int index, short value) throws SQLException {
    if (keep(index, value)) {
      statement.setShort(index, value);
    }
  }

  @Override
  public void setInt(int index, int value) throws SQLException {
    if (keep(index, value)) {
      statement.setInt(index, value);
    }
  }

  @Override
  public void setLong(int index, long value) throws SQLException {
    if (keep(index, value)) {
      statement.setLong(index, value);
    }
  }

  @Override
  public void setFloat(int index, float value) throws SQLException {
    if (keep(index, value)) {
      statement.setFloat(index, value);
    }
  }

  @Override
  public void setDouble(int index, double value) throws SQLException {
    if (keep(index, value)) {
      statement.setDouble(index, value);
    }
  }

  @Override
  public void setBigDecimal(int index, BigDecimal value) throws SQLException {
    if (keep(index, value)) {
      statement.setBigDecimal(index, value);
    }
  }

  @Override
  public void setString(int index, String value) throws SQLException {
    if (keep(index, value)) {
      statement.setString(index, value);
    }
  }

  @Override
  public void setNString(int index, String value) throws SQLException {
    if (keep(index, value)) {
      statement.setNString(index, value);
    }
  }

  @Override
  public void setBytes(int index, byte[] value) throws SQLException {
    if (keep(index, value)) {
      statement.setBytes(index, value);
    }
  }

  @Override
  public void setDate(int index, Date value) throws SQLException {
    if (keep(index, value)) {
      statement.setDate(index, value);
    }
  }

  @Override
  public void setTime(int index, Time value) throws SQLException {
    if (keep(index, value)) {
      statement.setTime(index, value);
    }
  }

  @Override
  public void setTimestamp(int index, Timestamp value) throws SQLException {
    if (keep(index, value)) {
      statement.setTimestamp(index, value);
    }
  }

  @Override
  public void setObject(int index, Object value) throws SQLException {
    if (keep(index, value)) {
      statement.setObject(index, value);
    }
  }

  @Override
  public void setObject(int index, Object value, int type) throws SQLException {
    if (keep(index, value)) {
      statement.setObject(index, value, type);
    }
  }

  @Override
  public void setObject(int index, Object value, int type, int scale) throws SQLException {
    if (keep(index, value)) {
      statement.setObject(index, value, type, scale);
    }
  }

  @Override
  public void setBinaryStream(int index, InputStream stream) throws SQLException {
    byte[] bytes = read(stream);
    if (keep(index, bytes)) {
      statement.setBinaryStream(index, new ByteArrayInputStream(bytes), bytes.length);
    }
  }

  @Override
  public void setBinaryStream(int index, InputStream stream, int length) throws SQLException {
    setBinaryStream(index, stream);
  }

  @Override
  public void setBinaryStream(int index, InputStream stream, long length) throws SQLException {
    setBinaryStream(index, stream);
  }

  @Override
  public void setBlob(int index, InputStream stream) throws SQLException {
    byte[] bytes = read(stream);
    if (keep(index, bytes)) {
      statement.setBlob(index, new ByteArrayInputStream(bytes), bytes.length);
    }
  }

  @Override
  public void setBlob(int index, InputStream stream, long length) throws SQLException {
    setBlob(index, stream);
  }

  @Override
  public void setCharacterStream(int index, Reader reader) throws SQLException {
    String text = read(reader);
    if (keep(index, text)) {
      statement.setCharacterStream(index, new StringReader(text), text.length());
    }
  }

  @Override
  public void setCharacterStream(int index, Reader reader, int length) throws SQLException {
    setCharacterStream(index, reader);
  }

  @Override
  public void setCharacterStream(int index, Reader reader, long length) throws SQLException {
    setCharacterStream(index, reader);
  }

  private static byte[] read(InputStream stream) throws SQLException {
    try {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new SQLException("a value that is to be bound cannot be read", e);
    }
  }

  private static String read(Reader reader) throws SQLException {
    try {
      StringWriter text = new StringWriter();
      reader.transferTo(text);
      return text.toString();
    } catch (IOException e) {
      throw new SQLException("a value that is to be bound cannot be read", e);
    }
  }
}
