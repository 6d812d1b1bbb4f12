package dev.bulla;

/**
 * The natives of {@link Vault} that make and read what travels. Packed arguments that end with a
 * payload hold it as it is, without a length.
 */
final class ExchangeNative {
  private ExchangeNative() {}

  /** Seals: context, content type or nothing, payload. Returns the envelope, ASCII. */
  static native byte[] seal(
      long vault, byte[] context, byte[] contentType, byte[] plaintext, long now);

  /** Opens: context, envelope. Returns the payload. */
  static native byte[] openBytes(long vault, byte[] context, byte[] envelope);

  /** Opens: context, envelope. Returns content type or null, and the payload. */
  static native byte[] open(long vault, byte[] packed);

  /**
   * Signs: serialization, attachment, whether canonical, content type or null, document. Returns
   * the statement, ASCII.
   */
  static native byte[] sign(long vault, byte[] packed);

  /** Signs documents, packed as bytes each. Returns the statements, packed as strings. */
  static native byte[] signBatch(long vault, byte[] packed, int flags);

  /** Verifies a statement. Returns content type or null, and the document. */
  static native byte[] verify(long vault, byte[] statement);

  /** Verifies: statement, document that lies beside it. */
  static native void verifyDocument(long vault, byte[] packed);
}
