package dev.bulla.audit;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.Intake;
import dev.bulla.Intake.CoveredTable;
import dev.bulla.PackedWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Reads what an audit needs of an engine's database. */
final class DatabaseReader {
  private final Connection connection;
  private final Naming naming;
  private final Progress progress;
  private final TableReader tables;
  private final Intake intake;

  /**
   * A reader over a snapshot.
   *
   * @param largestValue how many bytes of one value are read at most
   * @param intake takes over what is read
   */
  DatabaseReader(
      Connection connection, Naming naming, Progress progress, long largestValue, Intake intake) {
    this.connection = connection;
    this.naming = naming;
    this.progress = progress;
    this.intake = intake;
    tables =
        new TableReader(
            connection,
            progress,
            largestValue,
            (table, column) -> intake.tooLarge(table, column, largestValue));
  }

  /** Reads everything; returns how many rows there are to compare. */
  long read() throws SQLException {
    if (naming.type("BULLA_RECORD") == null) {
      throw new BullaException(
          Kind.IO,
          "table "
              + naming.sql("BULLA_RECORD")
              + " is not there; say with --schema and --table-prefix where the engine's tables are");
    }
    own("CHECKPOINT", List.of("LOG_", "SIZE_", "SEQ_", "NOTE_"), intake::checkpoints);
    own("RECORD", List.of("LOG_", "SEQ_", "RECORD_", "SIGNATURE_"), intake::records);
    own("KEY", List.of("KID_", "PURPOSE_", "ROW_"), intake::keys);
    own("SALT", List.of("INSTANCE_", "SALT_"), intake::salts);
    progress.begin("ledger verified", -1);
    List<CoveredTable> covered;
    try {
      covered = intake.coverage();
    } finally {
      progress.end();
    }
    new SchemaObjects(connection, naming, covered).feed(intake);
    Map<CoveredTable, List<String>> columns = new LinkedHashMap<>();
    for (CoveredTable table : covered) {
      // An engine makes no tables for what it is told to do without. Rows that were recorded in
      // one that is gone are found missing.
      if (naming.type(table.name()) != null) {
        columns.put(table, columns(table));
      }
    }
    long total = 0;
    for (Map.Entry<CoveredTable, List<String>> each : columns.entrySet()) {
      CoveredTable table = each.getKey();
      total +=
          tables.read(
              table.name(),
              naming.sql(table.name()),
              each.getValue(),
              TableReader.Packing.VALUES,
              rows -> intake.rows(table, rows));
    }
    return total;
  }

  private void own(String table, List<String> columns, Consumer<PackedWriter> chunks)
      throws SQLException {
    String name = "BULLA_" + table;
    if (naming.type(name) != null) {
      tables.read(name, naming.sql(name), columns, TableReader.Packing.PLAIN, chunks);
    }
  }

  /** The columns to select; one that is gone is reported and read as null. */
  private List<String> columns(CoveredTable table) throws SQLException {
    Set<String> there = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet none =
            statement.executeQuery("SELECT * FROM " + naming.sql(table.name()) + " WHERE 1 = 0")) {
      ResultSetMetaData metaData = none.getMetaData();
      for (int i = 1; i <= metaData.getColumnCount(); i++) {
        there.add(metaData.getColumnName(i));
      }
    }
    List<String> columns = new ArrayList<>();
    for (String column : table.columns()) {
      if (there.contains(naming.folded(column))) {
        columns.add(column);
      } else {
        intake.schemaObject("missing column", column, table.name(), false);
        columns.add("NULL");
      }
    }
    return columns;
  }
}
