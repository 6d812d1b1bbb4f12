package dev.bulla;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bulla.BullaException.Kind;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Objects;

/**
 * Reads front to back what a {@link PackedWriter} or the native library packed. Every method throws
 * {@link Kind#INVALID_ARGUMENT} if the array does not hold what is asked for. Not thread-safe.
 */
public final class PackedReader {
  private final byte[] buffer;
  private int position;

  /** Reads {@code buffer}, which is not copied. */
  public PackedReader(byte[] buffer) {
    this.buffer = Objects.requireNonNull(buffer, "buffer");
  }

  /** The text of {@code bytes}; a {@code String} would silently hold U+FFFD where they are none. */
  static String utf8(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    int position = Arrays.mismatch(bytes, text.getBytes(UTF_8));
    if (position >= 0) {
      throw new BullaException(Kind.INVALID_UTF8, "invalid UTF-8 at byte " + position);
    }
    return text;
  }

  /** Whether everything was read. */
  public boolean isEmpty() {
    return position == buffer.length;
  }

  /** The next byte, 0 to 255. */
  public int u8() {
    return buffer[take(1)] & 0xff;
  }

  /** The next four bytes. */
  public int i32() {
    int at = take(4);
    return (buffer[at] & 0xff) << 24
        | (buffer[at + 1] & 0xff) << 16
        | (buffer[at + 2] & 0xff) << 8
        | (buffer[at + 3] & 0xff);
  }

  /** The next eight bytes. */
  public long i64() {
    return (long) i32() << 32 | (i32() & 0xffff_ffffL);
  }

  /** The next string, or null. */
  public String string() {
    int size = i32();
    return size == -1 ? null : new String(buffer, take(size), size, UTF_8);
  }

  /** The next length-prefixed bytes, or null. */
  public byte[] bytes() {
    int size = i32();
    if (size == -1) {
      return null;
    }
    int at = take(size);
    return Arrays.copyOfRange(buffer, at, at + size);
  }

  /** The next column value: null, String, Long, Double, {@code byte[]} or LocalDateTime. */
  public Object value() {
    int type = u8();
    return switch (type) {
      case PackedWriter.NULL -> null;
      case PackedWriter.TEXT -> string();
      case PackedWriter.INTEGER -> i64();
      case PackedWriter.DOUBLE -> Double.longBitsToDouble(i64());
      case PackedWriter.BYTES -> bytes();
      case PackedWriter.TIMESTAMP -> timestamp(i64());
      default -> throw malformed("holds a value of unknown type " + type);
    };
  }

  private static LocalDateTime timestamp(long micros) {
    int nanos = (int) Math.floorMod(micros, 1_000_000L) * 1_000;
    return LocalDateTime.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), nanos, ZoneOffset.UTC);
  }

  /** What was not read yet. */
  byte[] rest() {
    return Arrays.copyOfRange(buffer, position, buffer.length);
  }

  private int take(int count) {
    if (count < 0 || count > buffer.length - position) {
      throw malformed("ends early");
    }
    int at = position;
    position += count;
    return at;
  }

  private static BullaException malformed(String problem) {
    return new BullaException(Kind.INVALID_ARGUMENT, "the packed buffer " + problem);
  }
}
