package dev.bulla;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.bulla.BullaException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes the key files of a node. */
public final class Keys {
  private Keys() {}

  /**
   * Makes the keys of a node and what an auditor needs to know of them: {@code master.jwk}, {@code
   * identity.jwk} and {@code log.jwk}, which only their owner may read, and {@code
   * audit-policy.toml}, which is public.
   *
   * <p>The nodes of an installation share the master key: copy it to the others. Each has an
   * identity and a log key of its own.
   *
   * @param directory where the files go; it is made, for its owner only, if it is not there
   * @param log the name of the node's log: installation and node of its configuration, with a slash
   *     between
   * @return the files
   * @throws BullaException {@link Kind#IO} if a file is there already, which is never replaced, or
   *     cannot be written; {@link Kind#INVALID_ARGUMENT} if {@code log} is no name
   */
  public static List<Path> generate(Path directory, String log) {
    NativeLibrary.load();
    PackedReader made = new PackedReader(KeysNative.generate(PackedWriter.utf8(log)));
    Map<Path, String> texts = new LinkedHashMap<>();
    for (int left = made.i32(); left > 0; left--) {
      texts.put(directory.resolve(made.string()), made.string());
    }
    try {
      Files.createDirectories(directory, permissions(directory, "rwx------"));
      for (Path file : texts.keySet()) {
        if (Files.exists(file)) {
          throw new FileAlreadyExistsException(file.toString());
        }
      }
      for (Map.Entry<Path, String> each : texts.entrySet()) {
        write(each.getKey(), each.getValue());
      }
    } catch (FileAlreadyExistsException e) {
      throw new BullaException(
          Kind.IO,
          "%s is there already; keys are never replaced: name another directory, or move it away"
              .formatted(e.getFile()),
          e);
    } catch (IOException e) {
      throw new BullaException(
          Kind.IO, "keys cannot be written to %s: %s".formatted(directory, e.getMessage()), e);
    }
    return new ArrayList<>(texts.keySet());
  }

  private static void write(Path file, String text) throws IOException {
    String permissions = file.toString().endsWith(".jwk") ? "rw-------" : "rw-r--r--";
    try (FileChannel channel =
        FileChannel.open(file, Set.of(CREATE_NEW, WRITE), permissions(file, permissions))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  private static FileAttribute<?>[] permissions(Path path, String permissions) {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
    };
  }
}
