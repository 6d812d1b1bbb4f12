package dev.bulla.engine.node;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that only grows. What {@link #append} was given is on the disk when it returns, whole; or
 * not at all, if it fails.
 *
 * <p>Not a channel: an interrupt of the thread that writes would close it for good.
 */
final class AnchorFile implements AutoCloseable {

  private final RandomAccessFile file;

  /** Where the file ends, whatever a failed attempt may have left behind it. */
  private long end;

  private AnchorFile(RandomAccessFile file, long end) {
    this.file = file;
    this.end = end;
  }

  /** Creates a file, which must not exist. */
  static AnchorFile create(Path path, DirectoryEntries entries) throws IOException {
    Files.createFile(path);
    AnchorFile created = open(path);
    // A file is on the disk once its directory's entry is.
    entries.force(path.getParent());
    return created;
  }

  /** Goes on with a file. */
  static AnchorFile open(Path path) throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    return new AnchorFile(file, file.length());
  }

  void append(byte[] bytes) throws IOException {
    if (file.length() != end) {
      file.setLength(end);
    }
    file.seek(end);
    file.write(bytes);
    file.getFD().sync();
    end += bytes.length;
  }

  /** Whether the last line, if there is one, was written to its end. */
  boolean endsWithLine() throws IOException {
    if (end == 0) {
      return true;
    }
    file.seek(end - 1);
    return file.read() == '\n';
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
