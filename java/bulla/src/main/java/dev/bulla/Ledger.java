package dev.bulla;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.bulla.BullaException.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One epoch of one node's log: it gives numbers, writes and signs records, and keeps the Merkle
 * tree. Thread-safe. It stores nothing itself.
 *
 * <ol>
 *   <li>{@link #resume} goes on from what an earlier epoch left, {@link #create} begins a new log.
 *   <li>The record of {@link #begin} is stored and told {@link #committed}; once the checkpoint
 *       after it is anchored, the epoch exists.
 *   <li>{@link #record} is called at the end of each transaction that wrote something; what it
 *       returns is stored in that transaction. Then one of {@link #committed}, {@link #rolledBack}
 *       or {@link #inDoubt}, and later {@link #resolve}, is called for each record.
 *   <li>{@link #checkpoint} is called every second or so. A {@link Batch} goes to the anchors, then
 *       to the database.
 *   <li>{@link #end} gives the last batch.
 * </ol>
 */
public final class Ledger extends NativeHandle {
  private static final int COMMITTED = 0;
  private static final int ROLLED_BACK = 1;
  private static final int IN_DOUBT = 2;
  private static final int PRESENT = 3;
  private static final int ABSENT = 4;

  private final String log;
  private final String epoch;
  private final Instant started;
  private final List<Batch> unsaved = new ArrayList<>();
  private final List<Long> missing;
  private final List<Refused> refused = new ArrayList<>();

  /**
   * A record that is in the database and not to be believed.
   *
   * @param seq the number under which it is stored
   * @param reason what is wrong with it
   */
  public record Refused(long seq, String reason) {}

  private Ledger(long address) {
    super(address, LedgerNative::free);
    PackedReader told = new PackedReader(use(LedgerNative::describe));
    log = told.string();
    epoch = told.string();
    started = Instant.ofEpochMilli(told.i64());
    for (int count = told.i32(); count > 0; count--) {
      unsaved.add(Batch.read(told));
    }
    missing = LogRemains.numbers(told);
    for (int count = told.i32(); count > 0; count--) {
      refused.add(new Refused(told.i64(), told.string()));
    }
  }

  /** Prepares the first epoch of a new log; see {@link #resume}. */
  public static Ledger create(Bulla bulla, PackedWriter coverage) {
    Objects.requireNonNull(bulla, "bulla");
    Objects.requireNonNull(coverage, "coverage");
    return resume(bulla, coverage, LogRemains.NONE, List.of());
  }

  /**
   * Prepares an epoch that goes on with a log. Nothing of what is left is believed unless it is
   * signed.
   *
   * @param bulla the node's keys; the ledger stays usable when it is closed
   * @param coverage what is recorded: a count of tables, and for each its name, the list of its id
   *     columns, the column of the process instance or null, the column of the variable's name or
   *     null, and the lists of its fixed, updatable and sealed columns. A list is a count and the
   *     names
   * @param remains what is left of the log
   * @param records the records that {@link LogRemains#wanted} asks for, as far as they are there
   * @throws BullaException {@link Kind#BAD_SIGNATURE} or another kind if the checkpoint or an
   *     anchored batch is not genuine; {@link Kind#UNTRUSTED_KEY} if an epoch was certified by an
   *     identity that is not trusted
   */
  public static Ledger resume(
      Bulla bulla, PackedWriter coverage, LogRemains remains, List<SignedRecord> records) {
    Objects.requireNonNull(bulla, "bulla");
    Objects.requireNonNull(coverage, "coverage");
    Objects.requireNonNull(remains, "remains");
    Nulls.refuse(records, "records");
    PackedWriter packed = new PackedWriter(4096);
    packed.i32(coverage.size()).raw(coverage);
    remains.write(packed);
    packed.i32(records.size());
    records.forEach(record -> record.write(packed));
    long heartbeat = bulla.config().heartbeat().toMillis();
    byte[] all = packed.finish();
    return new Ledger(bulla.vault().use(vault -> LedgerNative.resume(vault, heartbeat, all)));
  }

  /** The log's name. */
  public String log() {
    return log;
  }

  /** The epoch's id. */
  public String epoch() {
    return epoch;
  }

  /** When the epoch's key was certified. */
  public Instant started() {
    return started;
  }

  /** Batches that the anchor has and the database has not: to be stored before {@link #begin}. */
  public List<Batch> unsaved() {
    return List.copyOf(unsaved);
  }

  /**
   * Numbers of records that the anchor has and the database has not, not counting those of
   * accounts: somebody removed them, or set the database back to an older state. The record of
   * {@link #begin} tells of them, and so does every audit.
   */
  public List<Long> missing() {
    return missing;
  }

  /** Records that are in the database and not to be believed; they are not taken up. */
  public List<Refused> refused() {
    return List.copyOf(refused);
  }

  /**
   * Begins the epoch.
   *
   * @param now milliseconds since 1970-01-01T00:00Z
   * @return the epoch's first record, to be stored and then told {@link #committed}
   */
  public SignedRecord begin(long now) {
    return SignedRecord.read(new PackedReader(use(address -> LedgerNative.begin(address, now))));
  }

  /**
   * Records what a transaction wrote, while it holds its locks.
   *
   * <p>The rows are: a count; the rows; a count of opened values; for each its table, its row's id
   * and 16 bytes, the tag of its envelope. A row is its table, a byte that says what was done, its
   * id, its process instance or null, its variable's name or null, the instance's salt or null, and
   * then
   *
   * <ul>
   *   <li>{@code I}, inserted, and {@code U}, updated by its id: the columns
   *   <li>{@code P}, all rows updated that have one value in one fixed column: the column, the
   *       value (a string or an integer), the columns. Several tables are joined by commas
   *   <li>{@code D}, deleted by its id: the rule or null, the value of {@code REMOVAL_TIME_}
   *   <li>{@code X}, a statement that was not understood: its SQL, where it is from or null, how
   *       many rows it changed as 64 bits, or -1
   * </ul>
   *
   * <p>Columns are a count, and for each its name, {@code F} if it is fixed or {@code U} if it is
   * updatable as the coverage says, and its value, in any order.
   *
   * @param now milliseconds since 1970-01-01T00:00Z
   * @param user who is authenticated with the engine, or null
   * @return what is to be stored in the same transaction: one record, none if there are no rows,
   *     several if there is too much for one
   * @throws BullaException {@link Kind#INVALID_ARGUMENT} if a table or column is not covered
   */
  public List<SignedRecord> record(long now, String user, PackedWriter rows) {
    Objects.requireNonNull(rows, "rows");
    byte[] packed = new PackedWriter(rows.size() + 64).string(user).raw(rows).finish();
    PackedReader answer;
    long address = enter();
    try {
      answer = new PackedReader(LedgerNative.record(address, now, packed));
    } finally {
      leave();
    }
    int count = answer.i32();
    List<SignedRecord> records = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      records.add(SignedRecord.read(answer));
    }
    return records;
  }

  /**
   * The transaction with this record committed.
   *
   * @throws BullaException {@link Kind#LEDGER_STATE} if its outcome was told before
   */
  public void committed(long seq) {
    settle(seq, COMMITTED);
  }

  /** The transaction with this record rolled back, or the record was never stored. */
  public void rolledBack(long seq) {
    settle(seq, ROLLED_BACK);
  }

  /** It is not known whether the transaction with this record committed. */
  public void inDoubt(long seq) {
    settle(seq, IN_DOUBT);
  }

  /** A record in doubt was looked for, when its transaction can no longer be running. */
  public void resolve(long seq, boolean present) {
    settle(seq, present ? PRESENT : ABSENT);
  }

  /** The numbers in doubt. */
  public List<Long> doubtful() {
    return LogRemains.numbers(new PackedReader(use(LedgerNative::doubtful)));
  }

  /** Sends a new row of the key registry to the anchors with the next batch. */
  public void keyRegistered(String row) {
    Objects.requireNonNull(row, "row");
    byte[] ascii = row.getBytes(ISO_8859_1);
    use(
        address -> {
          LedgerNative.keyRegistered(address, ascii);
          return null;
        });
  }

  /**
   * Accounts for what was settled since the last checkpoint, and signs a new one.
   *
   * @param now milliseconds since 1970-01-01T00:00Z
   * @return nothing if there is nothing to account for and a heartbeat is not due
   */
  public Optional<Batch> checkpoint(long now) {
    PackedReader answer = new PackedReader(use(address -> LedgerNative.checkpoint(address, now)));
    return answer.isEmpty() ? Optional.empty() : Optional.of(Batch.read(answer));
  }

  /**
   * Ends the epoch with a last batch. Afterwards nothing can be recorded; what is open or in doubt
   * is for the next epoch to find out.
   */
  public Batch end(long now) {
    return Batch.read(new PackedReader(use(address -> LedgerNative.end(address, now))));
  }

  private void settle(long seq, int outcome) {
    long address = enter();
    try {
      LedgerNative.settle(address, seq, outcome);
    } finally {
      leave();
    }
  }
}
