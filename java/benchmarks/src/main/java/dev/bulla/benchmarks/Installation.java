package dev.bulla.benchmarks;

import dev.bulla.Bulla;
import dev.bulla.Context;
import dev.bulla.Keys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An installation with keys of its own, in a directory that goes with it. */
final class Installation implements AutoCloseable {
  private static final String CONFIG =
      """
      installation = "bench"
      node = "node"
      [keys]
      master = "master.jwk"
      identity = "identity.jwk"
      log = "log.jwk"
      registry = "registry.jsonl"
      """;

  private final Path directory;

  Installation() throws IOException {
    directory = Files.createTempDirectory("bulla-benchmark");
    Keys.generate(directory, "bench/node");
    Files.writeString(file(), CONFIG);
  }

  /** The configuration. */
  Path file() {
    return directory.resolve("bulla.toml");
  }

  /** Opens it. */
  Bulla open() {
    return Bulla.open(file());
  }

  /** Forgets the data keys that were made so far. */
  void forgetDataKeys() throws IOException {
    Files.deleteIfExists(directory.resolve("registry.jsonl"));
  }

  /** The place of a process variable, as an engine would name it. */
  static Context variable() {
    return Context.builder("ACT_RU_VARIABLE", "3f2d6a4e-95a1-11f0-8de9-0242ac120002", "value")
        .name("application")
        .type("json")
        .instance("3f2d6a4e-95a1-11f0-8de9-0242ac120001")
        .build();
  }

  /** Removes the directory. */
  @Override
  public void close() throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
