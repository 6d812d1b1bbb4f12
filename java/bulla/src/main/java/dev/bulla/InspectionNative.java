package dev.bulla;

/** The native of {@link Inspection}. */
final class InspectionNative {
  private InspectionNative() {}

  /** What an envelope or a statement, UTF-8, says in the clear: canonical JSON. */
  static native byte[] inspect(byte[] what);
}
