package dev.bulla;

/** The natives of {@link Opener}. */
final class OpenerNative {
  private OpenerNative() {}

  /**
   * Makes an opener: the master key's id and algorithm or two nulls, texts with keys; with the
   * master key or null.
   */
  static native long make(byte[] packed, MasterKey master);

  static native void free(long opener);

  /** Opens an envelope, UTF-8. Returns the plaintext. */
  static native byte[] open(long opener, byte[] context, byte[] envelope);
}
