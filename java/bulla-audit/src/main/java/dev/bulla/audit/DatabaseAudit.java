package dev.bulla.audit;

import dev.bulla.Audit;
import dev.bulla.Audit.CoveredTable;
import dev.bulla.AuditReport;
import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.PackedWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Audits the database behind a connection.
 *
 * <pre>{@code
 * AuditReport report =
 *     new DatabaseAudit(connection)
 *         .policy(Files.readString(policy), "audit-policy.toml")
 *         .keys(Files.readString(keys))
 *         .anchors(Path.of("anchors"))
 *         .run();
 * }</pre>
 *
 * <p>The anchors are read first; then everything else in one snapshot transaction on the
 * connection, which is read-only meanwhile and left as it was. The connection must not be in the
 * middle of a transaction: that is rolled back.
 */
public final class DatabaseAudit {
  /** How many rows are compared before progress is told. */
  private static final long AT_A_TIME = 2000;

  private final Connection connection;
  private String schema;
  private String prefix;
  private String policy;
  private String policyName;
  private String keys;
  private Path anchors;
  private Progress progress = Progress.SILENT;
  private long largestValue = Runtime.getRuntime().maxMemory() / 16;

  /** An audit over {@code connection}, which stays open. */
  public DatabaseAudit(Connection connection) {
    this.connection = connection;
  }

  /** The schema of the engine's tables; the connection's own unless said. */
  public DatabaseAudit schema(String schema) {
    this.schema = schema;
    return this;
  }

  /** What the engine puts before table names ({@code databaseTablePrefix}). */
  public DatabaseAudit tablePrefix(String prefix) {
    this.prefix = prefix;
    return this;
  }

  /** The text of the policy file, and how messages name it. */
  public DatabaseAudit policy(String text, String name) {
    this.policy = text;
    this.policyName = name;
    return this;
  }

  /** The text of the JWK Set with the commitment keys; without it the audit is inconclusive. */
  public DatabaseAudit keys(String jwks) {
    this.keys = jwks;
    return this;
  }

  /** The anchor directory; without it nothing is proven against a restored older backup. */
  public DatabaseAudit anchors(Path directory) {
    this.anchors = directory;
    return this;
  }

  /** Who is told how the audit proceeds. */
  public DatabaseAudit progress(Progress progress) {
    this.progress = progress;
    return this;
  }

  /**
   * How many bytes of one value are read at most; a sixteenth of Java's memory unless said.
   *
   * <p>Whoever owns the database can put a value of any size anywhere.
   */
  DatabaseAudit largestValue(long bytes) {
    this.largestValue = bytes;
    return this;
  }

  /**
   * Runs the audit.
   *
   * @throws BullaException if something cannot be read; the message says what to do
   */
  public AuditReport run() {
    if (policy == null) {
      throw new BullaException(
          Kind.INVALID_ARGUMENT, "the audit has no policy; give it audit-policy.toml");
    }
    try (Audit audit = Audit.begin(policy, policyName, keys, System.currentTimeMillis())) {
      if (anchors != null) {
        new AnchorDirectory(anchors).feed(audit, progress);
      }
      long rows;
      try (Snapshot snapshot = new Snapshot(connection)) {
        rows = read(audit, snapshot.connection());
      }
      compare(audit, rows);
      return audit.finish();
    } catch (SQLException e) {
      throw new BullaException(Kind.IO, "the database cannot be read: " + e.getMessage());
    }
  }

  /** Feeds the audit; returns how many rows there are to compare. */
  private long read(Audit audit, Connection connection) throws SQLException {
    Naming naming = new Naming(connection, schema, prefix);
    if (naming.type("BULLA_RECORD") == null) {
      throw new BullaException(
          Kind.IO,
          "table "
              + naming.sql("BULLA_RECORD")
              + " is not there; say with --schema and --table-prefix where the engine's tables are");
    }
    TableReader reader =
        new TableReader(
            connection,
            progress,
            largestValue,
            (table, column) -> audit.tooLarge(table, column, largestValue));
    own(
        reader,
        naming,
        "CHECKPOINT",
        List.of("LOG_", "SIZE_", "SEQ_", "NOTE_"),
        audit::checkpoints);
    own(reader, naming, "RECORD", List.of("LOG_", "SEQ_", "RECORD_", "SIGNATURE_"), audit::records);
    own(reader, naming, "KEY", List.of("KID_", "PURPOSE_", "ROW_"), audit::keys);
    own(reader, naming, "SALT", List.of("INSTANCE_", "SALT_"), audit::salts);
    progress.begin("ledger verified", -1);
    List<CoveredTable> covered;
    try {
      covered = audit.coverage();
    } finally {
      progress.end();
    }
    new SchemaObjects(connection, naming, covered).feed(audit);
    long total = 0;
    for (CoveredTable table : covered) {
      if (naming.type(table.name()) == null) {
        // An engine makes no tables for what it is told to do without. Rows that were recorded in
        // this one are found missing.
        continue;
      }
      List<String> columns = columns(audit, connection, naming, table);
      total +=
          reader.read(
              table.name(),
              naming.sql(table.name()),
              columns,
              TableReader.Packing.VALUES,
              rows -> audit.rows(table, rows));
    }
    return total;
  }

  private void compare(Audit audit, long rows) {
    progress.begin("rows compared", rows);
    try {
      for (long done = audit.compare(AT_A_TIME); done > 0; done = audit.compare(AT_A_TIME)) {
        progress.advance(done);
      }
    } finally {
      progress.end();
    }
  }

  private static void own(
      TableReader reader,
      Naming naming,
      String table,
      List<String> columns,
      Consumer<PackedWriter> chunks)
      throws SQLException {
    String name = "BULLA_" + table;
    if (naming.type(name) != null) {
      reader.read(name, naming.sql(name), columns, TableReader.Packing.PLAIN, chunks);
    }
  }

  /** The columns to select; one that is gone is reported and read as null. */
  private static List<String> columns(
      Audit audit, Connection connection, Naming naming, CoveredTable table) throws SQLException {
    Set<String> there = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet none =
            statement.executeQuery("SELECT * FROM " + naming.sql(table.name()) + " WHERE 1 = 0")) {
      ResultSetMetaData metaData = none.getMetaData();
      for (int i = 1; i <= metaData.getColumnCount(); i++) {
        there.add(metaData.getColumnName(i).toUpperCase(Locale.ROOT));
      }
    }
    List<String> columns = new ArrayList<>();
    for (String column : table.columns()) {
      if (there.contains(column)) {
        columns.add(column);
      } else {
        audit.schemaObject("missing column", column, table.name(), false);
        columns.add("NULL");
      }
    }
    return columns;
  }
}
