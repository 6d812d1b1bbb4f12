package dev.bulla.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.AuditReport;
import dev.bulla.BundleAudit;
import dev.bulla.Finding;
import dev.bulla.Keys;
import dev.bulla.camunda.BullaPlugin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngineConfiguration;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.persistence.StrongUuidGenerator;
import org.camunda.bpm.engine.task.Task;
import org.camunda.bpm.engine.variable.Variables;
import org.camunda.bpm.model.bpmn.Bpmn;

/** A real engine with the plugin: keys, configuration, anchors, and a database in memory. */
final class Installation {
  final Path directory;
  final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";

  Installation(Path directory) throws IOException {
    this.directory = directory;
    Keys.generate(directory.resolve("keys"), "loans/node-1");
    Files.writeString(
        directory.resolve("bulla.toml"),
        """
        installation = "loans"
        node = "node-1"

        [keys]
        master = "keys/master.jwk"
        identity = "keys/identity.jwk"
        log = "keys/log.jwk"

        [policy]
        seal = ["*"]
        search = ["INCIDENT_MSG_"]

        [ledger]
        checkpoint = "50ms"

        [[anchor]]
        directory = "anchors"
        """);
  }

  ProcessEngine start() {
    ProcessEngineConfigurationImpl configuration =
        (ProcessEngineConfigurationImpl)
            ProcessEngineConfiguration.createStandaloneInMemProcessEngineConfiguration()
                .setProcessEngineName("engine-" + UUID.randomUUID())
                .setJdbcUrl(url)
                .setDatabaseSchemaUpdate("true")
                .setJobExecutorActivate(false)
                .setHistory("full");
    configuration.setIdGenerator(new StrongUuidGenerator());
    BullaPlugin plugin = new BullaPlugin();
    plugin.setConfiguration(directory.resolve("bulla.toml").toString());
    configuration.setProcessEnginePlugins(new ArrayList<>(List.of(plugin)));
    return configuration.buildProcessEngine();
  }

  /** Runs a few applications for a loan and stops. */
  Installation live() {
    ProcessEngine engine = start();
    try {
      deploy(engine);
      for (int n = 0; n < 3; n++) {
        apply(engine, n, n < 2);
      }
    } finally {
      engine.close();
    }
    return this;
  }

  static void deploy(ProcessEngine engine) {
    engine
        .getRepositoryService()
        .createDeployment()
        .addModelInstance(
            "loan.bpmn",
            Bpmn.createExecutableProcess("loan")
                .camundaHistoryTimeToLive(5)
                .startEvent()
                .userTask("assess")
                .userTask("sign")
                .endEvent()
                .done())
        .deploy();
  }

  static String apply(ProcessEngine engine, int n, boolean finish) {
    engine.getIdentityService().setAuthenticatedUserId("mary");
    String instance =
        engine
            .getRuntimeService()
            .startProcessInstanceByKey(
                "loan",
                "loan-" + n,
                Map.of(
                    "letter",
                    "Dear Sirs, ".repeat(320),
                    "applicant",
                    "Ada Lovelace " + n,
                    "amount",
                    10_000L + n,
                    "rate",
                    0.035,
                    "approved",
                    false,
                    "until",
                    new Date(0),
                    "terms",
                    "terms".repeat(1000).getBytes(StandardCharsets.UTF_8)))
            .getId();
    engine.getRuntimeService().createIncident("failed", instance, null, "no answer " + n);
    Task task =
        engine.getTaskService().createTaskQuery().processInstanceId(instance).singleResult();
    engine.getTaskService().claim(task.getId(), "john");
    engine
        .getTaskService()
        .complete(
            task.getId(),
            Variables.putValue("amount", 20_000L + n)
                .putValue("grade", "A")
                .putValue("remark", null));
    if (finish) {
      task = engine.getTaskService().createTaskQuery().processInstanceId(instance).singleResult();
      engine.getTaskService().complete(task.getId(), Variables.putValue("approved", true));
    }
    engine.getIdentityService().clearAuthentication();
    return instance;
  }

  Path policy() {
    return directory.resolve("keys/audit-policy.toml");
  }

  /** Discloses the commitment keys as an administrator of the keys does. */
  Path keys() {
    Path keys = directory.resolve("audit-keys.jwks");
    if (!Files.exists(keys)) {
      Run run =
          run(
              "disclose",
              "--config",
              directory.resolve("bulla.toml").toString(),
              "--jdbc-url",
              url,
              "--user",
              "sa",
              "--out",
              keys.toString());
      if (run.exit() != 0) {
        throw new IllegalStateException(run.err());
      }
    }
    return keys;
  }

  /** Audits the database, and by jar and command what is exported: all must come to the same. */
  AuditReport audit() throws SQLException, IOException {
    AuditReport report;
    Path bundle;
    do { // a running node may add a checkpoint in between
      report = audit(UnaryOperator.identity());
      bundle = export(UnaryOperator.identity());
    } while (!audit(UnaryOperator.identity()).json().equals(report.json()));
    assertThat(audit(bundle).json()).isEqualTo(report.json());
    Run run = command(bundle, "--json");
    assertThat(run.out()).as(run.err()).isEqualTo(report.json() + "\n");
    assertThat(run.exit()).isEqualTo(exit(report));
    Files.delete(bundle);
    return report;
  }

  private static int exit(AuditReport report) {
    return switch (report.outcome()) {
      case CLEAN -> AuditCommand.CLEAN;
      case FINDINGS -> AuditCommand.FINDINGS;
      case INCONCLUSIVE -> AuditCommand.INCONCLUSIVE;
    };
  }

  /** Audits a bundle with the command {@code bulla}, which {@code make native} builds. */
  Run command(Path bundle, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("bulla.native"), "bulla").toString(),
                "audit",
                bundle.toString(),
                "--policy",
                policy().toString(),
                "--keys",
                keys().toString()));
    arguments.addAll(List.of(more));
    Path err = directory.resolve("command.err");
    Process process = new ProcessBuilder(arguments).redirectError(err.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.onExit().join().exitValue(), out, Files.readString(err));
  }

  /** Exports with further settings. */
  Path export(UnaryOperator<DatabaseAudit> settings) throws SQLException, IOException {
    Path bundle = directory.resolve("evidence.tar.gz");
    Files.deleteIfExists(bundle);
    try (Connection connection = connect()) {
      DatabaseAudit audit =
          new DatabaseAudit(connection)
              .policy(Files.readString(policy()), "audit-policy.toml")
              .anchors(directory.resolve("anchors"));
      settings.apply(audit).export(bundle, "jdbc:h2:mem:loans");
    }
    return bundle;
  }

  /** Audits a bundle. */
  AuditReport audit(Path bundle) throws IOException {
    String policy = Files.readString(policy());
    try (BundleAudit audit =
        BundleAudit.open(bundle, policy, "audit-policy.toml", Files.readString(keys()))) {
      return audit.finish();
    }
  }

  /** Audits with further settings. */
  AuditReport audit(UnaryOperator<DatabaseAudit> settings) throws SQLException, IOException {
    try (Connection connection = connect()) {
      DatabaseAudit audit =
          new DatabaseAudit(connection)
              .policy(Files.readString(policy()), "audit-policy.toml")
              .keys(Files.readString(keys()))
              .anchors(directory.resolve("anchors"));
      return settings.apply(audit).run();
    }
  }

  /** Audits with the command. */
  Run auditCommand(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--jdbc-url",
                url,
                "--user",
                "sa",
                "--policy",
                policy().toString(),
                "--keys",
                keys().toString(),
                "--anchors",
                directory.resolve("anchors").toString()));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  /** What a run of the command came to. */
  record Run(int exit, String out, String err) {}

  static Run run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit =
        AuditCommand.commandLine()
            .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
            .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
            .execute(arguments);
    return new Run(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(url, "sa", "");
  }

  String query(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(sql)) {
      return results.next() ? results.getString(1) : null;
    }
  }

  /** Does what a database administrator can do to the schema. */
  void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Does what a database administrator can do; it must concern at least one row. */
  void tamper(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      if (statement.executeUpdate(sql) == 0) {
        throw new IllegalStateException("nothing was changed by " + sql);
      }
    }
  }

  static List<String> kinds(AuditReport report) {
    return report.findings().stream().map(Finding::kind).toList();
  }
}
