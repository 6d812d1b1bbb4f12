package dev.bulla;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.bulla.BullaException.Kind;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A key registry in a file, for use without an engine: one row a line, as purpose, key id and
 * signed row with a space between. Rows are appended under a lock of the file and reach the disk
 * before they are used, so processes may share it.
 */
public final class FileKeyRegistry implements KeyRegistry {
  /**
   * The file's lock is the process's, so threads need one of their own, whichever registry they
   * use; readers too, because whoever closes the file first ends its lock for all (POSIX, {@code
   * fcntl}).
   */
  private static final Object USING = new Object();

  private final Path file;

  /** A registry in {@code file}, which is made when the first row is added. */
  public FileKeyRegistry(Path file) {
    this.file = Objects.requireNonNull(file, "file");
  }

  @Override
  public Optional<String> row(String kid) {
    Objects.requireNonNull(kid, "kid");
    for (KeyRow row : read()) {
      if (row.kid().equals(kid)) {
        return Optional.of(row.text());
      }
    }
    return Optional.empty();
  }

  @Override
  public List<String> rows(Purpose purpose) {
    Objects.requireNonNull(purpose, "purpose");
    return of(purpose, read());
  }

  @Override
  public boolean add(KeyRow row) {
    Objects.requireNonNull(row, "row");
    synchronized (USING) {
      try (FileChannel channel = FileChannel.open(file, READ, WRITE, CREATE);
          FileLock lock = channel.lock()) {
        String known = whole(text(channel));
        if (row.purpose().isSingle() && !of(row.purpose(), parse(known)).isEmpty()) {
          return false;
        }
        append(channel, known.length(), row);
        if (known.isEmpty()) {
          forceDirectory();
        }
        return lock.isValid();
      } catch (IOException e) {
        throw failed("written", e);
      }
    }
  }

  private static void append(FileChannel channel, int end, KeyRow row) throws IOException {
    String line = row.purpose().text() + " " + row.kid() + " " + row.text() + "\n";
    ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(US_ASCII));
    channel.truncate(end);
    channel.position(end);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(true);
  }

  /** Writes the entry of a new file to the disk: without it a crash could take the file away. */
  private void forceDirectory() throws IOException {
    if (File.separatorChar == '/') {
      try (FileChannel entries = FileChannel.open(file.toAbsolutePath().getParent(), READ)) {
        entries.force(true);
      }
    }
  }

  private List<KeyRow> read() {
    synchronized (USING) {
      try (FileChannel channel = FileChannel.open(file, READ)) {
        return parse(whole(text(channel)));
      } catch (NoSuchFileException e) {
        return List.of();
      } catch (IOException e) {
        throw failed("read", e);
      }
    }
  }

  /** What stands in the file, read without opening it a second time. */
  private static String text(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
      // A read may bring less than was asked for.
    }
    return new String(bytes.array(), 0, bytes.position(), US_ASCII);
  }

  /** The lines that were written to their ends: a row that a crash cut off was never used. */
  private static String whole(String text) {
    return text.substring(0, text.lastIndexOf('\n') + 1);
  }

  private static List<String> of(Purpose purpose, List<KeyRow> rows) {
    List<String> texts = new ArrayList<>();
    for (KeyRow row : rows) {
      if (row.purpose() == purpose) {
        texts.add(row.text());
      }
    }
    return texts;
  }

  /** The rows in whole lines. Loops, since the first stream of a JVM takes it ten milliseconds. */
  private List<KeyRow> parse(String text) throws IOException {
    List<KeyRow> rows = new ArrayList<>();
    BufferedReader lines = new BufferedReader(new StringReader(text));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      rows.add(parse(line, rows.size() + 1));
    }
    return rows;
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
        "the key registry %s cannot be %s: %s".formatted(file, verb, Reason.of(e)),
        e);
  }
}
