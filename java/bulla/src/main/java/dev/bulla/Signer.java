package dev.bulla;

import dev.bulla.BullaException.Kind;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.List;
import java.util.Objects;

/**
 * A private key that signs statements, wherever it is. Implement it with any key service or module,
 * or have one made: of a document by {@link #of(String)}, of a key of the JCE by {@link
 * #of(PrivateKey, PublicKey)}.
 *
 * <pre>{@code
 * try (Signer signer = Signer.of(Files.readString(Path.of("statement.jwk")))) {
 *   String statement = signer.sign(document, Form.COMPACT);
 * }
 * }</pre>
 *
 * <p>Any thread may call it, several at once. What {@link #sign(byte[])} throws reaches the caller
 * as a {@link BullaException} of kind {@link Kind#KEY_UNAVAILABLE} with the exception as its cause.
 * What it signs is verified before it is given on: a wrong signature is {@link Kind#BAD_SIGNATURE}.
 */
public interface Signer extends AutoCloseable {
  /** The public key, as a JWK or in PEM; its thumbprint is the id that statements name. */
  String publicKey();

  /**
   * How it signs: {@code EdDSA} with an Ed25519 key, {@code ES256} with one of P-256, {@code PS256}
   * or {@code RS256} with one of RSA.
   */
  String algorithm();

  /**
   * Signs.
   *
   * @param message what is signed, not a digest of it
   * @return the bare signature as RFC 7518 and RFC 8037 lay it out: 64 bytes by {@code EdDSA}; by
   *     {@code ES256} the 64 bytes r and s, not DER (in the JCE {@code
   *     SHA256withECDSAinP1363Format}); by {@code PS256} and {@code RS256} as many as the modulus
   *     has
   * @throws Exception if the key cannot be had now
   */
  byte[] sign(byte[] message) throws Exception;

  /**
   * Signs a document.
   *
   * @return the statement, a JWS: ASCII
   * @throws BullaException {@link Kind#KEY_UNAVAILABLE} if the key's provider fails; an error of
   *     the numbers 1xx if the canonical form was asked for and the document has none
   */
  default String sign(byte[] document, Form form) {
    Objects.requireNonNull(document, "document");
    Objects.requireNonNull(form, "form");
    try (KeySigner signer = KeySigner.of(this)) {
      return signer.sign(document, form);
    }
  }

  /**
   * Signs many documents with one signature. Each gets a statement by which it is verified without
   * the others; the documents lie beside them.
   *
   * @param canonical whether the documents are JSON whose canonical form is signed
   * @return the statements, in the order of the documents
   */
  default List<String> signBatch(List<byte[]> documents, boolean canonical) {
    Nulls.refuse(documents, "documents");
    try (KeySigner signer = KeySigner.of(this)) {
      return signer.signBatch(documents, canonical);
    }
  }

  /** Forgets the key if it is in memory. */
  @Override
  default void close() {}

  /**
   * A signer with a private key in memory: Ed25519 signs by {@code EdDSA}, P-256 by {@code ES256},
   * RSA by {@code PS256}, or by {@code RS256} if its JWK says so.
   *
   * @param key one key: a JWK, a JWK Set or PEM (PKCS#8)
   * @throws BullaException {@link Kind#MALFORMED_KEY} if it is none that signs
   */
  static Signer of(String key) {
    Objects.requireNonNull(key, "key");
    return KeySigner.parse(key, null);
  }

  /**
   * As {@link #of(String)}, of an RSA key whose document does not say how it signs.
   *
   * @param algorithm {@code PS256} or {@code RS256}; null for what the key says, or {@code PS256}
   */
  static Signer of(String key, String algorithm) {
    Objects.requireNonNull(key, "key");
    return KeySigner.parse(key, algorithm);
  }

  /**
   * A signer of a private key that a provider of the JCE has: of a {@link java.security.KeyStore},
   * or of a module. Ed25519, P-256, or RSA by {@code PS256}.
   *
   * @throws BullaException {@link Kind#INVALID_ARGUMENT} if it is of another kind
   */
  static Signer of(PrivateKey key, PublicKey publicKey) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(publicKey, "publicKey");
    return JceSigner.of(key, publicKey, null);
  }

  /**
   * As {@link #of(PrivateKey, PublicKey)}, and says how, which only an RSA key leaves open.
   *
   * @param algorithm as {@link #algorithm}; null for the one that the key leaves, or {@code PS256}
   */
  static Signer of(PrivateKey key, PublicKey publicKey, String algorithm) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(publicKey, "publicKey");
    return JceSigner.of(key, publicKey, algorithm);
  }
}
