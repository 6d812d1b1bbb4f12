package dev.bulla.audit;

import dev.bulla.Audit;
import dev.bulla.AuditReport;
import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.Export;
import dev.bulla.Intake;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;

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
 * <p>Instead of being audited at once, it can be exported, and audited later and elsewhere from the
 * bundle that comes of it.
 *
 * <p>The anchors are read first; then everything else in one snapshot transaction on the
 * connection, which is read-only meanwhile and left as it was. The connection must not be in the
 * middle of a transaction: that is rolled back.
 */
public final class DatabaseAudit {
  /** How many rows are compared before progress is told. */
  static final long AT_A_TIME = 2000;

  /** How many bytes of one value are exported at most: a line of a bundle is held in memory. */
  private static final long LARGEST_EXPORTED = 64 << 20;

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
    needPolicy();
    try (Audit audit = Audit.begin(policy, policyName, keys, System.currentTimeMillis())) {
      long rows = read(audit, largestValue);
      compare(audit, rows);
      return audit.finish();
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  /**
   * Exports what an audit needs. The commitment keys are not needed for it, and are not in it.
   *
   * @param target the file to write, which must not exist and is there only once all is written
   * @param database what the bundle says of where the database is; nothing secret
   * @return how many rows were exported
   * @throws BullaException if something cannot be read or written; the message says what to do
   */
  public long export(Path target, String database) {
    needPolicy();
    try (Export export =
        Export.begin(target, database, product(), policy, policyName, System.currentTimeMillis())) {
      long rows = read(export, Math.min(largestValue, LARGEST_EXPORTED));
      export.finish();
      return rows;
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  private void needPolicy() {
    if (policy == null) {
      throw new BullaException(
          Kind.INVALID_ARGUMENT, "the audit has no policy; give it audit-policy.toml");
    }
  }

  private static BullaException unreadable(SQLException e) {
    return new BullaException(Kind.IO, "the database cannot be read: " + e.getMessage());
  }

  private String product() throws SQLException {
    DatabaseMetaData metaData = connection.getMetaData();
    return metaData.getDatabaseProductName() + " " + metaData.getDatabaseProductVersion();
  }

  /** Reads anchors and database; returns how many rows there are to compare. */
  private long read(Intake intake, long largest) throws SQLException {
    if (anchors != null) {
      new AnchorDirectory(anchors).feed(intake, progress);
    }
    try (Snapshot snapshot = new Snapshot(connection)) {
      Naming naming = new Naming(snapshot.connection(), schema, prefix);
      return new DatabaseReader(snapshot.connection(), naming, progress, largest, intake).read();
    }
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
}
