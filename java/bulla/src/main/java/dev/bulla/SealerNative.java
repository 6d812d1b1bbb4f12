package dev.bulla;

/** The natives of {@link Sealer}. */
final class SealerNative {
  private SealerNative() {}

  /**
   * Makes a sealer: content type or null, messages for a content key, the master key's id and
   * algorithm or two nulls, texts with recipients' keys; with the master key or null.
   */
  static native long make(byte[] packed, MasterKey master);

  static native void free(long sealer);

  /** Seals at a time in milliseconds. Returns the envelope, ASCII. */
  static native byte[] seal(long sealer, byte[] context, byte[] plaintext, long now);
}
