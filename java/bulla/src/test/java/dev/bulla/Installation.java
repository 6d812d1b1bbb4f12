package dev.bulla;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A configured installation with keys, in a directory of a test. */
final class Installation {
  private Installation() {}

  /** Makes one and returns its configuration file. */
  static Path in(Path directory) throws IOException {
    Keys.generate(directory.resolve("keys"), "loans/node-1");
    return Files.writeString(
        directory.resolve("bulla.toml"),
        """
        installation = "loans"
        node = "node-1"

        [keys]
        master = "keys/master.jwk"
        identity = "keys/identity.jwk"
        log = "keys/log.jwk"
        registry = "keys/registry.jsonl"

        [policy]
        seal = ["*"]
        plain = ["status"]
        search = ["orderId"]

        [[anchor]]
        directory = "anchors"
        """);
  }
}
