package dev.bulla.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds rows as someone would who knows the engine's tables. */
final class Rows {
  private final Connection database;

  Rows(Connection database) {
    this.database = database;
  }

  /** The row of a variable, in {@code ACT_HI_VARINST} or {@code ACT_RU_VARIABLE}. */
  Map<String, Object> variable(String table, String instance, String name) throws SQLException {
    return one(
        "SELECT * FROM %s WHERE PROC_INST_ID_ = ? AND NAME_ = ?".formatted(table), instance, name);
  }

  /** The one row that a query returns. */
  Map<String, Object> one(String query, Object... values) throws SQLException {
    try (PreparedStatement statement = database.prepareStatement(query)) {
      bind(statement, values);
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) {
          throw new IllegalStateException(
              "no row for " + new Attack.Sql(query, java.util.Arrays.asList(values)));
        }
        return row(rows);
      }
    }
  }

  /** The first column of all rows that a query returns. */
  List<String> strings(String query, Object... values) throws SQLException {
    List<String> found = new ArrayList<>();
    try (PreparedStatement statement = database.prepareStatement(query)) {
      bind(statement, values);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getString(1));
        }
      }
    }
    return found;
  }

  /** All rows of a table by a column. */
  Map<String, Map<String, Object>> byKey(String table, String key) throws SQLException {
    Map<String, Map<String, Object>> found = new LinkedHashMap<>();
    try (Statement statement = database.createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
      while (rows.next()) {
        found.put(rows.getString(key), row(rows));
      }
    }
    return found;
  }

  /** The bytes of a row in {@code ACT_GE_BYTEARRAY}. */
  byte[] bytes(String id) throws SQLException {
    return (byte[]) one("SELECT BYTES_ FROM ACT_GE_BYTEARRAY WHERE ID_ = ?", id).get("BYTES_");
  }

  static void bind(PreparedStatement statement, Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
  }

  private static Map<String, Object> row(ResultSet rows) throws SQLException {
    ResultSetMetaData columns = rows.getMetaData();
    Map<String, Object> row = new LinkedHashMap<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      Object value = rows.getObject(i);
      row.put(columns.getColumnName(i), value instanceof java.sql.Blob ? rows.getBytes(i) : value);
    }
    return row;
  }
}
