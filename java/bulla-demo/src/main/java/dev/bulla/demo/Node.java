package dev.bulla.demo;

import dev.bulla.Bulla;
import dev.bulla.Keys;
import dev.bulla.audit.AuditCommand;
import dev.bulla.camunda.BullaPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A node's own directory: its configuration, its keys and its anchors. No DBA has access to it. */
record Node(Path directory) {
  /** The node's log. */
  static final String LOG = "loans/node-1";

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

      [statement]
      signer = "keys/statement.jwk"

      [[anchor]]
      directory = "anchors"
      """;

  /** Makes keys and writes the configuration. */
  static Node create(Path directory) throws IOException {
    Node node = new Node(directory);
    Files.createDirectories(node.anchors());
    Files.writeString(node.configuration(), CONFIGURATION);
    Keys.generate(directory.resolve("keys"), LOG);
    return node;
  }

  /** Hands an auditor what he needs: the public keys to trust, and the commitment keys. */
  Auditor disclose(Database database, Path target) throws IOException {
    Files.createDirectories(target);
    Path policy = target.resolve("audit-policy.toml");
    Path keys = target.resolve("audit-keys.jwks");
    Files.copy(directory.resolve("keys").resolve("audit-policy.toml"), policy);
    int result =
        AuditCommand.run(
            "disclose",
            "--config",
            configuration().toString(),
            "--jdbc-url",
            database.url(),
            "--user",
            "sa",
            "--out",
            keys.toString());
    if (result != 0) {
      throw new IllegalStateException("the commitment keys were not disclosed");
    }
    return new Auditor(policy, keys, anchors());
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

  /** Starts the application with the plugin, which is all that the administrator adds. */
  LoanApplication start(Database database) {
    BullaPlugin plugin = new BullaPlugin();
    plugin.setConfiguration(configuration().toString());
    return LoanApplication.start(database.url(), Bulla.open(configuration()), plugin);
  }
}
