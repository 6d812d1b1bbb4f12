package dev.bulla.demo;

import dev.bulla.demo.Attack.Expected;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** What an audit must find when one state of a database is put in the place of a later one. */
final class Differences {
  private final Rows now;
  private final Rows before;

  Differences(Rows now, Rows before) {
    this.now = now;
    this.before = before;
  }

  /** A finding for each row that is gone, is back, or stands as it once did. */
  List<Expected> expected() throws SQLException {
    List<Expected> expected = new ArrayList<>();
    for (String table : coveredTables()) {
      compare(table, "ID_", expected);
    }
    Set<String> oldKeys = before.byKey("BULLA_KEY", "KID_").keySet();
    for (String key : now.byKey("BULLA_KEY", "KID_").keySet()) {
      if (!oldKeys.contains(key)) {
        expected.add(Expected.of("KEY_MISSING", "BULLA_KEY", key));
      }
    }
    return expected;
  }

  private void compare(String table, String key, List<Expected> expected) throws SQLException {
    Map<String, Map<String, Object>> newest = now.byKey(table, key);
    Map<String, Map<String, Object>> older = before.byKey(table, key);
    for (Map.Entry<String, Map<String, Object>> row : newest.entrySet()) {
      Map<String, Object> once = older.get(row.getKey());
      if (once == null) {
        expected.add(Expected.of("ROW_MISSING", table, row.getKey()));
        continue;
      }
      Set<String> columns =
          once.keySet().stream()
              .filter(column -> !Objects.deepEquals(once.get(column), row.getValue().get(column)))
              .collect(Collectors.toSet());
      if (!columns.isEmpty()) {
        expected.add(Expected.older(table, row.getKey(), columns));
      }
    }
    for (String id : older.keySet()) {
      if (!newest.containsKey(id)) {
        expected.add(Expected.of("ROW_RESURRECTED", table, id));
      }
    }
  }

  /** Those that a node records by default and that have rows here. */
  private List<String> coveredTables() throws SQLException {
    return now.strings(
        "SELECT C.TABLE_NAME FROM INFORMATION_SCHEMA.COLUMNS C WHERE C.COLUMN_NAME = 'ID_'"
            + " AND (C.TABLE_NAME LIKE 'ACT_HI_%' OR C.TABLE_NAME LIKE 'ACT_RE_%'"
            + " OR C.TABLE_NAME LIKE 'ACT_ID_%' OR C.TABLE_NAME IN"
            + " ('ACT_GE_BYTEARRAY', 'ACT_RU_VARIABLE', 'ACT_RU_AUTHORIZATION'))");
  }
}
