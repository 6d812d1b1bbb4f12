package dev.bulla.engine.node;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Brings the names of new files to the disk: to write the files alone does not do that. */
interface DirectoryEntries {

  /** Those of a real disk. */
  DirectoryEntries ON_DISK =
      directory -> {
        // Only a channel opens a directory, and an interrupted thread would close it.
        boolean interrupted = Thread.interrupted();
        try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
          entries.force(true);
        } finally {
          if (interrupted) {
            Thread.currentThread().interrupt();
          }
        }
      };

  /** Returns when the entries of a directory are on the disk. */
  void force(Path directory) throws IOException;
}
