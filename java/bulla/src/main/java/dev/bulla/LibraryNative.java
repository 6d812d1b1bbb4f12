package dev.bulla;

/** What the native library says of itself. */
final class LibraryNative {
  private LibraryNative() {}

  /** The library's version, ASCII. */
  static native byte[] version();

  /** All kinds of errors, packed: a count, then number and name of each. */
  static native byte[] kinds();
}
