package dev.bulla;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bulla.BullaException.Kind;
import java.sql.Timestamp;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.util.Arrays;
import java.util.Date;
import java.util.Objects;

/**
 * Packs strings and column values into one array, the form in which they go to the native library.
 *
 * <p>Integers are big-endian. A string is its length in UTF-8 as four bytes, -1 for null, and the
 * bytes. A value is one byte that says its type, and its content. Not thread-safe.
 */
public final class PackedWriter {
  static final int NULL = 0;
  static final int TEXT = 1;
  static final int INTEGER = 2;
  static final int DOUBLE = 3;
  static final int BYTES = 4;
  static final int TIMESTAMP = 5;

  /** Up to this many characters a loop is faster than the copies that the JDK's encoder makes. */
  private static final int SHORT = 64;

  /** Texts are compared in pieces of as many characters: they stay in the processor's cache. */
  private static final int PIECE = 8 << 10;

  /** How many seconds from 1970 a time is whose microseconds a {@code long} holds. */
  private static final long FARTHEST = Long.MAX_VALUE / 1_000_000 - 1;

  private byte[] buffer;
  private int length;

  /** An empty writer. */
  public PackedWriter() {
    this(256);
  }

  /** An empty writer with room for {@code capacity} bytes; it grows when more are written. */
  public PackedWriter(int capacity) {
    buffer = new byte[capacity];
  }

  /** Appends one byte, the lowest of {@code value}. */
  public PackedWriter u8(int value) {
    reserve(1);
    buffer[length++] = (byte) value;
    return this;
  }

  /** Appends four bytes. */
  public PackedWriter i32(int value) {
    reserve(4);
    buffer[length] = (byte) (value >> 24);
    buffer[length + 1] = (byte) (value >> 16);
    buffer[length + 2] = (byte) (value >> 8);
    buffer[length + 3] = (byte) value;
    length += 4;
    return this;
  }

  /** Appends eight bytes. */
  public PackedWriter i64(long value) {
    return i32((int) (value >> 32)).i32((int) value);
  }

  /**
   * Appends a string.
   *
   * @param value the string, or null
   * @throws BullaException {@link Kind#LONE_SURROGATE} if {@code value} has no UTF-8 form
   */
  public PackedWriter string(String value) {
    if (value != null && value.length() <= SHORT && isAppended(value)) {
      return this;
    }
    return bytes(value == null ? null : utf8(value));
  }

  /**
   * Appends bytes with their length before them.
   *
   * @param value the bytes, or null
   */
  public PackedWriter bytes(byte[] value) {
    return value == null ? i32(-1) : i32(value.length).raw(value);
  }

  /** Appends bytes as they are. */
  public PackedWriter raw(byte[] value) {
    Objects.requireNonNull(value, "value");
    return raw(value, 0, value.length);
  }

  /** Appends {@code count} bytes of {@code value} from {@code offset} on, as they are. */
  public PackedWriter raw(byte[] value, int offset, int count) {
    Objects.requireNonNull(value, "value");
    reserve(count);
    System.arraycopy(value, offset, buffer, length, count);
    length += count;
    return this;
  }

  /** Appends what was written to {@code other}. */
  public PackedWriter raw(PackedWriter other) {
    Objects.requireNonNull(other, "other");
    return raw(other.buffer, 0, other.length);
  }

  /**
   * Appends a column value as JDBC gives it.
   *
   * @param value null, a string, a boolean, an integer of up to 64 bits, a float or double, bytes,
   *     a {@link LocalDateTime}, {@link Timestamp} or other {@link Date}; the latter count as the
   *     wall clock of the default time zone shows them, to the microsecond; times some 292,000
   *     years away or farther count as one
   * @throws BullaException {@link Kind#INVALID_ARGUMENT} if it is something else
   */
  public PackedWriter value(Object value) {
    if (value == null) {
      return u8(NULL);
    } else if (value instanceof String text) {
      return u8(TEXT).string(text);
    } else if (value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte) {
      return u8(INTEGER).i64(((Number) value).longValue());
    } else if (value instanceof Boolean truth) {
      return u8(INTEGER).i64(truth ? 1 : 0);
    } else if (value instanceof Double || value instanceof Float) {
      return u8(DOUBLE).i64(Double.doubleToRawLongBits(((Number) value).doubleValue()));
    } else if (value instanceof byte[] bytes) {
      return u8(BYTES).bytes(bytes);
    } else if (value instanceof LocalDateTime time) {
      return timestamp(time);
    } else if (value instanceof Timestamp time) {
      return timestamp(time.toLocalDateTime());
    } else if (value instanceof Date date) {
      return timestamp(new Timestamp(date.getTime()).toLocalDateTime());
    }
    throw new BullaException(
        Kind.INVALID_ARGUMENT,
        "a column value of " + value.getClass().getName() + " has no packed form");
  }

  /** How many bytes were written. */
  public int size() {
    return length;
  }

  /** Forgets what was written and keeps the room. */
  public PackedWriter clear() {
    length = 0;
    return this;
  }

  /** A copy of what was written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(buffer, length);
  }

  /** What was written, not copied if the room is used up exactly. */
  byte[] finish() {
    return length == buffer.length ? buffer : toByteArray();
  }

  /** Appends a text if it is ASCII, else nothing. */
  private boolean isAppended(String text) {
    int count = text.length();
    reserve(4 + count);
    int start = length + 4;
    for (int i = 0; i < count; i++) {
      char character = text.charAt(i);
      if (character >= 0x80) {
        return false;
      }
      buffer[start + i] = (byte) character;
    }
    i32(count);
    length += count;
    return true;
  }

  private PackedWriter timestamp(LocalDateTime time) {
    long seconds = time.toEpochSecond(ZoneOffset.UTC);
    u8(TIMESTAMP);
    // A database may hold what is too far away; overflowing, it would pass for another time.
    if (Math.abs(seconds) > FARTHEST) {
      return i64(seconds < 0 ? Long.MIN_VALUE : Long.MAX_VALUE);
    }
    return i64(seconds * 1_000_000 + time.get(ChronoField.MICRO_OF_SECOND));
  }

  private void reserve(int count) {
    if (count > buffer.length - length) {
      long wanted = (long) length + count;
      if (wanted > Integer.MAX_VALUE - 8) {
        throw new BullaException(
            Kind.TOO_LARGE, wanted + " bytes are more than an array of Java can hold");
      }
      long doubled = Math.max(wanted, 2L * buffer.length);
      buffer = Arrays.copyOf(buffer, (int) Math.min(doubled, Integer.MAX_VALUE - 8));
    }
  }

  /** The UTF-8 form of {@code text}; {@code getBytes} would silently replace half a pair by '?'. */
  static byte[] utf8(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    // Equal lengths: nothing but ASCII, or a replacement.
    boolean faithful =
        bytes.length == text.length()
            ? isAscii(text, bytes)
            : new String(bytes, UTF_8).equals(text);
    if (!faithful) {
      throw new BullaException(
          Kind.LONE_SURROGATE, "lone surrogate at character " + loneSurrogate(text));
    }
    return bytes;
  }

  /**
   * Whether {@code bytes} are the characters of {@code text}, of which there are as many. Piece by
   * piece: a copy of a long text costs the garbage collector more than all else that is done here.
   */
  private static boolean isAscii(String text, byte[] bytes) {
    for (int at = 0; at < bytes.length; at += PIECE) {
      int end = Math.min(at + PIECE, bytes.length);
      if (!new String(bytes, at, end - at, ISO_8859_1).equals(text.substring(at, end))) {
        return false;
      }
    }
    return true;
  }

  private static int loneSurrogate(String text) {
    int at = 0;
    while (at < text.length()) {
      int character = text.codePointAt(at);
      if (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE) {
        break;
      }
      at += Character.charCount(character);
    }
    return at;
  }
}
