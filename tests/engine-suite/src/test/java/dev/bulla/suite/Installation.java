package dev.bulla.suite;

import dev.bulla.AuditReport;
import dev.bulla.Bulla;
import dev.bulla.Config;
import dev.bulla.Keys;
import dev.bulla.audit.DatabaseAudit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/**
 * Keys, anchors and nodes of one database. Every engine on it is a node of its own with the same
 * master and identity key.
 */
final class Installation {

  private static final Map<String, Installation> BY_URL = new HashMap<>();

  private final String url;
  private final Path directory;
  private final StringBuilder logs = new StringBuilder();
  private String identity;
  private int nodes;
  private String disclosed;

  private Installation(String url) throws IOException {
    this.url = url;
    this.directory = Files.createTempDirectory("bulla-suite");
  }

  /** The installation of a database; a new one if the database is new. */
  static synchronized Installation of(String url) {
    try {
      Installation known = BY_URL.get(url);
      if (known == null || !known.exists()) {
        known = new Installation(url);
        BY_URL.put(url, known);
      }
      return known;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds a node; returns its {@code bulla.toml}. */
  synchronized Path newNode() {
    String node = "node-" + ++nodes;
    Path home = directory.resolve(node);
    try {
      Files.createDirectories(home);
      Keys.generate(home.resolve("keys"), "suite/" + node);
      Path first = directory.resolve("node-1").resolve("keys");
      String policy = Files.readString(home.resolve("keys").resolve("audit-policy.toml"));
      if (nodes == 1) {
        identity = policy.lines().findFirst().orElseThrow();
      } else {
        for (String key : new String[] {"master.jwk", "identity.jwk"}) {
          Files.copy(
              first.resolve(key),
              home.resolve("keys").resolve(key),
              StandardCopyOption.REPLACE_EXISTING);
        }
      }
      policy
          .lines()
          .filter(line -> line.startsWith("\""))
          .forEach(l -> logs.append(l).append('\n'));
      return Files.writeString(
          home.resolve("bulla.toml"),
          """
          installation = "suite"
          node = "%s"

          [keys]
          master = "keys/master.jwk"
          identity = "keys/identity.jwk"
          log = "keys/log.jwk"

          [policy]
          seal = ["*"]
          search = ["*"]

          [[anchor]]
          directory = "../anchors"
          """
              .formatted(node));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Audits the database. */
  synchronized AuditReport audit() {
    try (Connection connection = connect()) {
      if (disclosed == null) {
        Config config = Config.load(directory.resolve("node-1").resolve("bulla.toml"));
        try (Bulla bulla = Bulla.open(config, new DatabaseKeys(connection))) {
          disclosed = bulla.disclose();
        }
      }
      return new DatabaseAudit(connection)
          .policy(identity + "\nstale = \"60m\"\n\n[logs]\n" + logs, "audit-policy.toml")
          .keys(disclosed)
          .anchors(directory.resolve("anchors"))
          .run();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean exists() {
    try (Connection connection = connect();
        ResultSet tables = connection.getMetaData().getTables(null, null, "BULLA_PROPERTY", null)) {
      return tables.next();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Forgets all databases in memory. The engines on them must be closed. */
  static synchronized void forget() {
    for (Installation installation : BY_URL.values()) {
      try (Connection connection = installation.connect();
          Statement statement = connection.createStatement()) {
        statement.execute("SHUTDOWN");
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
    BY_URL.clear();
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(url, "sa", "");
  }
}
