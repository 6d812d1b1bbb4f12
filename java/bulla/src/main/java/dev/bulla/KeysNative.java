package dev.bulla;

/** Makes keys. */
final class KeysNative {
  private KeysNative() {}

  /**
   * Makes the key files of a node.
   *
   * @param place directory and log, packed
   * @return the names of the files, packed
   */
  static native byte[] generate(byte[] place);
}
