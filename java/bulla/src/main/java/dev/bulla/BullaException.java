package dev.bulla;

import java.io.IOException;
import java.util.Objects;
import java.util.Optional;

/**
 * An error of this library. Its message says what is wrong, where, and what to do about it; it
 * never holds a secret or a plaintext.
 */
public final class BullaException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Kind kind;
  private final String key;

  /** An error found on the Java side of the library. */
  public BullaException(Kind kind, String message) {
    this(kind, message, (Throwable) null);
  }

  /** An error found on the Java side of the library, with what caused it. */
  public BullaException(Kind kind, String message, Throwable cause) {
    this(kind, message, null, cause);
  }

  /**
   * An error of kind {@link Kind#IO} that says why: the message of an {@link IOException} often
   * names the file alone.
   *
   * @param what what cannot be done
   */
  public static BullaException io(String what, IOException cause) {
    Objects.requireNonNull(what, "what");
    Objects.requireNonNull(cause, "cause");
    return new BullaException(Kind.IO, "%s: %s".formatted(what, Reason.beside(what, cause)), cause);
  }

  /** An error that is about a key. */
  BullaException(Kind kind, String message, String key, Throwable cause) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind, "kind");
    this.key = key;
  }

  /** An error that the natives throw. */
  BullaException(int number, String message, String key) {
    this(Kind.of(number), message, key, null);
  }

  /** The cause, by the name and number that all bindings share. */
  public Kind kind() {
    return kind;
  }

  /** The id of the key that the error is about, where it is about one. */
  public Optional<String> key() {
    return Optional.ofNullable(key);
  }

  /** The causes of errors. Names and numbers are the same in all bindings and do not change. */
  public enum Kind {
    /** The text is not UTF-8. */
    INVALID_UTF8(101),
    /** The document begins with a byte-order mark. */
    BYTE_ORDER_MARK(102),
    /** The document is not JSON. */
    JSON_SYNTAX(103),
    /** An object names a member twice. */
    DUPLICATE_MEMBER(104),
    /** A string holds half of a surrogate pair. */
    LONE_SURROGATE(105),
    /** The document is nested too deeply. */
    TOO_DEEP(106),
    /** The document is larger than the limit. */
    TOO_LARGE(107),
    /** A number would be silently changed. */
    INEXACT_NUMBER(108),
    /** A number is beyond the range of a double. */
    NUMBER_OUT_OF_RANGE(109),
    /** A member is missing or has a wrong type. */
    UNEXPECTED_JSON(110),
    /** The envelope has not the form of one. */
    MALFORMED_ENVELOPE(201),
    /** The algorithm is not one that this key allows. */
    UNSUPPORTED_ALGORITHM(202),
    /** A critical header is not understood. */
    UNKNOWN_CRITICAL(203),
    /** The envelope states no context. */
    CONTEXT_MISSING(204),
    /** The envelope belongs elsewhere. */
    CONTEXT_MISMATCH(205),
    /** The envelope was changed, or sealed by another key. */
    AUTHENTICATION_FAILED(206),
    /** A plain value stands where policy says sealed. */
    NOT_SEALED(207),
    /** A search tag is not that of its value. */
    TAG_MISMATCH(208),
    /** A comparison other than equality, or of a variable that is not searchable. */
    NOT_SEARCHABLE(209),
    /** The serialised object is none that is opened. */
    REFUSED_OBJECT(210),
    /** The key is in no keyring. */
    UNKNOWN_KEY(301),
    /** The key cannot be had now. */
    KEY_UNAVAILABLE(302),
    /** The text is not a key. */
    MALFORMED_KEY(303),
    /** The key serves another purpose. */
    WRONG_PURPOSE(304),
    /** The registry row is not signed as it must be. */
    BAD_REGISTRY_ROW(305),
    /** The signer is not among the trusted identities. */
    UNTRUSTED_KEY(306),
    /** The unwrapped key is not the one that its id names. */
    KEY_MISMATCH(307),
    /** No data key may seal now: make a fresh one. */
    DATA_KEY_NEEDED(308),
    /** The system gave no random bytes. */
    RANDOM_UNAVAILABLE(309),
    /** The record has not the form of one. */
    MALFORMED_RECORD(401),
    /** The signature is not the signer's. */
    BAD_SIGNATURE(402),
    /** The checkpoint has not the form of one. */
    MALFORMED_CHECKPOINT(403),
    /** The anchor's line has not the form of one. */
    MALFORMED_ANCHOR(404),
    /** The ledger is not in a state for this. */
    LEDGER_STATE(405),
    /** The statement has not the form of one. */
    MALFORMED_STATEMENT(406),
    /** The document is not among those that were signed together. */
    NOT_IN_BATCH(407),
    /** The evidence bundle is damaged, or has not the form of one. */
    MALFORMED_BUNDLE(408),
    /** The configuration is not valid. */
    INVALID_CONFIG(501),
    /** An argument is not valid. */
    INVALID_ARGUMENT(601),
    /** The object was closed. */
    CLOSED(602),
    /** A file or a database could not be read or written. */
    IO(603),
    /** This platform is not covered. */
    UNSUPPORTED_PLATFORM(604),
    /** A defect of this library. */
    INTERNAL(699);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    /** The kind's number. */
    public int number() {
      return number;
    }

    static Kind of(int number) {
      for (Kind kind : values()) {
        if (kind.number == number) {
          return kind;
        }
      }
      return INTERNAL;
    }
  }
}
