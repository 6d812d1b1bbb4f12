package dev.bulla.demo;

import dev.bulla.Keys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A node's own directory: its configuration, its keys and its anchors. No DBA has access to it. */
record Node(Path directory) {

  private static final String CONFIGURATION =
      """
      installation = "loans"
      node = "node-1"

      [keys]
      master = "keys/master.jwk"
      identity = "keys/identity.jwk"
      log = "keys/log.jwk"
      registry = "keys/registry.jsonl"

      [policy]
      plain = ["termMonths", "offer"]
      search = ["orderId"]

      [[anchor]]
      directory = "anchors"
      """;

  /** Makes keys and writes the configuration. */
  static Node create(Path directory) throws IOException {
    Node node = new Node(directory);
    Files.createDirectories(node.anchors());
    Files.writeString(node.configuration(), CONFIGURATION);
    Keys.generate(directory.resolve("keys"), "loans/node-1");
    return node;
  }

  /** A copy, so that what an attacked engine writes stays with the attacked database. */
  Node copyTo(Path target) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.toList()) {
        Path copy = target.resolve(directory.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
    return new Node(target);
  }

  Path configuration() {
    return directory.resolve("bulla.toml");
  }

  Path anchors() {
    return directory.resolve("anchors");
  }
}
