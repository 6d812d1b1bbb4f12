package dev.bulla.engine.record;

import dev.bulla.PackedWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Applies captured rows to tables in memory and compares these with the database's. */
final class Replay {

  private final Coverage coverage;
  private final Map<String, Map<String, Map<String, Object>>> tables = new TreeMap<>();
  private final List<CapturedRow> notUnderstood = new ArrayList<>();
  private int predicates;
  private int columnsCompared;

  Replay(Coverage coverage) {
    this.coverage = coverage;
  }

  int columnsCompared() {
    return columnsCompared;
  }

  int predicates() {
    return predicates;
  }

  List<CapturedRow> notUnderstood() {
    return notUnderstood;
  }

  /** A transaction that committed. */
  synchronized void apply(List<CapturedRow> rows) {
    for (CapturedRow row : rows) {
      switch (row.operation()) {
        case INSERT ->
            set(table(row.table()).computeIfAbsent(row.id(), key -> new HashMap<>()), row);
        case UPDATE ->
            set(table(row.table()).computeIfAbsent(row.id(), key -> new HashMap<>()), row);
        case DELETE -> table(row.table()).remove(row.id());
        case PREDICATE -> {
          predicates++;
          for (String name : row.table().split(",", -1)) {
            for (Map<String, Object> candidate : table(name).values()) {
              if (Objects.equals(candidate.get(row.predicate()), row.predicateValue())) {
                set(candidate, row);
              }
            }
          }
        }
        case NOT_UNDERSTOOD -> notUnderstood.add(row);
      }
    }
  }

  /** Every disagreement with the database, as text. */
  synchronized List<String> differences(Connection connection) throws SQLException {
    List<String> differences = new ArrayList<>();
    for (CoveredTable table : coverage.tables()) {
      if (!table.name().startsWith("BULLA_")) {
        compare(connection, table, differences);
      }
    }
    return differences;
  }

  private void compare(Connection connection, CoveredTable table, List<String> differences)
      throws SQLException {
    Map<String, Map<String, Object>> expected = new HashMap<>(table(table.name()));
    try (Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery("select * from " + table.name())) {
      ResultSetMetaData columns = results.getMetaData();
      while (results.next()) {
        List<Object> key = new ArrayList<>();
        for (String column : table.id()) {
          key.add(results.getObject(column));
        }
        Map<String, Object> row = expected.remove(RowId.of(key));
        if (row == null) {
          differences.add(table.name() + " " + key + " was never captured");
          continue;
        }
        for (int i = 1; i <= columns.getColumnCount(); i++) {
          String name = columns.getColumnName(i);
          if (!table.id().contains(name)) {
            columnsCompared++;
            Object stored = value(results, columns, i);
            if (!same(stored, row.get(name))) {
              differences.add(
                  table.name() + " " + key + " " + name + ": " + stored + " / " + row.get(name));
            }
          }
        }
      }
    }
    expected.keySet().forEach(id -> differences.add(table.name() + " " + id + " is gone"));
  }

  private static Object value(ResultSet results, ResultSetMetaData columns, int at)
      throws SQLException {
    return switch (columns.getColumnType(at)) {
      case Types.BLOB, Types.VARBINARY, Types.LONGVARBINARY, Types.BINARY -> results.getBytes(at);
      case Types.CLOB -> results.getString(at);
      default -> results.getObject(at);
    };
  }

  private static boolean same(Object stored, Object captured) {
    return Arrays.equals(
        new PackedWriter().value(stored).toByteArray(),
        new PackedWriter().value(captured).toByteArray());
  }

  private static void set(Map<String, Object> target, CapturedRow row) {
    for (int i = 0; i < row.columns().size(); i++) {
      target.put(row.columns().get(i).name(), row.values()[i]);
    }
  }

  private Map<String, Map<String, Object>> table(String name) {
    return tables.computeIfAbsent(name, key -> new TreeMap<>());
  }
}
