package dev.bulla.audit;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.Intake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds the anchors that nodes keep in a directory: a folder for each node, a file for each epoch.
 */
final class AnchorDirectory {
  private static final String ENDING = ".jsonl.gz";

  private final Path directory;

  AnchorDirectory(Path directory) {
    this.directory = directory;
  }

  /** Feeds every file, each node's in the order in which they were written. */
  void feed(Intake intake, Progress progress) {
    if (!Files.isDirectory(directory)) {
      throw new BullaException(
          Kind.IO,
          directory + ": there is no such directory; say with --anchors where anchors are");
    }
    intake.expectAnchors();
    List<Path> files = files();
    long total = 0;
    for (Path file : files) {
      total += file.toFile().length();
    }
    progress.begin("Anchors", total);
    try {
      for (Path file : files) {
        intake.anchorFile(name(file), file);
        progress.advance(file.toFile().length());
      }
    } finally {
      progress.end();
    }
  }

  private String name(Path file) {
    return directory.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
  }

  private List<Path> files() {
    try (Stream<Path> walk = Files.walk(directory)) {
      return walk.filter(file -> file.getFileName().toString().endsWith(ENDING)).sorted().toList();
    } catch (IOException e) {
      throw BullaException.io("the anchor " + directory + " cannot be read", e);
    }
  }
}
