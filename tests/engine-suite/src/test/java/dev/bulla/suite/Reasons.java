package dev.bulla.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A list of tests with a reason each: lines of {@code test | reason}. */
final class Reasons {

  private Reasons() {}

  static Map<String, String> read(Path file) throws IOException {
    Map<String, String> reasons = new TreeMap<>();
    for (String line : Files.readAllLines(file)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] parts = line.split(" \\| ", 2);
      if (parts.length < 2 || parts[1].isBlank()) {
        throw new IllegalStateException(file + ": '" + line + "' gives no reason");
      }
      if (reasons.put(parts[0].trim(), parts[1].trim()) != null) {
        throw new IllegalStateException(file + ": '" + parts[0] + "' is there twice");
      }
    }
    return reasons;
  }
}
