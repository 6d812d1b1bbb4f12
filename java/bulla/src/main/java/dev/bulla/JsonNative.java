package dev.bulla;

/** The native of {@link Bulla#canonicalize}. */
final class JsonNative {
  private JsonNative() {}

  /** The canonical form of a document; both are UTF-8. */
  static native byte[] canonicalize(byte[] document);
}
