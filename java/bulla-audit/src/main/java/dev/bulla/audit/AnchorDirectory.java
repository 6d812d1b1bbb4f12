package dev.bulla.audit;

import dev.bulla.Audit;
import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.GzipMembers;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipException;

/**
 * Reads the anchors that nodes keep in a directory: a folder for each node, a file for each epoch.
 */
final class AnchorDirectory {
  private static final String ENDING = ".jsonl.gz";

  private final Path directory;

  AnchorDirectory(Path directory) {
    this.directory = directory;
  }

  /** Feeds every anchored line, each node's in the order in which it was written. */
  void feed(Audit audit, Progress progress) {
    if (!Files.isDirectory(directory)) {
      throw new BullaException(
          Kind.IO,
          directory + ": there is no such directory; say with --anchors where anchors are");
    }
    List<Path> files = files();
    long total = 0;
    for (Path file : files) {
      total += file.toFile().length();
    }
    progress.begin("Anchors", total);
    try {
      for (Path file : files) {
        feed(audit, file, progress);
      }
    } finally {
      progress.end();
    }
  }

  private List<Path> files() {
    try (Stream<Path> walk = Files.walk(directory)) {
      return walk.filter(file -> file.getFileName().toString().endsWith(ENDING)).sorted().toList();
    } catch (IOException e) {
      throw new BullaException(Kind.IO, directory + ": " + e.getMessage());
    }
  }

  private void feed(Audit audit, Path file, Progress progress) {
    String name = directory.relativize(file).toString();
    long line = 1;
    long read = 0;
    try (InputStream raw = Files.newInputStream(file);
        GzipMembers members = new GzipMembers(raw)) {
      try {
        for (byte[] lines = members.next(); lines != null; lines = members.next()) {
          audit.anchor(name, line, lines);
          line += lineEnds(lines);
          progress.advance(members.position() - read);
          read = members.position();
        }
      } catch (EOFException e) {
        // A crash cuts the last batch off; the batches before it are whole.
        audit.tornAnchor(name);
      } catch (ZipException e) {
        throw new BullaException(
            Kind.MALFORMED_ANCHOR,
            "%s, line %d, byte %d: %s; restore the file from a copy of the anchor"
                .formatted(name, line, members.position(), e.getMessage()));
      }
    } catch (IOException e) {
      throw new BullaException(Kind.IO, file + ": " + e.getMessage());
    }
  }

  private static long lineEnds(byte[] lines) {
    long count = 0;
    for (byte b : lines) {
      count += b == '\n' ? 1 : 0;
    }
    return count;
  }
}
