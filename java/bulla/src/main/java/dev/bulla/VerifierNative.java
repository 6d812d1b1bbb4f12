package dev.bulla;

/** The natives of {@link Verifier}. */
final class VerifierNative {
  private VerifierNative() {}

  /** Reads keys: how RSA keys verify or null, texts. */
  static native long parse(byte[] packed);

  static native void free(long verifier);

  /** The document in a statement. */
  static native byte[] verify(long verifier, byte[] statement);

  /** Fails unless a statement is of a document. */
  static native void verifyDocument(long verifier, byte[] statement, byte[] document);
}
