package dev.bulla;

import dev.bulla.BullaException.Kind;
import java.util.Arrays;

/**
 * What the natives call: keys that are implemented in Java. The natives overwrite what is returned.
 */
final class Upcall {
  private Upcall() {}

  static byte[] wrap(MasterKey master, byte[] key) {
    try {
      return copy(master.wrap(key));
    } catch (Exception e) {
      throw failed("master key " + master.kid(), master.kid(), "wrap a key", e);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  static byte[] unwrap(MasterKey master, byte[] wrapped) {
    try {
      return master.unwrap(wrapped);
    } catch (Exception e) {
      throw failed("master key " + master.kid(), master.kid(), "unwrap a key", e);
    }
  }

  static byte[] sign(Signer signer, byte[] message) {
    try {
      return copy(signer.sign(message));
    } catch (Exception e) {
      throw failed("the signer", null, "sign", e);
    }
  }

  /** What is no secret may be kept by whoever made it. */
  private static byte[] copy(byte[] made) {
    return made == null ? null : made.clone();
  }

  private static BullaException failed(String what, String kid, String task, Exception cause) {
    if (cause instanceof BullaException own) {
      return own;
    }
    if (cause instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return new BullaException(
        Kind.KEY_UNAVAILABLE,
        "%s could not %s: %s; see whether its provider answers".formatted(what, task, cause),
        kid,
        cause);
  }
}
