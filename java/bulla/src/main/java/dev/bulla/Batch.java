package dev.bulla;

/**
 * A checkpoint and what belongs to it. It goes to the anchors first and then, account and
 * checkpoint in one transaction, to the database; both may be tried again until they succeed, and
 * must have before the next batch goes.
 *
 * @param account the account of what became of the records since the last checkpoint
 * @param note the checkpoint, a signed note
 * @param size how many leaves the log's tree has
 * @param frontier what the next epoch goes on from, to be kept beside the note
 * @param lines what goes to the anchors, a JSON object a line; empty if the anchors have it
 */
@SuppressWarnings("ArrayRecordComponent") // batches are not compared
public record Batch(SignedRecord account, String note, long size, String frontier, byte[] lines) {
  static Batch read(PackedReader packed) {
    return new Batch(
        SignedRecord.read(packed), packed.string(), packed.i64(), packed.string(), packed.bytes());
  }
}
