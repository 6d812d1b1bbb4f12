package dev.bulla;

import java.util.ArrayList;
import java.util.List;

/**
 * The audit of one database, fed by whoever reads it: first the anchors, then Bulla's own tables as
 * they stand in one snapshot, then, once {@link #coverage} has told which, the covered tables.
 *
 * <p>The anchors must be read before the snapshot is taken, or a database under load looks
 * truncated. Not thread-safe. Holds what does not fit into memory in a temporary file that only
 * this process can open.
 */
public final class Audit extends NativeHandle {
  private static final int ANCHOR = 1;
  private static final int TORN_ANCHOR = 2;
  private static final int RECORDS = 3;
  private static final int CHECKPOINTS = 4;
  private static final int KEYS = 5;
  private static final int SALTS = 6;
  private static final int SCHEMA = 7;
  private static final int ROWS = 8;
  private static final int TOO_LARGE = 9;

  /**
   * A table whose rows are compared.
   *
   * @param name the table's name as records have it
   * @param columns the columns to read, in the order in which {@link #rows} wants them
   */
  public record CoveredTable(String name, List<String> columns) {}

  private Audit(long handle) {
    super(handle, AuditNative::free);
  }

  /**
   * Begins an audit.
   *
   * @param policy the text of the policy file: whom the auditor trusts
   * @param policyName how error messages name that file
   * @param keys the text of the JWK Set with the commitment keys, or null if there is none
   * @param nowMillis the time of the audit
   * @throws BullaException if policy or keys cannot be read
   */
  public static Audit begin(String policy, String policyName, String keys, long nowMillis) {
    NativeLibrary.load();
    PackedWriter packed =
        new PackedWriter().string(policy).string(policyName).string(keys).i64(nowMillis);
    return new Audit(AuditNative.open(packed.finish()));
  }

  /**
   * Takes whole lines of an anchor's file.
   *
   * @param file how findings and errors name the file
   * @param firstLine the number of the first of these lines
   * @param lines the lines, each with its line end
   */
  public void anchor(String file, long firstLine, byte[] lines) {
    feed(ANCHOR, new PackedWriter(lines.length + 64).string(file).i64(firstLine).bytes(lines));
  }

  /** Notes that the last batch of an anchor's file is cut off, as a crash leaves it. */
  public void tornAnchor(String file) {
    feed(TORN_ANCHOR, new PackedWriter().string(file));
  }

  /** Takes rows of BULLA_RECORD: log, seq, record, signature; repeated to the end. */
  public void records(PackedWriter rows) {
    feed(RECORDS, rows);
  }

  /** Takes rows of BULLA_CHECKPOINT: log, size, seq of the account, note; repeated to the end. */
  public void checkpoints(PackedWriter rows) {
    feed(CHECKPOINTS, rows);
  }

  /** Takes rows of BULLA_KEY: kid, purpose, row; repeated to the end. */
  public void keys(PackedWriter rows) {
    feed(KEYS, rows);
  }

  /** Takes rows of BULLA_SALT: instance, salt; repeated to the end. */
  public void salts(PackedWriter rows) {
    feed(SALTS, rows);
  }

  /**
   * Ends the ledger's part and verifies it.
   *
   * @return the tables that the ledger covers
   */
  public List<CoveredTable> coverage() {
    PackedReader in = new PackedReader(use(AuditNative::coverage));
    List<CoveredTable> tables = new ArrayList<>();
    for (int n = in.i32(); n > 0; n--) {
      String name = in.string();
      List<String> columns = new ArrayList<>();
      for (int c = in.i32(); c > 0; c--) {
        columns.add(in.string());
      }
      tables.add(new CoveredTable(name, List.copyOf(columns)));
    }
    return tables;
  }

  /**
   * Notes something in the schema that can change what a covered table shows or keeps.
   *
   * @param kind what it is, for instance {@code trigger}
   * @param name its name
   * @param table the covered table
   * @param harmless whether it only reads the table
   */
  public void schemaObject(String kind, String name, String table, boolean harmless) {
    feed(SCHEMA, new PackedWriter().string(kind).string(name).string(table).u8(harmless ? 1 : 0));
  }

  /**
   * Notes that a column holds values of more than {@code limit} bytes, which were not read.
   *
   * @param table the table
   * @param column the column
   * @param limit how much is read of one value
   */
  public void tooLarge(String table, String column, long limit) {
    feed(TOO_LARGE, new PackedWriter().string(table).string(column).i64(limit));
  }

  /**
   * Takes rows of a covered table.
   *
   * @param table the table
   * @param rows the values of its columns, in the order that {@link #coverage} told; repeated to
   *     the end
   */
  public void rows(CoveredTable table, PackedWriter rows) {
    PackedWriter packed = new PackedWriter(rows.size() + 64).string(table.name());
    feed(ROWS, packed.raw(rows.finish()));
  }

  /**
   * Compares rows that were fed.
   *
   * @param limit how many at most
   * @return how many; 0 once all are compared
   */
  public long compare(long limit) {
    return use(handle -> AuditNative.compare(handle, limit));
  }

  /** Compares what is not compared yet, and reports; can be called once. */
  public AuditReport finish() {
    return AuditReport.read(new PackedReader(use(AuditNative::finish)));
  }

  private void feed(int kind, PackedWriter packed) {
    use(
        handle -> {
          AuditNative.feed(handle, kind, packed.finish());
          return null;
        });
  }
}
