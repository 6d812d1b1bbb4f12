package dev.bulla.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How many bytes sealing and recording add, row by row and table by table.
 *
 * <p>The same tasks are completed with and without the plugin. A row's size is that of its values:
 * text in UTF-8, eight bytes for numbers and times. What a database adds to them is not counted.
 */
public final class StorageSize {
  private static final int TASKS = 200;
  private static final ObjectMapper JSON = new ObjectMapper();

  private StorageSize() {}

  /** Measures and prints a table. */
  public static void main(String[] arguments) throws IOException, SQLException {
    Path directory = Files.createTempDirectory("bulla-size");
    Map<String, Size> plain = tables("jdbc:h2:mem:plain", null);
    Map<String, Size> sealed = new TreeMap<>();
    Map<String, Size> recorded = new TreeMap<>();
    String url = "jdbc:h2:mem:sealed";
    try (Connection hold = DriverManager.getConnection(url, "sa", "")) {
      try (Completions completions = Completions.open(url, directory)) {
        completions.complete(TASKS);
      }
      measure(hold, sealed);
      records(hold, recorded);
    }
    print(System.out, plain, sealed, recorded);
    print(System.out, sealed, recorded, anchored(directory.resolve("anchors")));
  }

  private static Map<String, Size> tables(String url, Path directory)
      throws IOException, SQLException {
    Map<String, Size> sizes = new TreeMap<>();
    try (Connection hold = DriverManager.getConnection(url, "sa", "")) {
      try (Completions completions = Completions.open(url, directory)) {
        completions.complete(TASKS);
      }
      measure(hold, sizes);
    }
    return sizes;
  }

  private static void measure(Connection database, Map<String, Size> sizes) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (ResultSet found = database.getMetaData().getTables(null, "PUBLIC", "%", null)) {
      while (found.next()) {
        tables.add(found.getString("TABLE_NAME"));
      }
    }
    for (String table : tables) {
      try (Statement statement = database.createStatement();
          ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
        while (rows.next()) {
          sizes.computeIfAbsent(table, name -> new Size()).add(size(rows));
        }
      }
    }
  }

  private static long size(ResultSet row) throws SQLException {
    long size = 0;
    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
      Object value = row.getObject(i);
      if (value instanceof String text) {
        size += text.getBytes(StandardCharsets.UTF_8).length;
      } else if (value instanceof Blob || value instanceof byte[]) {
        size += row.getBytes(i).length;
      } else if (value != null) {
        size += Long.BYTES;
      }
    }
    return size;
  }

  /** What the records say of each table's rows. */
  private static void records(Connection database, Map<String, Size> sizes)
      throws SQLException, IOException {
    try (Statement statement = database.createStatement();
        ResultSet rows = statement.executeQuery("SELECT RECORD_ FROM BULLA_RECORD")) {
      while (rows.next()) {
        for (JsonNode row : JSON.readTree(rows.getString(1)).path("rows")) {
          sizes
              .computeIfAbsent(row.path("t").asText(), name -> new Size())
              .add(JSON.writeValueAsBytes(row).length + 1L);
        }
      }
    }
  }

  private static long anchored(Path anchors) throws IOException {
    try (Stream<Path> files = Files.walk(anchors)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static void print(
      PrintStream out,
      Map<String, Size> plain,
      Map<String, Size> sealed,
      Map<String, Size> recorded) {
    String columns = "%-22s %8s %14s %14s %18s%n";
    out.printf(columns, "table", "rows", "plain, B/row", "sealed, B/row", "recorded, B/row");
    sealed.forEach(
        (table, size) -> {
          if (recorded.containsKey(table)) {
            out.printf(
                columns,
                table,
                size.rows,
                plain.getOrDefault(table, new Size()).each(),
                size.each(),
                recorded.get(table).each());
          }
        });
  }

  /** In total: the engine's tables, Bulla's own, and the anchors beside them. */
  private static void print(
      PrintStream out, Map<String, Size> sealed, Map<String, Size> recorded, long anchors) {
    long engine = 0;
    long own = 0;
    for (Map.Entry<String, Size> each : sealed.entrySet()) {
      if (each.getKey().startsWith("BULLA_")) {
        own += each.getValue().bytes;
      } else {
        engine += each.getValue().bytes;
      }
    }
    long rows = recorded.values().stream().mapToLong(size -> size.rows).sum();
    long records = sealed.get("BULLA_RECORD").bytes;
    out.printf(
        Locale.ROOT,
        "%n%d tasks: %d kB in the engine's tables, %d kB in Bulla's, %d kB anchored;"
            + " %.0f bytes of ledger for each of %d rows written%n",
        TASKS,
        engine / 1000,
        own / 1000,
        anchors / 1000,
        (double) records / rows,
        rows);
  }

  /** Rows and their bytes. */
  private static final class Size {
    private long rows;
    private long bytes;

    void add(long size) {
      rows++;
      bytes += size;
    }

    long each() {
      return rows == 0 ? 0 : Math.round((double) bytes / rows);
    }
  }
}
