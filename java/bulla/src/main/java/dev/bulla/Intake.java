package dev.bulla;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What a database's reader feeds, an {@link Audit} or an {@link Export}: first the anchors, then
 * Bulla's own tables as they stand in one snapshot, then, once {@link #coverage} has told which,
 * the covered tables.
 *
 * <p>The anchors must be read before the snapshot is taken, or a database under load looks
 * truncated. Not thread-safe.
 */
public abstract sealed class Intake extends NativeHandle permits Audit, Export {
  private static final int ANCHOR_FILE = 1;
  private static final int EXPECT_ANCHORS = 2;
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

  Intake(long handle) {
    super(handle, AuditNative::free);
  }

  /**
   * Takes the file of an anchor.
   *
   * @param name how findings and errors name it
   * @param file where it is
   */
  public void anchorFile(String name, Path file) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(file, "file");
    feed(ANCHOR_FILE, new PackedWriter().string(name).string(file.toAbsolutePath().toString()));
  }

  /** Notes that anchors were looked for: from now on it is missed if there are none. */
  public void expectAnchors() {
    feed(EXPECT_ANCHORS, new PackedWriter());
  }

  /** Takes rows of BULLA_RECORD: log, seq, record, signature; repeated to the end. */
  public void records(PackedWriter rows) {
    Objects.requireNonNull(rows, "rows");
    feed(RECORDS, rows);
  }

  /** Takes rows of BULLA_CHECKPOINT: log, size, seq of the account, note; repeated to the end. */
  public void checkpoints(PackedWriter rows) {
    Objects.requireNonNull(rows, "rows");
    feed(CHECKPOINTS, rows);
  }

  /** Takes rows of BULLA_KEY: kid, purpose, row; repeated to the end. */
  public void keys(PackedWriter rows) {
    Objects.requireNonNull(rows, "rows");
    feed(KEYS, rows);
  }

  /** Takes rows of BULLA_SALT: instance, salt; repeated to the end. */
  public void salts(PackedWriter rows) {
    Objects.requireNonNull(rows, "rows");
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
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(table, "table");
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
    Objects.requireNonNull(table, "table");
    Objects.requireNonNull(column, "column");
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
    Objects.requireNonNull(table, "table");
    Objects.requireNonNull(rows, "rows");
    PackedWriter packed = new PackedWriter(rows.size() + 64).string(table.name());
    feed(ROWS, packed.raw(rows.finish()));
  }

  private void feed(int kind, PackedWriter packed) {
    use(
        handle -> {
          AuditNative.feed(handle, kind, packed.finish());
          return null;
        });
  }
}
