package dev.bulla;

import java.util.ArrayList;
import java.util.List;

/**
 * What is left of a log when a node starts: what the database and the anchor still hold.
 *
 * <p>An anchor has each batch before the database has it, so after a crash the anchor may be ahead.
 *
 * @param checkpoint the newest checkpoint in the database, or null if there is none
 * @param anchored the lines of the batches that the anchor holds after that checkpoint
 * @param epochs the anchor's lines of records that begin epochs, as far as they were met: those of
 *     the database may be gone
 */
public record LogRemains(Checkpoint checkpoint, List<String> anchored, List<String> epochs) {

  /** Of a log that is new. */
  public static final LogRemains NONE = new LogRemains(null, List.of(), List.of());

  /** Copies the lists. */
  public LogRemains {
    anchored = List.copyOf(Nulls.refuse(anchored, "anchored"));
    epochs = List.copyOf(Nulls.refuse(epochs, "epochs"));
  }

  /**
   * A checkpoint as the database holds it.
   *
   * @param note the signed note
   * @param frontier what was kept beside it
   * @param account the account record that belongs to it
   */
  public record Checkpoint(String note, String frontier, SignedRecord account) {}

  /**
   * Which records of the log are wanted from the database.
   *
   * @param numbers these, as far as they are there
   * @param above and all above this number
   */
  public record Wanted(List<Long> numbers, long above) {}

  /**
   * Which records {@link Ledger#resume} needs.
   *
   * @throws BullaException if the account or an anchored line has not the form of one
   */
  public Wanted wanted() {
    NativeLibrary.load();
    PackedWriter remains = new PackedWriter();
    write(remains);
    PackedReader wanted = new PackedReader(LedgerNative.wanted(remains.finish()));
    return new Wanted(numbers(wanted), wanted.i64());
  }

  void write(PackedWriter packed) {
    packed.u8(checkpoint == null ? 0 : 1);
    if (checkpoint != null) {
      packed.string(checkpoint.note).string(checkpoint.frontier);
      checkpoint.account.write(packed);
    }
    packed.i32(anchored.size());
    anchored.forEach(packed::string);
    packed.i32(epochs.size());
    epochs.forEach(packed::string);
  }

  static List<Long> numbers(PackedReader packed) {
    int count = packed.i32();
    List<Long> numbers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      numbers.add(packed.i64());
    }
    return List.copyOf(numbers);
  }
}
