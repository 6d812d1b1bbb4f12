package dev.bulla.audit;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bulla.PackedWriter;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Streams the rows of a table into packed buffers. */
final class TableReader {
  private static final int FETCH = 500;
  private static final int CHUNK = 1 << 20;

  /** The columns of Bulla's own tables that are numbers. */
  private static final Set<String> NUMBERS = Set.of("SEQ_", "SIZE_");

  private final Connection connection;
  private final Progress progress;

  TableReader(Connection connection, Progress progress) {
    this.connection = connection;
    this.progress = progress;
  }

  /**
   * Reads all rows.
   *
   * @param what what progress calls it
   * @param table the table's name for SQL
   * @param columns the columns; where one is the literal {@code NULL}, null is read
   * @param packing how a value is packed: as a string or as a column value
   * @param chunks takes over full buffers, which are used again afterwards
   */
  void read(
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
        long unreported = 0;
        while (rows.next()) {
          for (int column = 1; column <= types.length; column++) {
            packing.pack(chunk, columns.get(column - 1), value(rows, column, types[column - 1]));
          }
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

  private static Object value(ResultSet rows, int column, int type) throws SQLException {
    return switch (type) {
      case Types.BIT, Types.BOOLEAN -> unlessNull(rows.getBoolean(column), rows);
      case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT ->
          unlessNull(rows.getLong(column), rows);
      case Types.REAL, Types.FLOAT, Types.DOUBLE -> unlessNull(rows.getDouble(column), rows);
      case Types.NUMERIC, Types.DECIMAL -> decimal(rows.getBigDecimal(column));
      case Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE, Types.DATE ->
          rows.getObject(column, LocalDateTime.class);
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> rows.getBytes(column);
      case Types.NULL -> null;
      default -> rows.getString(column);
    };
  }

  private static Object unlessNull(Object justRead, ResultSet rows) throws SQLException {
    return rows.wasNull() ? null : justRead;
  }

  private static Object decimal(BigDecimal decimal) {
    if (decimal == null) {
      return null;
    }
    return decimal.scale() > 0 ? decimal.toPlainString() : integer(decimal);
  }

  /** Whoever owns the database can widen a column beyond what the engine ever wrote to it. */
  private static Object integer(BigDecimal decimal) {
    try {
      return decimal.longValueExact();
    } catch (ArithmeticException e) {
      return decimal.toPlainString();
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
