package dev.bulla.engine.seal;

import dev.bulla.Bulla;
import dev.bulla.Keys;
import dev.bulla.engine.record.Recorder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.ibatis.mapping.BoundSql;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.impl.cfg.AbstractProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.cfg.StandaloneProcessEngineConfiguration;
import org.camunda.bpm.engine.impl.persistence.StrongUuidGenerator;
import org.camunda.spin.plugin.impl.SpinProcessEnginePlugin;

/** A process engine over an H2 database with sealing alone, and that database as a DBA sees it. */
final class SealedEngine implements AutoCloseable {

  private final String url;
  private final Bulla bulla;
  private ProcessEngine engine;
  private SealingInterceptor interceptor;
  private final List<String> writes = new ArrayList<>();
  private final List<String> opened = new ArrayList<>();
  private final List<String> kept = new ArrayList<>();

  private SealedEngine(Path directory, String url, String policy) {
    this.url = url;
    this.bulla = Bulla.open(configuration(directory, policy));
  }

  /** In memory; the policy is TOML. */
  static SealedEngine inMemory(Path directory, String policy) {
    SealedEngine sealed =
        new SealedEngine(
            directory, "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", policy);
    sealed.start();
    return sealed;
  }

  /** In the file {@code db.mv.db} of the directory. */
  static SealedEngine inFile(Path directory, String policy) {
    SealedEngine sealed =
        new SealedEngine(directory, "jdbc:h2:file:" + directory.resolve("db"), policy);
    sealed.start();
    return sealed;
  }

  ProcessEngine engine() {
    return engine;
  }

  SealingInterceptor interceptor() {
    return interceptor;
  }

  Bulla bulla() {
    return bulla;
  }

  void start() {
    engine = build(url, true, config -> config.getProcessEnginePlugins().add(new Plugin()));
  }

  void stop() {
    engine.close();
  }

  /** An engine on the same database that knows nothing of sealing. */
  ProcessEngine withoutPlugin() {
    return build(url, false, config -> {});
  }

  private static ProcessEngine build(
      String url, boolean create, Consumer<ProcessEngineConfigurationImpl> more) {
    StandaloneProcessEngineConfiguration config = new StandaloneProcessEngineConfiguration();
    config.setProcessEngineName(UUID.randomUUID().toString());
    config.setJdbcUrl(url);
    config.setJdbcUsername("sa");
    config.setDatabaseSchemaUpdate(Boolean.toString(create));
    config.setHistory("full");
    config.setJobExecutorActivate(false);
    config.setEnforceHistoryTimeToLive(false);
    config.setDbMetricsReporterActivate(false);
    config.setIdGenerator(new StrongUuidGenerator());
    config.getProcessEnginePlugins().add(new SpinProcessEnginePlugin());
    more.accept(config);
    return config.buildProcessEngine();
  }

  /** The SQL of the writes since the engine was started. */
  List<String> writes() {
    return writes;
  }

  /** The tables of the sealed values that were opened. */
  List<String> opened() {
    return opened;
  }

  /** What was done to {@code BULLA_OVERFLOW}, as a recorder is told, with the rows' tables. */
  List<String> kept() {
    return kept;
  }

  /** What a DBA gets for a query: each row as the texts of its columns. */
  List<List<String>> select(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<List<String>> all = new ArrayList<>();
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (int at = 1; at <= rows.getMetaData().getColumnCount(); at++) {
          byte[] bytes =
              rows.getMetaData().getColumnTypeName(at).contains("BINARY LARGE")
                  ? rows.getBytes(at)
                  : null;
          row.add(
              bytes != null
                  ? new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1)
                  : rows.getString(at));
        }
        all.add(row);
      }
      return all;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  int update(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** All rows of all tables. */
  String dump() {
    StringBuilder all = new StringBuilder();
    for (List<String> table :
        select("select TABLE_NAME from INFORMATION_SCHEMA.TABLES where TABLE_SCHEMA = 'PUBLIC'")) {
      all.append(select("select * from " + table.get(0))).append('\n');
    }
    return all.toString();
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(url, "sa", "");
  }

  @Override
  public void close() {
    engine.close();
    bulla.close();
  }

  private static Path configuration(Path directory, String policy) {
    try {
      Keys.generate(directory.resolve("keys"), "test/node");
      return Files.writeString(
          directory.resolve("bulla.toml"),
          """
          installation = "test"
          node = "node"

          [keys]
          master = "keys/master.jwk"
          identity = "keys/identity.jwk"
          log = "keys/log.jwk"
          registry = "registry.jsonl"

          [policy]
          %s

          [[anchor]]
          directory = "anchors"
          """
              .formatted(policy));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Plugin extends AbstractProcessEnginePlugin {

    @Override
    public void postInit(ProcessEngineConfigurationImpl config) {
      interceptor =
          new SealingInterceptor(
              bulla, config.getSqlSessionFactory().getConfiguration(), "", new Listener());
      config.getSqlSessionFactory().getConfiguration().addInterceptor(interceptor);
      update(
          "create table if not exists BULLA_OVERFLOW (ID_ varchar(128) primary key,"
              + " ENVELOPE_ clob)");
    }
  }

  private final class Listener implements Recorder {

    @Override
    public void bound(BoundSql sql, dev.bulla.engine.sql.Statement plan, Object[] values) {
      writes.add(sql.getSql());
    }

    @Override
    public void kept(
        String table, String row, Object parameter, String envelope, boolean replaces) {
      kept.add((replaces ? "update " : "insert ") + table);
    }

    @Override
    public void dropped(String table, String row, Object parameter) {
      kept.add("delete " + table);
    }

    @Override
    public void opened(String table, String row, byte[] tag) {
      opened.add(table);
    }
  }
}
