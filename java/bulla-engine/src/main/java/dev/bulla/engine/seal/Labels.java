package dev.bulla.engine.seal;

import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The columns of a result set by their labels, upper case; of equal ones the first. */
final class Labels {

  private final Map<String, Integer> indexes;
  private final String[] names;

  private Labels(Map<String, Integer> indexes, String[] names) {
    this.indexes = indexes;
    this.names = names;
  }

  static Labels of(ResultSetMetaData columns) throws SQLException {
    int count = columns.getColumnCount();
    Map<String, Integer> indexes = new HashMap<>(2 * count);
    String[] names = new String[count];
    for (int index = 1; index <= count; index++) {
      names[index - 1] = columns.getColumnLabel(index).toUpperCase(Locale.ROOT);
      indexes.putIfAbsent(names[index - 1], index);
    }
    return new Labels(indexes, names);
  }

  boolean has(String name) {
    return indexes.containsKey(name);
  }

  int index(String name) {
    return indexes.get(name);
  }

  String name(int index) {
    return index > 0 && index <= names.length ? names[index - 1] : "";
  }
}
