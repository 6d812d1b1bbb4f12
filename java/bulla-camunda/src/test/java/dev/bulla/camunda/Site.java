package dev.bulla.camunda;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bulla.AuditReport;
import dev.bulla.Config;
import dev.bulla.Keys;
import dev.bulla.MasterKey;
import dev.bulla.audit.DatabaseAudit;
import dev.bulla.engine.node.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngineConfiguration;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.persistence.StrongUuidGenerator;
import org.camunda.bpm.model.bpmn.Bpmn;

/** A directory with keys, configuration and anchors, and a database in memory. */
final class Site {

  static final String NODE = "node-1";

  private final Path directory;
  private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
  private BullaPlugin plugin;
  private String ledger = "checkpoint = \"1h\"\nrecords = 1000000\nheartbeat = \"1h\"\n";

  Site(Path directory) {
    this.directory = directory;
    Keys.generate(directory.resolve("keys"), "loans/" + NODE);
  }

  private Site(Path directory, String ledger) {
    this.directory = directory;
    this.ledger = ledger;
  }

  /** Replaces the lines of the ledger's settings; by default checkpoints are rare. */
  Site ledger(String lines) {
    ledger = lines;
    return this;
  }

  /**
   * A site with the same keys.
   *
   * @param elsewhere its directory
   */
  Site twin(Path elsewhere) throws IOException {
    copy(directory.resolve("keys"), elsewhere.resolve("keys"));
    return new Site(elsewhere, ledger);
  }

  /** Brings another site's anchors to what they are here now. */
  void copyAnchors(Site to) throws IOException {
    copy(anchors(), to.anchors());
  }

  /** Brings another site's database to what it is here now. */
  void copyDatabase(Site to) throws SQLException {
    List<String> script = query("script");
    to.execute("drop all objects");
    try (Connection connection = to.connect();
        Statement statement = connection.createStatement()) {
      for (String command : script) {
        if (!command.startsWith("CREATE USER")) {
          statement.execute(command);
        }
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  Path anchors() {
    return directory.resolve("anchors");
  }

  Config config() {
    return config("master = \"keys/master.jwk\"");
  }

  private Config config(String master) {
    String text =
        """
        installation = "loans"
        node = "%s"

        [keys]
        %s
        identity = "keys/identity.jwk"
        log = "keys/log.jwk"

        [policy]
        seal = ["*"]

        [ledger]
        %s
        [statement]
        signer = "keys/statement.jwk"

        [[anchor]]
        directory = "anchors"
        """
            .formatted(NODE, master, ledger);
    return Config.parse(text, directory.resolve("bulla.toml"));
  }

  String url() {
    return url;
  }

  ProcessEngineConfigurationImpl configuration() {
    ProcessEngineConfigurationImpl configuration =
        (ProcessEngineConfigurationImpl)
            ProcessEngineConfiguration.createStandaloneInMemProcessEngineConfiguration()
                .setProcessEngineName("engine-" + UUID.randomUUID())
                .setJdbcUrl(url)
                .setDatabaseSchemaUpdate("true")
                .setJobExecutorActivate(false)
                .setHistory("full");
    configuration.setIdGenerator(new StrongUuidGenerator());
    configuration.setProcessEnginePlugins(new ArrayList<>(List.of(plugin())));
    return configuration;
  }

  ProcessEngine start() {
    return start(configuration -> {});
  }

  ProcessEngine start(Consumer<ProcessEngineConfigurationImpl> tweak) {
    ProcessEngineConfigurationImpl configuration = configuration();
    tweak.accept(configuration);
    return configuration.buildProcessEngine();
  }

  static void deploy(ProcessEngine engine) {
    engine
        .getRepositoryService()
        .createDeployment()
        .addModelInstance(
            "order.bpmn",
            Bpmn.createExecutableProcess("order")
                .camundaHistoryTimeToLive(5)
                .startEvent()
                .userTask("check")
                .endEvent()
                .done())
        .deploy();
  }

  /** A plugin for an engine of this site. */
  BullaPlugin plugin() {
    plugin = new BullaPlugin(config());
    return plugin;
  }

  /** A plugin with a master key of Java, where the configuration names none. */
  BullaPlugin plugin(MasterKey master) {
    plugin = new BullaPlugin(config(""));
    plugin.setMasterKey(master);
    return plugin;
  }

  /** The node of the engine that was configured last. */
  Node node() {
    return plugin.node();
  }

  /** An audit of the database against the anchors. */
  AuditReport audit() throws IOException, SQLException {
    Path policy = directory.resolve("keys").resolve("audit-policy.toml");
    try (Connection connection = connect()) {
      return new DatabaseAudit(connection)
          .policy(Files.readString(policy), "audit-policy.toml")
          .keys(node().bulla().disclose())
          .anchors(anchors())
          .run();
    }
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(url, "sa", "");
  }

  /** The first column of a query. */
  List<String> query(String sql) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(sql)) {
      while (results.next()) {
        found.add(results.getString(1));
      }
    }
    return found;
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The records of the log, in the order of their numbers. */
  List<String> records() throws SQLException {
    return query("select RECORD_ from BULLA_RECORD order by SEQ_");
  }

  /** Those that tell of transactions. */
  List<String> transactions() throws SQLException {
    return query(
        "select RECORD_ from BULLA_RECORD where RECORD_ like '%\"kind\":\"tx\"%' order by SEQ_");
  }

  /** All lines of the node's anchor files, oldest file first. */
  List<String> anchored() throws IOException {
    List<String> lines = new ArrayList<>();
    try (var files = Files.list(anchors().resolve(NODE))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".gz")).sorted().toList()) {
        try (var stream = new GZIPInputStream(Files.newInputStream(file))) {
          lines.addAll(new String(stream.readAllBytes(), UTF_8).lines().toList());
        }
      }
    }
    return lines;
  }
}
