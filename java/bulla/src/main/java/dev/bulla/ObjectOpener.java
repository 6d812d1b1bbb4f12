package dev.bulla;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.bulla.BullaException.Kind;
import java.security.Key;
import java.security.PublicKey;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * Opens what was kept before Bulla: serialised objects of {@link java.security.SignedObject} and
 * {@link javax.crypto.SealedObject}, also within one another. It reads their bytes and deserialises
 * nothing, so that no class that the stream names is loaded.
 *
 * <p>Verified are {@code SHA256withRSA}, {@code SHA256withECDSA} on P-256 and Ed25519. Opened are
 * RSA with PKCS #1 v1.5 or OAEP padding, and AES in CBC, ECB or GCM mode, the latter with a nonce
 * of 12 bytes and a tag of 16. RSA keys have at least 2048 bits.
 *
 * <p>Only a signature or AES-GCM says who made an object: ask {@link
 * OpenedObject#isAuthenticated()} before you believe what was inside. And do not open objects for
 * whoever sends some and sees which of them open: he could decrypt others so.
 *
 * <p>Any number of threads may use one at once.
 *
 * <pre>{@code
 * try (ObjectOpener opener = ObjectOpener.of(List.of(oldKey), List.of(signersKey))) {
 *   OpenedObject opened = opener.open((byte[]) execution.getVariable("approval"));
 *   execution.setVariable("approval", opened.value());
 * }
 * }</pre>
 */
public final class ObjectOpener extends NativeHandle {
  private ObjectOpener(long address) {
    super(address, ObjectOpenerNative::free);
  }

  /**
   * Opens with these keys, and believes these signers.
   *
   * @param keys what opens: AES keys (JWK) and private RSA keys (JWK or PEM), each text a JWK, a
   *     JWK Set or PEM; may be empty
   * @param signers public keys (JWK, JWK Set or PEM); if there are any, one of them must have
   *     signed, and an object without a signature is refused
   * @throws BullaException {@link Kind#MALFORMED_KEY} if one is no key for this
   */
  public static ObjectOpener of(List<String> keys, List<String> signers) {
    Nulls.refuse(keys, "keys");
    Nulls.refuse(signers, "signers");
    NativeLibrary.load();
    PackedWriter packed = new PackedWriter().i32(keys.size());
    keys.forEach(packed::string);
    signers.forEach(packed::string);
    return new ObjectOpener(ObjectOpenerNative.make(packed.toByteArray()));
  }

  /**
   * As {@link #of}, with keys of the JCE, as a key store holds them.
   *
   * @param keys AES keys and private RSA keys that give out their encoding; may be empty
   * @param signers as there
   * @throws BullaException {@link Kind#MALFORMED_KEY} if one is no key for this, or does not give
   *     out its encoding
   */
  public static ObjectOpener ofKeys(List<? extends Key> keys, List<? extends PublicKey> signers) {
    Nulls.refuse(keys, "keys");
    Nulls.refuse(signers, "signers");
    return of(
        keys.stream().map(ObjectOpener::text).toList(),
        signers.stream().map(ObjectOpener::text).toList());
  }

  /**
   * Verifies and opens an object.
   *
   * @param object the serialisation stream, or its base64
   * @throws BullaException {@link Kind#REFUSED_OBJECT} if it is neither of the two, not as Java
   *     writes it, or lacks the signature of a signer; {@link Kind#UNSUPPORTED_ALGORITHM}; {@link
   *     Kind#BAD_SIGNATURE}; {@link Kind#AUTHENTICATION_FAILED} if no key opens it or it was
   *     changed, alike; {@link Kind#INVALID_ARGUMENT} if there is no key of the kind that it needs
   */
  public OpenedObject open(byte[] object) {
    Objects.requireNonNull(object, "object");
    byte[] packed;
    long address = enter();
    try {
      packed = ObjectOpenerNative.open(address, object);
    } finally {
      leave();
    }
    return new OpenedObject(new PackedReader(packed));
  }

  /** Verifies and opens an object that is there as base64. */
  public OpenedObject open(String base64) {
    Objects.requireNonNull(base64, "base64");
    return open(PackedWriter.utf8(base64));
  }

  private static String text(Key key) {
    byte[] encoded = key.getEncoded();
    String format = encoded == null ? "none" : key.getFormat();
    return switch (format) {
      case "RAW" ->
          "{\"kty\":\"oct\",\"k\":\""
              + Base64.getUrlEncoder().withoutPadding().encodeToString(encoded)
              + "\"}";
      case "PKCS#8" -> pem("PRIVATE KEY", encoded);
      case "X.509" -> pem("PUBLIC KEY", encoded);
      default ->
          throw new BullaException(
              Kind.MALFORMED_KEY,
              "the key of %s does not give out its encoding: its format is %s"
                  .formatted(key.getAlgorithm(), format));
    };
  }

  private static String pem(String label, byte[] encoded) {
    String body = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(encoded);
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(label, body, label);
  }
}
