package dev.bulla;

/** The natives of {@link ObjectOpener}. */
final class ObjectOpenerNative {
  private ObjectOpenerNative() {}

  /** Makes an opener: how many texts hold keys that open, these, and texts with signers' keys. */
  static native long make(byte[] packed);

  static native void free(long opener);

  /**
   * Opens an object, a stream or its base64. Returns the content's type, media type and bytes,
   * whether it is authenticated, and for each layer the key's id, the algorithm, whether it is a
   * signature, and whether it authenticates.
   */
  static native byte[] open(long opener, byte[] object);
}
