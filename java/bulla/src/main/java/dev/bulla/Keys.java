package dev.bulla;

import dev.bulla.BullaException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Makes the key files of a node. */
public final class Keys {
  private Keys() {}

  /**
   * Makes the keys of a node and what an auditor needs to know of them: {@code master.jwk}, {@code
   * identity.jwk}, {@code log.jwk} and {@code statement.jwk}, which only their owner may read, and
   * {@code audit-policy.toml}, which is public.
   *
   * <p>The nodes of an installation share the master key: copy it to the others. Each has an
   * identity and a log key of its own. {@code statement.jwk} signs statements where {@code
   * bulla.toml} names it; one for all nodes will do.
   *
   * @param directory where the files go; it is made, for its owner only, if it is not there
   * @param log the name of the node's log: installation and node of its configuration, with a slash
   *     between
   * @return the files
   * @throws BullaException {@link Kind#IO} if a file is there already, which is never replaced, or
   *     cannot be written
   */
  public static List<Path> generate(Path directory, String log) {
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(log, "log");
    NativeLibrary.load();
    try {
      Files.createDirectories(directory, ownerOnly(directory));
    } catch (IOException e) {
      throw BullaException.io("the directory %s cannot be made".formatted(directory), e);
    }
    byte[] place = new PackedWriter().string(directory.toString()).string(log).toByteArray();
    PackedReader names = new PackedReader(KeysNative.generate(place));
    List<Path> files = new ArrayList<>();
    while (!names.isEmpty()) {
      files.add(directory.resolve(names.string()));
    }
    return files;
  }

  /**
   * A key's id: its thumbprint (RFC 7638), by which envelopes and statements name it.
   *
   * @param key one key: a JWK, a JWK Set or PEM
   * @throws BullaException {@link Kind#MALFORMED_KEY} if it is none
   */
  public static String thumbprint(String key) {
    return described(key).string();
  }

  /**
   * The public part of a key, to be given to others.
   *
   * @param key one key: a JWK, a JWK Set or PEM
   * @return a JWK
   * @throws BullaException {@link Kind#MALFORMED_KEY} if it is none, {@link Kind#INVALID_ARGUMENT}
   *     if it is a symmetric one
   */
  public static String publicKey(String key) {
    PackedReader described = described(key);
    described.string();
    String publicKey = described.string();
    if (publicKey == null) {
      throw new BullaException(
          Kind.INVALID_ARGUMENT, "the key is a symmetric one: it has no public part");
    }
    return publicKey;
  }

  private static PackedReader described(String key) {
    Objects.requireNonNull(key, "key");
    NativeLibrary.load();
    byte[] packed = new PackedWriter().string(null).string(key).toByteArray();
    return new PackedReader(SignerNative.describe(packed));
  }

  private static FileAttribute<?>[] ownerOnly(Path directory) {
    if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
    };
  }
}
