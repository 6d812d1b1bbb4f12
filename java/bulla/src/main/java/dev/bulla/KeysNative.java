package dev.bulla;

/** Makes keys. */
final class KeysNative {
  private KeysNative() {}

  /**
   * Makes the keys of a node.
   *
   * @param log the log's name
   * @return a count, then name and text of each file, packed
   */
  static native byte[] generate(byte[] log);
}
