package dev.bulla;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {
  private static final String VERSION = NativeLibrary.version();

  @TempDir Path directory;

  @Test
  void twoClassLoadersOfOneJvmLoadEachItsOwnCopy() throws Exception {
    try (URLClassLoader first = apart();
        URLClassLoader second = apart()) {
      assertThat(loadedVersion(first, Map.of())).isEqualTo(VERSION);
      assertThat(loadedVersion(second, Map.of())).isEqualTo(VERSION);
    }
  }

  @Test
  void errorsAreOfTheClassLoaderThatLoaded() throws Exception {
    try (URLClassLoader loader = apart()) {
      loadedVersion(loader, Map.of());
      Method parse =
          loader.loadClass("dev.bulla.VaultNative").getDeclaredMethod("inspect", byte[].class);
      parse.setAccessible(true);
      assertThatThrownBy(() -> parse.invoke(null, new byte[] {'?'}))
          .cause()
          .isInstanceOf(loader.loadClass("dev.bulla.BullaException"));
    }
  }

  @Test
  void aClassLoaderThatLoadedTheLibraryCanBeCollected() throws Exception {
    WeakReference<ClassLoader> collected = loadAndForget();
    for (int i = 0; i < 100 && collected.get() != null; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(collected.get()).isNull();
  }

  private static WeakReference<ClassLoader> loadAndForget() throws Exception {
    try (URLClassLoader loader = apart()) {
      loadedVersion(loader, Map.of());
      return new WeakReference<>(loader);
    }
  }

  @Test
  void nothingIsLeftInTheTemporaryDirectory() throws Exception {
    try (URLClassLoader loader = apart()) {
      loadedVersion(loader, Map.of("java.io.tmpdir", directory.toString()));
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void theLibraryIsExtractedWhereOnlyTheOwnerMayEnter() throws Exception {
    Path file = NativeLibrary.extract(new ByteArrayInputStream(new byte[] {1}), directory);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
        .isEqualTo("rwx------");
    Path other = NativeLibrary.extract(new ByteArrayInputStream(new byte[] {1}), directory);
    assertThat(other.getParent()).isNotEqualTo(file.getParent());
  }

  @Test
  void aTemporaryDirectoryThatIsNotThereIsNamedWithWhatToDo() throws Exception {
    Path missing = directory.resolve("missing");
    assertThatLoadingFails(Map.of("java.io.tmpdir", missing.toString()))
        .hasMessageContaining("the native library cannot be extracted to " + missing)
        .hasMessageContaining("-Djava.io.tmpdir")
        .hasMessageContaining("-Dbulla.library.path");
  }

  @Test
  void aPlatformThatIsNotCoveredIsNamedBesideThoseThatAre() throws Exception {
    assertThatLoadingFails(Map.of("os.arch", "sparcv9"))
        .hasMessageContaining("no native library for linux-sparcv9 (it has: linux-")
        .hasMessageContaining("-Dbulla.library.path");
  }

  @Test
  void thePropertyNamesALibraryAsFileOrDirectory() throws Exception {
    Path file = copyOfTheLibrary();
    // Two class loaders with one file: the second takes a copy of it.
    try (URLClassLoader first = apart();
        URLClassLoader second = apart();
        URLClassLoader third = apart()) {
      assertThat(loadedVersion(first, Map.of(NativeLibrary.PATH, file.toString())))
          .isEqualTo(VERSION);
      assertThat(loadedVersion(second, Map.of(NativeLibrary.PATH, file.toString())))
          .isEqualTo(VERSION);
      assertThat(loadedVersion(third, Map.of(NativeLibrary.PATH, directory.toString())))
          .isEqualTo(VERSION);
    }
  }

  @Test
  void aPropertyThatNamesNoLibraryIsAnErrorAndNotIgnored() throws Exception {
    assertThatLoadingFails(Map.of(NativeLibrary.PATH, directory.toString()))
        .hasMessageContaining("-Dbulla.library.path=" + directory + " names no library")
        .hasMessageContaining("libbulla_jni.so is not a file");
  }

  @Test
  void aDamagedLibraryIsSaidToBe() throws Exception {
    Path file = Files.write(directory.resolve("libbulla_jni.so"), new byte[] {1, 2, 3});
    Fork.Outcome outcome =
        Fork.ofThisJdk().with("-D%s=%s".formatted(NativeLibrary.PATH, file)).run(Load.class);
    assertThat(outcome.output())
        .contains("UNSUPPORTED_PLATFORM")
        .contains("it may be built for another platform or be damaged");
  }

  @Test
  void aTemporaryDirectoryMountedNoexecIsNamedWithWhatToDo() throws Exception {
    String mount = "mount -t tmpfs -o noexec none '%s' && exec \"$@\"".formatted(directory);
    assumeTrue(
        new ProcessBuilder("unshare", "-m", "sh", "-c", mount, "sh", "true").start().waitFor() == 0,
        "mounting is not allowed here: run as root to see the noexec message tested");
    Fork.Outcome outcome =
        Fork.ofThisJdk()
            .with("-Djava.io.tmpdir=" + directory)
            .inside("unshare", "-m", "sh", "-c", mount, "sh")
            .run(Load.class);
    assertThat(outcome.output())
        .contains("UNSUPPORTED_PLATFORM")
        .contains("is on a file system mounted noexec")
        .contains("-Djava.io.tmpdir")
        .contains("-Dbulla.library.path");
  }

  @Test
  void aLibraryOfAnotherVersionIsRefused() {
    assertThatThrownBy(() -> NativeLibrary.requireSameVersion("0.1.0", "0.2.0"))
        .hasMessageContaining("library is of version 0.1.0 and the classes are of version 0.2.0");
  }

  @Test
  void systemsAndProcessorsHaveOneNameEach() {
    assertThat(NativeLibrary.platform("Linux", "amd64")).isEqualTo("linux-x86_64");
    assertThat(NativeLibrary.platform("Mac OS X", "aarch64")).isEqualTo("macos-aarch64");
    assertThat(NativeLibrary.platform("Windows Server 2022", "amd64")).isEqualTo("windows-x86_64");
  }

  /** Loads in a process of its own. */
  static final class Load {
    public static void main(String[] arguments) {
      try {
        NativeLibrary.load();
      } catch (BullaException e) {
        System.out.println(e.kind() + " " + e.getMessage());
      }
    }
  }

  private Path copyOfTheLibrary() throws IOException {
    String name =
        NativeLibrary.platform(System.getProperty("os.name"), System.getProperty("os.arch"));
    URL packed = NativeLibrary.class.getResource("native/" + name + "/libbulla_jni.so");
    Path copy = directory.resolve("libbulla_jni.so");
    try (var in = packed.openStream()) {
      Files.copy(in, copy);
    }
    return copy;
  }

  /** A class loader that shares nothing with the tests' own. */
  private static URLClassLoader apart() {
    URL[] classpath =
        Stream.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
            .map(NativeLibraryTest::url)
            .toArray(URL[]::new);
    return new URLClassLoader(classpath, ClassLoader.getPlatformClassLoader());
  }

  private static URL url(String path) {
    try {
      return Path.of(path).toUri().toURL();
    } catch (IOException e) {
      throw new IllegalArgumentException(path, e);
    }
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertThatLoadingFails(
      Map<String, String> properties) throws IOException {
    try (URLClassLoader loader = apart()) {
      return assertThatThrownBy(() -> loadedVersion(loader, properties));
    }
  }

  /** Loads the library by {@code loader} while {@code properties} are set, and asks its version. */
  private static String loadedVersion(ClassLoader loader, Map<String, String> properties)
      throws Exception {
    Map<String, String> before = new java.util.HashMap<>();
    properties.forEach((name, value) -> before.put(name, System.setProperty(name, value)));
    try {
      call(loader, "NativeLibrary", "load");
      return new String((byte[]) call(loader, "LibraryNative", "version"), UTF_8);
    } finally {
      before.forEach(NativeLibraryTest::restore);
    }
  }

  private static void restore(String name, String value) {
    if (value == null) {
      System.clearProperty(name);
    } else {
      System.setProperty(name, value);
    }
  }

  private static Object call(ClassLoader loader, String type, String name) throws Exception {
    Method method = loader.loadClass("dev.bulla." + type).getDeclaredMethod(name);
    method.setAccessible(true);
    try {
      return method.invoke(null);
    } catch (InvocationTargetException e) {
      throw (Exception) e.getCause();
    }
  }
}
