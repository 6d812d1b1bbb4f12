package dev.bulla;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Reads a gzip file (RFC 1952) one member at a time: an anchor's batches, each of which counts only
 * as a whole.
 *
 * <p>Not {@link java.util.zip.GZIPInputStream}: that takes damage at the beginning of a member for
 * the end of the file, and says nothing.
 */
public final class GzipMembers implements AutoCloseable {
  private static final int HEADER = 10;
  private static final int TRAILER = 8;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final byte[] input = new byte[1 << 16];
  private final byte[] output = new byte[1 << 16];
  private int from;
  private int to;
  private long consumed;

  /** From the front of {@code in}, which is not closed. */
  public GzipMembers(InputStream in) {
    this.in = Objects.requireNonNull(in, "in");
  }

  /**
   * The next member's content, or null at the end of the file.
   *
   * @return the bytes, decompressed
   * @throws EOFException if the file ends inside the member
   * @throws ZipException if the member is damaged
   */
  public byte[] next() throws IOException {
    if (from == to && !fill()) {
      return null;
    }
    byte[] header = take(HEADER);
    if ((header[0] & 0xff) != 0x1f || (header[1] & 0xff) != 0x8b || header[2] != 8) {
      throw new ZipException("no gzip member begins here");
    }
    if (header[3] != 0) {
      throw new ZipException("the gzip member has optional fields, which no node writes");
    }
    byte[] content = inflate();
    CRC32 crc = new CRC32();
    crc.update(content);
    byte[] trailer = take(TRAILER);
    if (number(trailer, 0) != crc.getValue()
        || number(trailer, 4) != (content.length & 0xffff_ffffL)) {
      throw new ZipException("the checksum does not fit");
    }
    return content;
  }

  /** How far the file was read, in bytes. */
  public long position() {
    return consumed - (to - from);
  }

  @Override
  public void close() {
    inflater.end();
  }

  private byte[] inflate() throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    inflater.reset();
    try {
      while (!inflater.finished()) {
        if (inflater.needsInput()) {
          if (from == to && !fill()) {
            throw new EOFException();
          }
          inflater.setInput(input, from, to - from);
          from = to;
        }
        content.write(output, 0, inflater.inflate(output));
      }
    } catch (DataFormatException e) {
      throw new ZipException(e.getMessage());
    }
    from = to - inflater.getRemaining();
    return content.toByteArray();
  }

  private byte[] take(int count) throws IOException {
    byte[] taken = new byte[count];
    for (int i = 0; i < count; i++) {
      if (from == to && !fill()) {
        throw new EOFException();
      }
      taken[i] = input[from++];
    }
    return taken;
  }

  private boolean fill() throws IOException {
    from = 0;
    to = Math.max(0, in.read(input));
    consumed += to;
    return to > 0;
  }

  private static long number(byte[] bytes, int at) {
    return (bytes[at] & 0xffL)
        | (bytes[at + 1] & 0xffL) << 8
        | (bytes[at + 2] & 0xffL) << 16
        | (bytes[at + 3] & 0xffL) << 24;
  }
}
