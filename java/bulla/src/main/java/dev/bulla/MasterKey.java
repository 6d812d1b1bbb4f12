package dev.bulla;

import dev.bulla.BullaException.Kind;

/**
 * A key that wraps other keys, wherever it is: implement this with any key service or module.
 *
 * <pre>{@code
 * record ServiceKey(KeyService service, String kid) implements MasterKey {
 *   public byte[] wrap(byte[] key) {
 *     return service.encrypt(kid, key);
 *   }
 *
 *   public byte[] unwrap(byte[] wrapped) {
 *     return service.decrypt(kid, wrapped);
 *   }
 * }
 * }</pre>
 *
 * <p>Any thread that uses the library may call it, several at once. It is asked seldom: an opened
 * key is remembered. What it throws reaches the caller of the library as a {@link BullaException}
 * of kind {@link Kind#KEY_UNAVAILABLE} with the exception as its cause; a {@code BullaException} of
 * its own comes through as it is. It may use the library, but not the very object that waits for
 * it: that fails.
 */
public interface MasterKey {
  /** The key's id, by which envelopes and registry rows name it: 1 to 255 bytes of UTF-8. */
  String kid();

  /**
   * What stands as {@code alg} in portable envelopes: {@code A256KW} or {@code RSA-OAEP-256} if
   * {@link #wrap} gives just what RFC 7518 says of them, so that others can unwrap with the same
   * key; by default the name of a wrapping that only this key's owner understands.
   */
  default String algorithm() {
    return "dev.bulla.master";
  }

  /**
   * Wraps a key. {@link Bulla} has it unwrapped at once: what could not be unwrapped later would be
   * lost.
   *
   * @param key 32 secret bytes, which are overwritten when this returns
   * @return 1 to 4,096 bytes
   * @throws Exception if the key cannot be had now
   */
  byte[] wrap(byte[] key) throws Exception;

  /**
   * Unwraps what {@link #wrap} made.
   *
   * @return the 32 secret bytes in an array of their own, which is overwritten
   * @throws Exception if the key cannot be had now, or did not wrap this
   */
  byte[] unwrap(byte[] wrapped) throws Exception;
}
