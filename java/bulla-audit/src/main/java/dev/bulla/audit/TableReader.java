package dev.bulla.audit;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bulla.PackedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDateTime;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Streams the rows of a table into packed buffers. */
final class TableReader {
  private static final int FETCH = 500;
  private static final int CHUNK = 1 << 20;

  /** What fits an array of Java's, four bytes for each character. */
  private static final long LARGEST = 1 << 28;

  private static final int PART = 1 << 13;

  /** Stands for what is too large: no commitment was ever made to it. */
  private static final byte[] TOO_LARGE = "too large to be read".getBytes(UTF_8);

  /** The columns of Bulla's own tables that are numbers. */
  private static final Set<String> NUMBERS = Set.of("SEQ_", "SIZE_");

  private final Connection connection;
  private final Progress progress;
  private final long limit;
  private final BiConsumer<String, String> tooLarge;

  /**
   * A reader over a connection.
   *
   * @param limit how many bytes or characters of one value are read
   * @param tooLarge is told table and column of a value that is larger
   */
  TableReader(
      Connection connection, Progress progress, long limit, BiConsumer<String, String> tooLarge) {
    this.connection = connection;
    this.progress = progress;
    this.limit = Math.min(limit, LARGEST);
    this.tooLarge = tooLarge;
  }

  /**
   * Reads all rows.
   *
   * @param what what progress calls it
   * @param table the table's name for SQL
   * @param columns the columns; where one is the literal {@code NULL}, null is read
   * @param packing how a value is packed: as a string or as a column value
   * @param chunks takes over full buffers, which are used again afterwards
   * @return how many rows there were
   */
  long read(
      String what,
      String table,
      List<String> columns,
      Packing packing,
      Consumer<PackedWriter> chunks)
      throws SQLException {
    progress.begin(what, progress.wantsTotals() ? count(table) : -1);
    PackedWriter chunk = new PackedWriter(CHUNK + (CHUNK >> 2));
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(FETCH);
      String sql = "SELECT " + String.join(", ", columns) + " FROM " + table;
      try (ResultSet rows = statement.executeQuery(sql)) {
        int[] types = types(rows.getMetaData());
        long total = 0;
        long unreported = 0;
        while (rows.next()) {
          for (int column = 1; column <= types.length; column++) {
            String name = columns.get(column - 1);
            Object value = value(rows, column, types[column - 1]);
            if (isLarger(value)) {
              tooLarge.accept(what, name);
              value = TOO_LARGE;
            }
            packing.pack(chunk, name, value);
          }
          total++;
          unreported++;
          if (chunk.size() >= CHUNK) {
            chunks.accept(chunk);
            chunk.clear();
            progress.advance(unreported);
            unreported = 0;
          }
        }
        if (chunk.size() > 0) {
          chunks.accept(chunk);
        }
        progress.advance(unreported);
        return total;
      }
    } finally {
      progress.end();
    }
  }

  private long count(String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet count = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
      count.next();
      return count.getLong(1);
    }
  }

  private static int[] types(ResultSetMetaData metaData) throws SQLException {
    int[] types = new int[metaData.getColumnCount()];
    for (int i = 0; i < types.length; i++) {
      types[i] = metaData.getColumnType(i + 1);
    }
    return types;
  }

  private boolean isLarger(Object value) {
    return (value instanceof byte[] bytes && bytes.length > limit)
        || (value instanceof String text && text.length() > limit);
  }

  private Object value(ResultSet rows, int column, int type) throws SQLException {
    return switch (type) {
      case Types.BIT, Types.BOOLEAN -> unlessNull(rows.getBoolean(column), rows);
      case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT ->
          unlessNull(rows.getLong(column), rows);
      case Types.REAL, Types.FLOAT, Types.DOUBLE -> unlessNull(rows.getDouble(column), rows);
      case Types.NUMERIC, Types.DECIMAL -> decimal(rows.getString(column));
      case Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE, Types.DATE ->
          time(rows.getObject(column, LocalDateTime.class));
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY -> rows.getBytes(column);
      case Types.BLOB -> bytes(rows.getBinaryStream(column));
      case Types.CLOB, Types.NCLOB -> text(rows.getCharacterStream(column));
      case Types.NULL -> null;
      default -> rows.getString(column);
    };
  }

  /** As much of a large object as tells whether it is within the limit. */
  private Object bytes(InputStream stream) throws SQLException {
    if (stream == null) {
      return null;
    }
    try (stream) {
      return stream.readNBytes((int) limit + 1);
    } catch (IOException e) {
      throw new SQLException(e.getMessage(), e);
    }
  }

  private Object text(Reader reader) throws SQLException {
    if (reader == null) {
      return null;
    }
    try (reader) {
      StringBuilder text = new StringBuilder();
      char[] part = new char[PART];
      for (int n = reader.read(part); n >= 0 && text.length() <= limit; n = reader.read(part)) {
        text.append(part, 0, n);
      }
      return text.toString();
    } catch (IOException e) {
      throw new SQLException(e.getMessage(), e);
    }
  }

  private static Object unlessNull(Object justRead, ResultSet rows) throws SQLException {
    return rows.wasNull() ? null : justRead;
  }

  /** Whoever owns the database can widen a column beyond what the engine ever wrote to it. */
  private static Object time(LocalDateTime time) {
    return time == null || time.get(ChronoField.NANO_OF_SECOND) % 1000 == 0
        ? time
        : time.toString();
  }

  /** The number, or its text if it is none of the integers that the engine writes; NaN is none. */
  private static Object decimal(String number) {
    try {
      BigDecimal decimal = number == null ? null : new BigDecimal(number);
      return decimal == null || decimal.scale() > 0 ? number : (Object) decimal.longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      return number;
    }
  }

  private static boolean hasLoneSurrogate(String text) {
    return text.codePoints()
        .anyMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
  }

  /**
   * How a value is packed. What the database holds need not be what the engine wrote: there is a
   * packed form for everything, so that nothing in a row can keep the audit from the others.
   */
  interface Packing {
    /** As a column value with its type. */
    Packing VALUES =
        (chunk, column, value) ->
            // No commitment was ever made to a text without a UTF-8 form: bytes equal none.
            chunk.value(
                value instanceof String text && hasLoneSurrogate(text)
                    ? text.getBytes(UTF_16BE)
                    : value);

    /** The numbers of Bulla's own tables as eight bytes, everything else as a string. */
    Packing PLAIN =
        (chunk, column, value) -> {
          if (NUMBERS.contains(column)) {
            chunk.i64(value instanceof Long number ? number : -1);
          } else {
            // With a question mark in the place of what has no UTF-8 form.
            chunk.bytes(value == null ? null : value.toString().getBytes(UTF_8));
          }
        };

    void pack(PackedWriter chunk, String column, Object value);
  }
}
