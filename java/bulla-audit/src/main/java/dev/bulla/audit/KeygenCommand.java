package dev.bulla.audit;

import dev.bulla.Keys;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes the keys of a node, and the policy that tells an auditor to trust them. */
@Command(
    name = "keygen",
    mixinStandardHelpOptions = true,
    description = "Makes a node's keys, and the policy that an auditor trusts them by.")
final class KeygenCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--log",
      paramLabel = "INSTALLATION/NODE",
      required = true,
      description = "the installation and the node, as bulla.toml will name them")
  private String log;

  @Parameters(
      paramLabel = "DIR",
      description = "where the files go; files that are there are never replaced")
  private Path directory;

  @Override
  public Integer call() {
    for (Path file : Keys.generate(directory, log)) {
      spec.commandLine().getOut().println("Wrote " + file.toAbsolutePath());
    }
    return AuditCommand.CLEAN;
  }
}
