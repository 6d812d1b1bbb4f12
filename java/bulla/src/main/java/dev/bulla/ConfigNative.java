package dev.bulla;

/** Reads configuration files. */
final class ConfigNative {
  private ConfigNative() {}

  /**
   * Reads and checks a configuration.
   *
   * @param packed the file's text, its name for messages
   * @return the settings, packed in the order that {@link Config} reads them
   */
  static native byte[] parse(byte[] packed);
}
