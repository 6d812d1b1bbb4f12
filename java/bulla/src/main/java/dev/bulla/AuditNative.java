package dev.bulla;

/** The natives of {@link Intake} and {@link BundleAudit}. */
final class AuditNative {
  private AuditNative() {}

  /** Takes the policy's text and file name, the keys' text and the time, packed. */
  static native long open(byte[] packed);

  /** Takes policy and its file name, database, product, the bundle's path and the time, packed. */
  static native long export(byte[] packed);

  /** Ends an export. */
  static native void exported(long handle);

  /** Takes the policy's text and file name, the keys' text and the bundle's path, packed. */
  static native long bundle(byte[] packed);

  /** What a bundle says of itself, packed. */
  static native byte[] about(long handle);

  /** Reads some more of a bundle; answers how far it is read. */
  static native long read(long handle);

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
