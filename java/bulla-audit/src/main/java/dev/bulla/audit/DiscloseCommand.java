package dev.bulla.audit;

import dev.bulla.Bulla;
import dev.bulla.BullaException;
import dev.bulla.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the commitment keys out, which an auditor needs and which open nothing. */
@Command(
    name = "disclose",
    mixinStandardHelpOptions = true,
    description =
        "Writes the commitment keys for an auditor. They prove values and open none of them.")
final class DiscloseCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private final DatabaseOptions database = new DatabaseOptions();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "the installation's bulla.toml, which names the master key")
  private Path config;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "audit-keys.jwks",
      description = "where to write the keys (default: ${DEFAULT-VALUE})")
  private Path out;

  @Override
  public Integer call() throws SQLException {
    String keys = database.url == null ? fromFile() : fromDatabase();
    write(keys);
    spec.commandLine().getOut().println("Wrote " + out.toAbsolutePath());
    return AuditCommand.CLEAN;
  }

  private String fromFile() {
    try (Bulla bulla = Bulla.open(config)) {
      return bulla.disclose();
    }
  }

  private String fromDatabase() throws SQLException {
    try (Connection connection = database.connect()) {
      Naming naming = new Naming(connection, database.schema, database.prefix);
      DatabaseKeys keys = new DatabaseKeys(connection, naming.sql("BULLA_KEY"));
      try (Bulla bulla = Bulla.open(Config.load(config), keys)) {
        return bulla.disclose();
      }
    }
  }

  private void write(String keys) {
    try {
      Files.deleteIfExists(out);
      if (out.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(
            out,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      Files.writeString(out, keys);
    } catch (IOException e) {
      throw BullaException.io("cannot write " + out, e);
    }
  }
}
