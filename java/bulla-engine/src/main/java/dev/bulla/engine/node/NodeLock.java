package dev.bulla.engine.node;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Sees to it that one process at a time writes a log: two would fork it. */
final class NodeLock implements AutoCloseable {

  private final FileChannel channel;

  private NodeLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock of a log.
   *
   * @param directory of the log's anchor; created when missing
   * @param log its name, for the message
   * @throws BullaException when another process, or another engine of this one, has it
   */
  static NodeLock take(Path directory, String log) {
    Path file = directory.resolve("lock");
    FileChannel channel = null;
    try {
      Files.createDirectories(directory);
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        throw taken(file, log, "another process");
      }
      return new NodeLock(channel);
    } catch (OverlappingFileLockException e) {
      closeQuietly(channel);
      throw taken(file, log, "another process engine of this Java process");
    } catch (IOException e) {
      closeQuietly(channel);
      throw BullaException.io("the lock " + file + " cannot be taken", e);
    }
  }

  @Override
  public void close() {
    closeQuietly(channel);
  }

  private static BullaException taken(Path file, String log, String holder) {
    return new BullaException(
        Kind.LEDGER_STATE,
        holder
            + " keeps the log "
            + log
            + " (lock "
            + file
            + "); close that engine, or give this one another name (node) in bulla.toml");
  }

  private static void closeQuietly(FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // The lock goes with the process at the latest.
        return;
      }
    }
  }
}
