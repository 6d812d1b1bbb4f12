package dev.bulla;

import dev.bulla.BullaException.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Keys whose statements are believed. The key says by which algorithm it verifies, never the
 * statement. Any number of threads may use one at once.
 */
public final class Verifier extends NativeHandle {
  private Verifier(long address) {
    super(address, VerifierNative::free);
  }

  /**
   * Believes what one of these keys signed: Ed25519 by {@code EdDSA}, P-256 by {@code ES256}, RSA
   * by {@code PS256}, or by {@code RS256} if its JWK says so.
   *
   * @param keys public keys, or private ones of which only the public part counts: each a JWK, a
   *     JWK Set or PEM (SPKI)
   * @throws BullaException {@link Kind#MALFORMED_KEY} if one is none that signs
   */
  public static Verifier of(String... keys) {
    return of(Arrays.asList(Objects.requireNonNull(keys, "keys")), null);
  }

  /**
   * As {@link #of(String...)}, with RSA keys whose documents do not say how they sign.
   *
   * @param rsaAlgorithm {@code PS256} or {@code RS256}; null for {@code PS256}
   */
  public static Verifier of(List<String> keys, String rsaAlgorithm) {
    Nulls.refuse(keys, "keys");
    NativeLibrary.load();
    PackedWriter packed = new PackedWriter().string(rsaAlgorithm);
    keys.forEach(packed::string);
    return new Verifier(VerifierNative.parse(packed.toByteArray()));
  }

  /**
   * Verifies a statement with its document in it.
   *
   * @return the document
   * @throws BullaException {@link Kind#MALFORMED_STATEMENT} if it is none, {@link Kind#UNKNOWN_KEY}
   *     if no key of this verifier signed it, {@link Kind#BAD_SIGNATURE} if it was changed, {@link
   *     Kind#INVALID_ARGUMENT} if its document lies beside it
   */
  public byte[] verify(String statement) {
    Objects.requireNonNull(statement, "statement");
    byte[] bytes = PackedWriter.utf8(statement);
    long address = enter();
    try {
      return VerifierNative.verify(address, bytes);
    } finally {
      leave();
    }
  }

  /**
   * Verifies a statement with a document in it that is text.
   *
   * @throws BullaException {@link Kind#INVALID_UTF8} if it is none
   */
  public String verifyText(String statement) {
    return PackedReader.utf8(verify(statement));
  }

  /**
   * Fails unless a statement is of the document that lies beside it.
   *
   * @throws BullaException as {@link #verify}, and {@link Kind#NOT_IN_BATCH} if the document is not
   *     among those that were signed together
   */
  public void verifyDocument(String statement, byte[] document) {
    Objects.requireNonNull(statement, "statement");
    Objects.requireNonNull(document, "document");
    byte[] bytes = PackedWriter.utf8(statement);
    long address = enter();
    try {
      VerifierNative.verifyDocument(address, bytes, document);
    } finally {
      leave();
    }
  }
}
