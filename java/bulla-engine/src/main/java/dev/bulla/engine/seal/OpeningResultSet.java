package dev.bulla.engine.seal;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;

/**
 * A result set whose sealed columns are open. A row is opened when the first of its sealed columns
 * is asked for.
 */
final class OpeningResultSet extends ForwardingResultSet {

  /** The answer for columns that are not sealed. */
  private static final Object PASS = new Object();

  private final SealedTable table;
  private final Labels labels;
  private final RowOpener opener;
  private RowOpener.Value value;

  /** Whether the last column was a sealed one, and then whether it was NULL. */
  private Boolean wasNull;

  OpeningResultSet(ResultSet rows, SealedTable table, Labels labels, RowOpener opener) {
    super(rows);
    this.table = table;
    this.labels = labels;
    this.opener = opener;
  }

  private Object open(String label) throws SQLException {
    wasNull = null;
    String name = label.toUpperCase(Locale.ROOT);
    if (table.values() != null) {
      boolean type = name.equals(table.values().type());
      if (type || table.isValue(name)) {
        return kept(type ? value().type() : column(value(), name));
      }
    } else if (table.texts().contains(name)) {
      String stored = rows.getString(label);
      return kept(stored == null ? null : opener.text(name, stored));
    } else if (table.numbers().contains(name)) {
      double stored = rows.getDouble(label);
      return kept(rows.wasNull() ? null : opener.number(name, stored));
    } else {
      return openBytes(name, label);
    }
    return PASS;
  }

  private Object openBytes(String name, String label) throws SQLException {
    for (SealedTable.Bytes part : table.bytes()) {
      if (part.column().equals(name)) {
        return kept(opener.bytes(part, rows.getBytes(label)));
      }
    }
    return PASS;
  }

  private Object kept(Object opened) {
    wasNull = opened == null;
    return opened;
  }

  private RowOpener.Value value() throws SQLException {
    if (value == null) {
      value = opener.value();
    }
    return value;
  }

  private static Object column(RowOpener.Value value, String name) {
    return switch (name) {
      case SealedTable.TEXT -> value.text();
      case SealedTable.TEXT2 -> value.text2();
      case SealedTable.LONG -> value.number();
      default -> value.real();
    };
  }

  private boolean moved(boolean there) {
    value = null;
    wasNull = null;
    return there;
  }

  @Override
  public boolean wasNull() throws SQLException {
    return wasNull == null ? rows.wasNull() : wasNull;
  }

  @Override
  public String getString(String label) throws SQLException {
    Object opened = open(label);
    return opened == PASS ? rows.getString(label) : opened == null ? null : opened.toString();
  }

  @Override
  public String getString(int index) throws SQLException {
    Object opened = open(labels.name(index));
    return opened == PASS ? rows.getString(index) : opened == null ? null : opened.toString();
  }

  @Override
  public long getLong(String label) throws SQLException {
    Object opened = open(label);
    return opened == PASS ? rows.getLong(label) : opened == null ? 0 : (Long) opened;
  }

  @Override
  public long getLong(int index) throws SQLException {
    Object opened = open(labels.name(index));
    return opened == PASS ? rows.getLong(index) : opened == null ? 0 : (Long) opened;
  }

  @Override
  public double getDouble(String label) throws SQLException {
    Object opened = open(label);
    return opened == PASS ? rows.getDouble(label) : opened == null ? 0 : (Double) opened;
  }

  @Override
  public double getDouble(int index) throws SQLException {
    Object opened = open(labels.name(index));
    return opened == PASS ? rows.getDouble(index) : opened == null ? 0 : (Double) opened;
  }

  @Override
  public Object getObject(String label) throws SQLException {
    Object opened = open(label);
    return opened == PASS ? rows.getObject(label) : opened;
  }

  @Override
  public Object getObject(int index) throws SQLException {
    Object opened = open(labels.name(index));
    return opened == PASS ? rows.getObject(index) : opened;
  }

  @Override
  public byte[] getBytes(String label) throws SQLException {
    Object opened = open(label);
    return opened == PASS ? rows.getBytes(label) : (byte[]) opened;
  }

  @Override
  public byte[] getBytes(int index) throws SQLException {
    Object opened = open(labels.name(index));
    return opened == PASS ? rows.getBytes(index) : (byte[]) opened;
  }

  @Override
  public Blob getBlob(String label) throws SQLException {
    Object opened = open(label);
    return opened == PASS ? rows.getBlob(label) : blob(opened);
  }

  @Override
  public Blob getBlob(int index) throws SQLException {
    Object opened = open(labels.name(index));
    return opened == PASS ? rows.getBlob(index) : blob(opened);
  }

  @Override
  public Clob getClob(String label) throws SQLException {
    Object opened = open(label);
    return opened == PASS ? rows.getClob(label) : clob(opened);
  }

  @Override
  public Clob getClob(int index) throws SQLException {
    Object opened = open(labels.name(index));
    return opened == PASS ? rows.getClob(index) : clob(opened);
  }

  @Override
  public InputStream getBinaryStream(String label) throws SQLException {
    Object opened = open(label);
    return opened == PASS ? rows.getBinaryStream(label) : stream(opened);
  }

  @Override
  public InputStream getBinaryStream(int index) throws SQLException {
    Object opened = open(labels.name(index));
    return opened == PASS ? rows.getBinaryStream(index) : stream(opened);
  }

  private static Blob blob(Object bytes) throws SQLException {
    return bytes == null ? null : new OpenedBlob((byte[]) bytes);
  }

  private static Clob clob(Object text) throws SQLException {
    return text == null ? null : new OpenedClob((String) text);
  }

  private static InputStream stream(Object bytes) {
    return bytes == null ? null : new ByteArrayInputStream((byte[]) bytes);
  }

  @Override
  public boolean next() throws SQLException {
    return moved(rows.next());
  }

  @Override
  public boolean previous() throws SQLException {
    return moved(rows.previous());
  }

  @Override
  public boolean first() throws SQLException {
    return moved(rows.first());
  }

  @Override
  public boolean last() throws SQLException {
    return moved(rows.last());
  }

  @Override
  public boolean absolute(int row) throws SQLException {
    return moved(rows.absolute(row));
  }

  @Override
  public boolean relative(int count) throws SQLException {
    return moved(rows.relative(count));
  }

  @Override
  public void beforeFirst() throws SQLException {
    moved(false);
    rows.beforeFirst();
  }

  @Override
  public void afterLast() throws SQLException {
    moved(false);
    rows.afterLast();
  }
}
