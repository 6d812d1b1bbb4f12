package dev.bulla;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.bulla.BullaException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A key registry in a file, for use without an engine: one row a line, as purpose, key id and
 * signed row with a space between. Rows are appended under a lock of the file and reach the disk
 * before they are used, so processes may share it.
 */
public final class FileKeyRegistry implements KeyRegistry {
  private final Path file;

  /** A registry in {@code file}, which is made when the first row is added. */
  public FileKeyRegistry(Path file) {
    this.file = file;
  }

  @Override
  public Optional<String> row(String kid) {
    return read().stream().filter(row -> row.kid().equals(kid)).map(KeyRow::text).findFirst();
  }

  @Override
  public List<String> rows(Purpose purpose) {
    return read().stream().filter(row -> row.purpose() == purpose).map(KeyRow::text).toList();
  }

  @Override
  public synchronized boolean add(KeyRow row) {
    try (FileChannel channel = FileChannel.open(file, READ, WRITE, CREATE);
        FileLock lock = channel.lock()) {
      if (row.purpose().isSingle() && !rows(row.purpose()).isEmpty()) {
        return false;
      }
      String line = "%s %s %s\n".formatted(row.purpose().text(), row.kid(), row.text());
      ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(US_ASCII));
      channel.truncate(whole(Files.readString(file, US_ASCII)).length());
      channel.position(channel.size());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
      return lock.isValid();
    } catch (IOException e) {
      throw failed("written", e);
    }
  }

  private List<KeyRow> read() {
    List<KeyRow> rows = new ArrayList<>();
    try {
      for (String line : whole(Files.readString(file, US_ASCII)).lines().toList()) {
        rows.add(parse(line, rows.size() + 1));
      }
    } catch (NoSuchFileException e) {
      return rows;
    } catch (IOException e) {
      throw failed("read", e);
    }
    return rows;
  }

  /** The lines that were written to their ends: a row that a crash cut off was never used. */
  private static String whole(String text) {
    return text.substring(0, text.lastIndexOf('\n') + 1);
  }

  private KeyRow parse(String line, int number) {
    String[] parts = line.split(" ", -1);
    for (Purpose purpose : Purpose.values()) {
      if (parts.length == 3 && parts[0].equals(purpose.text())) {
        return new KeyRow(parts[1], purpose, parts[2]);
      }
    }
    throw new BullaException(
        Kind.BAD_REGISTRY_ROW,
        "%s, line %d: not a row of purpose, key id and signed row; put the file back from a backup"
            .formatted(file, number));
  }

  private BullaException failed(String verb, IOException e) {
    return new BullaException(
        Kind.KEY_UNAVAILABLE,
        "the key registry %s cannot be %s: %s".formatted(file, verb, e.getMessage()),
        e);
  }
}
