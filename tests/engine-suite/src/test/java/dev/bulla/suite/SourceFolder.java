package dev.bulla.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** {@code src/test/resources}, where some tests look for what they bring along. */
final class SourceFolder {

  private static final Path RESOURCES = Path.of("src", "test", "resources");

  private SourceFolder() {}

  /** Lays the resources of a jar out below the working directory. */
  static void unpack(JarFile jar) throws IOException {
    List<JarEntry> entries =
        jar.stream()
            .filter(entry -> !entry.isDirectory() && !entry.getName().endsWith(".class"))
            .toList();
    for (JarEntry entry : entries) {
      Path file = RESOURCES.resolve(entry.getName()).normalize();
      if (file.startsWith(RESOURCES) && !Files.exists(file)) {
        Files.createDirectories(file.getParent());
        Files.copy(jar.getInputStream(entry), file);
      }
    }
  }
}
