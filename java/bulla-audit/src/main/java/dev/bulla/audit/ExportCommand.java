package dev.bulla.audit;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes an evidence bundle, from which an audit needs neither database nor Java. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Writes what an audit needs of a database and its anchors to one file.",
      "It holds no key. What is not sealed stands in it as it stands in the database."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the file is there and complete",
      "2:wrong use, or something cannot be read or written; there is no file"
    })
final class ExportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private final DatabaseOptions database = new DatabaseOptions();

  @Option(
      names = "--anchors",
      paramLabel = "DIR",
      required = true,
      description = "the directory with the anchors")
  private Path anchors;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      required = true,
      description = "whose ledger to export (TOML), as keygen wrote it")
  private Path policy;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "the file to write, for instance evidence.tar.gz; it must not exist")
  private Path out;

  @Override
  public Integer call() throws SQLException {
    AuditCommand.need(spec, database.url, "--jdbc-url");
    long rows;
    try (Connection connection = database.connect();
        TerminalProgress progress = new TerminalProgress("Export")) {
      rows =
          new DatabaseAudit(connection)
              .schema(database.schema)
              .tablePrefix(database.prefix)
              .policy(AuditCommand.text(policy), policy.toString())
              .anchors(anchors)
              .progress(TerminalProgress.hasTerminal() ? progress : Progress.SILENT)
              .export(out, database.place());
    }
    PrintWriter told = spec.commandLine().getOut();
    told.println("Wrote " + out.toAbsolutePath() + ": " + rows + " rows");
    return AuditCommand.CLEAN;
  }
}
