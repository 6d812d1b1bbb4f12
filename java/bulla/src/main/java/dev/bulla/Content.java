package dev.bulla;

/** What was in a portable envelope or in a statement. */
public final class Content {
  private final byte[] bytes;
  private final String type;

  Content(byte[] bytes, String type) {
    this.bytes = bytes;
    this.type = type;
  }

  /** What was sealed or signed; not copied. */
  public byte[] bytes() {
    return bytes;
  }

  /**
   * What was sealed or signed, as UTF-8.
   *
   * @throws BullaException {@link BullaException.Kind#INVALID_UTF8} if it is not
   */
  public String text() {
    return PackedReader.utf8(bytes);
  }

  /**
   * What it is, if the envelope or the statement says: a media type, without "application/" as a
   * rule (RFC 7515 §4.1.10); else null.
   */
  public String type() {
    return type;
  }

  /** The type and the length; the content never. */
  @Override
  public String toString() {
    return "Content[%s, %d bytes]".formatted(type, bytes.length);
  }
}
