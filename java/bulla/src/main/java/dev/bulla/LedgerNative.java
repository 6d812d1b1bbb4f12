package dev.bulla;

/** The natives of {@link Ledger}. What they return is packed. */
final class LedgerNative {
  private LedgerNative() {}

  /** Which records are wanted: remains. Returns numbers, and the one above which all are. */
  static native byte[] wanted(byte[] remains);

  /** Goes on with a log: coverage, remains, records. */
  static native long resume(long vault, long heartbeat, byte[] packed);

  static native void free(long ledger);

  /** Log, epoch, start; unsaved batches, missing numbers, refused numbers with the reason. */
  static native byte[] describe(long ledger);

  /** Begins the epoch. Returns a record. */
  static native byte[] begin(long ledger, long now);

  /** Records a transaction: user, rows. Returns records. */
  static native byte[] record(long ledger, long now, byte[] packed);

  /** Tells the outcome, by its number, of the transaction with a record. */
  static native void settle(long ledger, long seq, int outcome);

  /** Returns the numbers in doubt. */
  static native byte[] doubtful(long ledger);

  /** Sends a registry row to the anchors with the next batch. */
  static native void keyRegistered(long ledger, byte[] row);

  /** Returns a batch, or nothing if none is due. */
  static native byte[] checkpoint(long ledger, long now);

  /** Returns the last batch. */
  static native byte[] end(long ledger, long now);
}
