package dev.bulla.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tests that are expected to fail: a line each, {@code class#method | reason}. Only comparisons
 * of sealed values other than equality, and sorting by them, are a reason.
 */
final class Expected {

  private Expected() {}

  static Map<String, String> read(Path file) throws IOException {
    Map<String, String> expected = new TreeMap<>();
    for (String line : Files.readAllLines(file)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] parts = line.split(" \\| ", 2);
      if (parts.length < 2 || parts[1].isBlank()) {
        throw new IllegalStateException(file + ": '" + line + "' gives no reason");
      }
      if (expected.put(parts[0].trim(), parts[1].trim()) != null) {
        throw new IllegalStateException(file + ": '" + parts[0] + "' is there twice");
      }
    }
    return expected;
  }
}
