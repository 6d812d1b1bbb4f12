package dev.bulla;

/**
 * A checkpoint and what belongs to it. It goes to the anchors first and then, account and
 * checkpoint in one transaction, to the database; both may be tried again until they succeed, and
 * each must have taken it before it is given the next one.
 *
 * @param account the account of what became of the records since the last checkpoint
 * @param note the checkpoint, a signed note
 * @param size how many leaves the log's tree has
 * @param frontier what the next epoch goes on from, to be kept beside the note
 * @param lines what goes to the anchors, a JSON object a line; empty if the anchors have it
 */
@SuppressWarnings("ArrayRecordComponent") // batches are not compared
public record Batch(SignedRecord account, String note, long size, String frontier, byte[] lines) {
  /** For who has no use for the lines, which take most of the memory. */
  public Batch withoutLines() {
    return new Batch(account, note, size, frontier, new byte[0]);
  }

  static Batch read(PackedReader packed) {
    return new Batch(
        SignedRecord.read(packed), packed.string(), packed.i64(), packed.string(), packed.bytes());
  }
}
