package dev.bulla;

/** The natives of {@link KeySigner}. */
final class SignerNative {
  private SignerNative() {}

  /** Reads a private key: how an RSA key signs or null, text. */
  static native long parse(byte[] packed);

  /** Stands before a signer of Java: algorithm, text of its public key. */
  static native long of(byte[] packed, Signer signer);

  static native void free(long signer);

  /**
   * What a key is: how an RSA key signs or null, text. Returns id, public JWK or null, algorithm or
   * null, packed.
   */
  static native byte[] describe(byte[] packed);

  /** The bare signature of a message. */
  static native byte[] signature(long signer, byte[] message);

  /** Signs a document: flags of the form, content type or nothing. Returns the statement, ASCII. */
  static native byte[] sign(long signer, byte[] document, int flags, byte[] contentType);

  /** Signs documents, packed as bytes each. Returns the statements, packed as strings. */
  static native byte[] signBatch(long signer, byte[] packed, int flags);
}
