package dev.bulla;

/** The natives of {@link Vault}. */
final class VaultNative {
  private VaultNative() {}

  /**
   * Starts a vault of a configuration: text, file name, the master key's id and algorithm or two
   * nulls; with the master key or null, at a time in milliseconds.
   */
  static native long start(byte[] packed, MasterKey master, long now);

  static native void free(long vault);

  /** Seals for a packed context. Returns the envelope, ASCII. */
  static native byte[] seal(long vault, byte[] context, byte[] payload, long now);

  /** Seals packed columns for a packed context. Returns the envelope, ASCII. */
  static native byte[] sealColumns(long vault, byte[] context, byte[] columns, long now);

  /** Opens an envelope, ASCII, that must be of a packed context. Returns the payload. */
  static native byte[] open(long vault, byte[] context, byte[] envelope);

  /** Opens columns: an envelope, ASCII, that must be of a packed context. Returns them packed. */
  static native byte[] openColumns(long vault, byte[] context, byte[] envelope);

  /**
   * Reads what an envelope says in the clear: kid, installation, context, length of the payload.
   */
  static native byte[] inspect(byte[] envelope);

  /** Makes a key of a purpose. Returns kid and row, packed. */
  static native byte[] newKey(long vault, byte[] purpose, long now);

  /** Takes a key that {@link #newKey} made into use. */
  static native void activate(long vault, byte[] kid);

  /** Verifies a registry's row and unwraps its key. */
  static native void learn(long vault, byte[] row);

  /** The tag of a value: tenant, name, type, value. Returns text, long, double, packed. */
  static native byte[] tag(long vault, byte[] packed);

  /** The ordinal of the policy's rule for a variable. */
  static native int rule(long vault, byte[] variable);

  /** The commitment keys that the vault knows, as a JWK Set. */
  static native byte[] disclose(long vault);
}
