package dev.bulla;

import java.util.Objects;

/**
 * The form of a statement.
 *
 * @param serialization how it is written down
 * @param attachment where the document is
 * @param canonical whether the document is JSON whose canonical form (RFC 8785) is signed, so that
 *     it may be laid out anew; else its bytes are
 * @param contentType what the document is, a media type by the rule of RFC 7515 §4.1.10; or null
 */
public record Form(
    Serialization serialization, Attachment attachment, boolean canonical, String contentType) {

  /** Flags, as the native library reads them. */
  private static final int IS_FLATTENED = 1;

  private static final int IS_DETACHED = 2;
  private static final int IS_DETACHED_RAW = 4;
  static final int IS_CANONICAL = 8;

  /** Three parts with dots between, the document in it, its bytes signed. */
  public static final Form COMPACT =
      new Form(Serialization.COMPACT, Attachment.ATTACHED, false, null);

  /** Where the document is. */
  public enum Attachment {
    /** In the statement. */
    ATTACHED,
    /** Beside it (RFC 7515 appendix F). */
    DETACHED,
    /** Beside it, and signed without being encoded (RFC 7797). */
    DETACHED_RAW
  }

  /** How a statement is written down. */
  public enum Serialization {
    /** Three parts with dots between (RFC 7515 §7.1). */
    COMPACT,
    /** A JSON object (RFC 7515 §7.2.2). */
    FLATTENED
  }

  public Form {
    Objects.requireNonNull(serialization, "serialization");
    Objects.requireNonNull(attachment, "attachment");
  }

  /** This form, as a JSON object. */
  public Form flattened() {
    return new Form(Serialization.FLATTENED, attachment, canonical, contentType);
  }

  /** This form, the document beside the statement. */
  public Form detached() {
    return new Form(serialization, Attachment.DETACHED, canonical, contentType);
  }

  /** This form, the document beside the statement and signed without being encoded. */
  public Form detachedRaw() {
    return new Form(serialization, Attachment.DETACHED_RAW, canonical, contentType);
  }

  /** This form, of JSON whose layout does not count. */
  public Form ofCanonicalJson() {
    return new Form(serialization, attachment, true, contentType);
  }

  /** This form, which says what the document is. */
  public Form contentType(String type) {
    return new Form(serialization, attachment, canonical, type);
  }

  int flags() {
    int flags = serialization == Serialization.FLATTENED ? IS_FLATTENED : 0;
    flags |= canonical ? IS_CANONICAL : 0;
    return switch (attachment) {
      case ATTACHED -> flags;
      case DETACHED -> flags | IS_DETACHED;
      case DETACHED_RAW -> flags | IS_DETACHED_RAW;
    };
  }
}
