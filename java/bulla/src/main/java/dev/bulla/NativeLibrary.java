package dev.bulla;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bulla.BullaException.Kind;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Loads the native library, once for each class loader that has these classes.
 *
 * <p>The library comes from the jar: it is extracted into a fresh directory below {@code
 * java.io.tmpdir} that only the owner may enter, loaded, and removed. The system property {@value
 * #PATH} names a library to use instead, as a file or as the directory it lies in.
 */
final class NativeLibrary {
  static final String PATH = "bulla.library.path";

  private static final List<String> PLATFORMS =
      List.of("linux-x86_64", "linux-aarch64", "macos-x86_64", "macos-aarch64", "windows-x86_64");
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  /** Large, since the loop that copies is interpreted. */
  private static final int BUFFER = 1 << 16;

  private static boolean loaded;

  private NativeLibrary() {}

  /**
   * Loads the library unless it is loaded; every way into natives calls this first.
   *
   * @throws BullaException {@link Kind#UNSUPPORTED_PLATFORM} if there is no library for this
   *     platform or it cannot be loaded here; {@link Kind#IO} if it cannot be extracted or the
   *     property names none
   */
  static synchronized void load() {
    if (loaded) {
      return;
    }
    String path = System.getProperty(PATH);
    if (path == null) {
      loadFromJar();
    } else {
      loadFromPath(Path.of(path));
    }
    requireSameVersion(new String(LibraryNative.version(), UTF_8), version());
    loaded = true;
  }

  /** The version of these classes. */
  static String version() {
    try (InputStream in = NativeLibrary.class.getResourceAsStream("version")) {
      return in == null ? "unknown" : new String(in.readAllBytes(), UTF_8).trim();
    } catch (IOException e) {
      throw new BullaException(Kind.IO, "dev/bulla/version cannot be read from the jar", e);
    }
  }

  static void requireSameVersion(String library, String classes) {
    if (!library.equals(classes)) {
      throw new BullaException(
          Kind.UNSUPPORTED_PLATFORM,
          ("the native library is of version %s and the classes are of version %s; use both from one"
                  + " jar, and no -D%s that names another version's library")
              .formatted(library, classes, PATH));
    }
  }

  private static void loadFromPath(Path path) {
    Path file = Files.isDirectory(path) ? path.resolve(fileName()) : path;
    if (!Files.isRegularFile(file)) {
      throw new BullaException(
          Kind.IO,
          "-D%s=%s names no library: %s is not a file"
              .formatted(PATH, path, file.toAbsolutePath()));
    }
    try {
      System.load(file.toAbsolutePath().toString());
    } catch (UnsatisfiedLinkError e) {
      if (!isLoadedElsewhere(e)) {
        throw cannotLoad(file, e);
      }
      // The JVM gives a file to one class loader only: this one takes a copy.
      try (InputStream in = Files.newInputStream(file)) {
        extractAndLoad(in);
      } catch (IOException io) {
        throw BullaException.io(file + " cannot be read", io);
      }
    }
  }

  private static void loadFromJar() {
    String platform = platform(System.getProperty("os.name"), System.getProperty("os.arch"));
    try (InputStream in = NativeLibrary.class.getResourceAsStream(resource(platform))) {
      if (in == null) {
        throw notCovered(platform);
      }
      extractAndLoad(in);
    } catch (IOException e) {
      throw new BullaException(Kind.IO, resource(platform) + " cannot be read from the jar", e);
    }
  }

  static BullaException notCovered(String platform) {
    String covered =
        PLATFORMS.stream()
            .filter(each -> NativeLibrary.class.getResource(resource(each)) != null)
            .collect(Collectors.joining(", "));
    return new BullaException(
        Kind.UNSUPPORTED_PLATFORM,
        ("this jar has no native library for %s (it has: %s); build one with 'cargo build --release -p"
                + " bulla-jni' and name it with -D%s")
            .formatted(platform, covered.isEmpty() ? "none" : covered, PATH));
  }

  private static void extractAndLoad(InputStream library) {
    Path file = extract(library, Path.of(System.getProperty("java.io.tmpdir")));
    try {
      System.load(file.toString());
    } catch (UnsatisfiedLinkError e) {
      throw cannotLoad(file, e);
    } finally {
      remove(file);
    }
  }

  /** Copies the library into a directory that did not exist and that nobody else may enter. */
  static Path extract(InputStream library, Path base) {
    try {
      Path file = freshDirectory(base).resolve(fileName()).toAbsolutePath();
      byte[] buffer = new byte[BUFFER];
      try (OutputStream out = new FileOutputStream(file.toFile())) {
        for (int count = library.read(buffer); count > 0; count = library.read(buffer)) {
          out.write(buffer, 0, count);
        }
      }
      return file;
    } catch (IOException e) {
      throw new BullaException(
          Kind.IO,
          ("the native library cannot be extracted to %s: %s; name a writable directory with"
                  + " -Djava.io.tmpdir, or an extracted library with -D%s")
              .formatted(base, e, PATH),
          e);
    }
  }

  /**
   * Makes a directory. {@link Files#createTempDirectory} would start the JCE for a random name, a
   * quarter of the time that loading takes; nothing rests on the name, since what is there already
   * is not taken.
   */
  private static Path freshDirectory(Path base) throws IOException {
    while (true) {
      Path directory = base.resolve("bulla-" + Long.toUnsignedString(System.nanoTime(), 36));
      try {
        return Files.createDirectory(directory, ownerOnly());
      } catch (FileAlreadyExistsException e) {
        // Somebody else's: the next name.
      }
    }
  }

  private static FileAttribute<?>[] ownerOnly() {
    if (!POSIX) {
      return new FileAttribute<?>[0]; // The temporary directory of Windows is the user's own.
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
    };
  }

  /** Removes the extracted copy: at once where a loaded file may be removed, else at exit. */
  private static void remove(Path file) {
    try {
      Files.delete(file);
      Files.delete(file.getParent());
    } catch (IOException e) {
      file.getParent().toFile().deleteOnExit();
      file.toFile().deleteOnExit();
    }
  }

  private static boolean isLoadedElsewhere(UnsatisfiedLinkError error) {
    String message = error.getMessage();
    return message != null && message.contains("another classloader");
  }

  /** Says why {@code file} does not load, as far as the linker's message tells. */
  static BullaException cannotLoad(Path file, UnsatisfiedLinkError error) {
    String message = String.valueOf(error.getMessage());
    String advice;
    if (message.contains("failed to map segment") || message.contains("Operation not permitted")) {
      advice =
          ("%s is on a file system mounted noexec; name another directory with -Djava.io.tmpdir, or"
                  + " copy the library to where execution is allowed and name it with -D%s")
              .formatted(file.getParent(), PATH);
    } else if (message.contains("GLIBC") || message.contains("ld-linux")) {
      advice =
          ("it was built for a newer or another C library; build it here with 'cargo build --release"
                  + " -p bulla-jni' and name it with -D%s")
              .formatted(PATH);
    } else {
      advice = "it may be built for another platform or be damaged";
    }
    return new BullaException(
        Kind.UNSUPPORTED_PLATFORM,
        "the native library does not load (%s): %s".formatted(message, advice),
        error);
  }

  /** The name of a platform in the jar, of what Java calls its system and processor. */
  static String platform(String osName, String osArch) {
    String os = osName.toLowerCase(Locale.ROOT);
    String system = os.startsWith("windows") ? "windows" : os.startsWith("mac") ? "macos" : os;
    String processor =
        switch (osArch) {
          case "amd64", "x86_64" -> "x86_64";
          case "arm64", "aarch64" -> "aarch64";
          default -> osArch;
        };
    return (system + "-" + processor).replace(' ', '_');
  }

  private static String resource(String platform) {
    return "/dev/bulla/native/" + platform + "/" + fileName();
  }

  private static String fileName() {
    return System.mapLibraryName("bulla_jni");
  }
}
