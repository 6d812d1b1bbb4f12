package dev.bulla;

/** The natives of {@link Audit}. */
final class AuditNative {
  private AuditNative() {}

  /** Takes the policy's text and file name, the keys' text and the time, packed. */
  static native long open(byte[] packed);

  static native void free(long handle);

  /** Takes over packed input of one kind. */
  static native void feed(long handle, int kind, byte[] packed);

  /** Closes the ledger's part; answers the covered tables, packed. */
  static native byte[] coverage(long handle);

  /** Compares up to so many rows; answers how many. */
  static native long compare(long handle, long limit);

  /** Compares what was not compared yet; answers the report, packed. */
  static native byte[] finish(long handle);
}
