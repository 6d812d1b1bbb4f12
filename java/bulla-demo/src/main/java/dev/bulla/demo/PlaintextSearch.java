package dev.bulla.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Searches a database for values that should not be readable in it. */
final class PlaintextSearch {
  private final Map<String, byte[]> needles = new LinkedHashMap<>();

  /** Searches for everything that the applicants said of themselves. */
  PlaintextSearch(List<Applicant> applicants) {
    for (Applicant applicant : applicants) {
      for (String text :
          List.of(
              applicant.name(),
              applicant.passport(),
              applicant.household().street(),
              applicant.household().city(),
              String.valueOf(applicant.amount()),
              String.valueOf(applicant.income()),
              applicant.birthDate().toString(),
              String.valueOf(LoanApplication.millis(applicant.birthDate())))) {
        needles.put("'" + text + "'", text.getBytes(StandardCharsets.UTF_8));
        needles.put("'" + text + "' in UTF-16", text.getBytes(StandardCharsets.UTF_16BE));
      }
      needles.put(
          "the double " + applicant.income(),
          ByteBuffer.allocate(Double.BYTES).putDouble(applicant.income()).array());
    }
    for (String text :
        List.of("papers are complete", "collateral of", "no entry for", "-risk", "rule of thumb")) {
      needles.put("'" + text + "'", text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** How many values are searched for, in how many forms. */
  int size() {
    return needles.size();
  }

  /** Looks into every column of every table; returns where something was found. */
  List<String> inTables(Connection database) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = database.createStatement();
        ResultSet tables =
            statement.executeQuery(
                "SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'PUBLIC'")) {
      while (tables.next()) {
        inTable(database, tables.getString(1), found);
      }
    }
    return found;
  }

  /** Looks into the bytes of a file. */
  List<String> inFile(Path file) throws IOException {
    List<String> found = new ArrayList<>();
    // One char a byte, so that the search is String's.
    String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    needles.forEach(
        (name, bytes) -> {
          if (content.contains(new String(bytes, StandardCharsets.ISO_8859_1))) {
            found.add(name + " in " + file.getFileName());
          }
        });
    return found;
  }

  private void inTable(Connection database, String table, List<String> found) throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM \"" + table + "\"")) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        for (int i = 1; i <= columns; i++) {
          String value = text(rows, i);
          if (value != null) {
            String where = table + "." + rows.getMetaData().getColumnName(i);
            inValue(value, where, found);
          }
        }
      }
    }
  }

  private void inValue(String value, String where, List<String> found) {
    needles.forEach(
        (name, bytes) -> {
          if (value.contains(new String(bytes, StandardCharsets.ISO_8859_1))) {
            found.add(name + " in " + where);
          }
        });
  }

  private static String text(ResultSet rows, int column) throws SQLException {
    Charset bytes = StandardCharsets.ISO_8859_1;
    Object value = rows.getObject(column);
    if (value instanceof java.sql.Blob || value instanceof byte[]) {
      return new String(rows.getBytes(column), bytes);
    }
    return value == null
        ? null
        : new String(rows.getString(column).getBytes(StandardCharsets.UTF_8), bytes);
  }
}
