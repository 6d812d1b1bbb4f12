package dev.bulla.audit;

import dev.bulla.AuditReport;
import dev.bulla.BullaException;
import dev.bulla.BundleAudit;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code bulla-audit}: audits a database and reports for people and machines. */
@Command(
    name = "bulla-audit",
    mixinStandardHelpOptions = true,
    versionProvider = AuditCommand.Version.class,
    description = "Compares a database with what the ledger and the anchors prove.",
    subcommands = {DiscloseCommand.class, ExportCommand.class, KeygenCommand.class},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing was found",
      "1:something was found",
      "2:wrong use, or something cannot be read",
      "3:inconclusive: something that the proof needs is missing"
    })
public final class AuditCommand implements Callable<Integer> {
  static final int CLEAN = 0;
  static final int FINDINGS = 1;
  static final int UNUSABLE = 2;
  static final int INCONCLUSIVE = 3;

  @Spec private CommandSpec spec;

  @Mixin private final DatabaseOptions database = new DatabaseOptions();

  @Option(
      names = "--bundle",
      paramLabel = "FILE",
      description = "an evidence bundle, as export wrote it, instead of --jdbc-url and --anchors")
  private Path bundle;

  @Option(names = "--anchors", paramLabel = "DIR", description = "the directory with the anchors")
  private Path anchors;

  @Option(
      names = "--keys",
      paramLabel = "FILE",
      description = "the commitment keys (JWK Set), as disclose wrote them")
  private Path keys;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "whom to trust (TOML), as keygen wrote it")
  private Path policy;

  @Option(names = "--report", paramLabel = "FILE", description = "write the report as HTML")
  private Path html;

  @Option(names = "--json", description = "print JSON instead of a table")
  private boolean json;

  @Option(names = "--json-file", paramLabel = "FILE", description = "write the report as JSON")
  private Path jsonFile;

  /** What was audited, in words for the report. */
  private String audited;

  /** The entry of the runnable jar. */
  public static void main(String... args) {
    System.exit(run(args));
  }

  /**
   * Runs the command in this process.
   *
   * @return the exit code
   */
  public static int run(String... args) {
    return commandLine().execute(args);
  }

  static CommandLine commandLine() {
    return new CommandLine(new AuditCommand())
        .setExecutionExceptionHandler(
            (exception, commandLine, parsed) -> {
              if (exception instanceof BullaException || exception instanceof SQLException) {
                commandLine.getErr().println("bulla-audit: " + exception.getMessage());
              } else {
                exception.printStackTrace(commandLine.getErr());
              }
              // Left to picocli it would be 1, which means findings.
              return UNUSABLE;
            });
  }

  @Override
  public Integer call() throws SQLException {
    if (bundle == null) {
      need(database.url, "--jdbc-url");
      need(anchors, "--anchors");
    } else if (database.url != null || anchors != null) {
      throw new ParameterException(
          spec.commandLine(),
          "--bundle already has what --jdbc-url and --anchors would give; leave these out");
    }
    need(policy, "--policy");
    AuditReport report = bundle == null ? auditDatabase() : auditBundle();
    PrintWriter out = spec.commandLine().getOut();
    // First what cannot fail: an audit may have taken hours.
    if (json) {
      out.println(report.json());
    } else {
      if (bundle != null) {
        out.println("Bundle: " + TextReport.printable(audited));
      }
      new TextReport(report).print(out);
    }
    out.flush();
    if (jsonFile != null) {
      write(jsonFile, report.json() + "\n");
    }
    if (html != null) {
      write(html, new HtmlReport(report, audited).render());
      if (!json) {
        out.println("Report: " + html.toAbsolutePath());
        out.flush();
      }
    }
    return switch (report.outcome()) {
      case CLEAN -> CLEAN;
      case FINDINGS -> FINDINGS;
      case INCONCLUSIVE -> INCONCLUSIVE;
    };
  }

  private AuditReport auditDatabase() throws SQLException {
    audited = database.place();
    try (Connection connection = database.connect();
        TerminalProgress progress = new TerminalProgress("Audit")) {
      return new DatabaseAudit(connection)
          .schema(database.schema)
          .tablePrefix(database.prefix)
          .policy(text(policy), policy.toString())
          .keys(keys == null ? null : text(keys))
          .anchors(anchors)
          .progress(TerminalProgress.hasTerminal() ? progress : Progress.SILENT)
          .run();
    }
  }

  private AuditReport auditBundle() {
    try (BundleAudit audit =
            BundleAudit.open(
                bundle, text(policy), policy.toString(), keys == null ? null : text(keys));
        TerminalProgress terminal = new TerminalProgress("Audit")) {
      BundleAudit.About about = audit.about();
      audited =
          "exported at %s from %s, installation %s"
              .formatted(about.exported(), about.database(), about.installation());
      Progress progress = TerminalProgress.hasTerminal() ? terminal : Progress.SILENT;
      progress.begin("bundle read", bundle.toFile().length());
      long before = 0;
      for (long read = audit.read(); read >= 0; read = audit.read()) {
        progress.advance(read - before);
        before = read;
      }
      progress.end();
      progress.begin("rows compared", -1);
      for (long done = audit.compare(DatabaseAudit.AT_A_TIME);
          done > 0;
          done = audit.compare(DatabaseAudit.AT_A_TIME)) {
        progress.advance(done);
      }
      progress.end();
      return audit.finish();
    }
  }

  private void need(Object value, String option) {
    need(spec, value, option);
  }

  static void need(CommandSpec spec, Object value, String option) {
    if (value == null) {
      throw new ParameterException(
          spec.commandLine(), "option " + option + " is needed; see --help");
    }
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw BullaException.io("cannot read " + file, e);
    }
  }

  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw BullaException.io("cannot write " + file, e);
    }
  }

  /** Tells the version from the jar's manifest. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = AuditCommand.class.getPackage().getImplementationVersion();
      return new String[] {"bulla-audit " + (version == null ? "(not packaged)" : version)};
    }
  }
}
