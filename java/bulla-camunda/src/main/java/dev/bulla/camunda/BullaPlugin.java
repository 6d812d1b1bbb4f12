package dev.bulla.camunda;

import dev.bulla.Config;
import dev.bulla.MasterKey;
import dev.bulla.camunda.script.ScriptObject;
import dev.bulla.engine.node.Node;
import dev.bulla.engine.node.SchemaSetting;
import dev.bulla.engine.record.RecordingInterceptor;
import dev.bulla.engine.seal.SealingInterceptor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.ibatis.session.Configuration;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.impl.cfg.AbstractProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.cfg.standalone.StandaloneTransactionContextFactory;
import org.camunda.bpm.engine.impl.db.DbIdGenerator;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals the process variables of a Camunda 7 engine and keeps a ledger of its history.
 *
 * <pre>{@code
 * <plugin>
 *   <class>dev.bulla.camunda.BullaPlugin</class>
 *   <properties>
 *     <property name="configuration">/etc/bulla/bulla.toml</property>
 *   </properties>
 * </plugin>
 * }</pre>
 *
 * <p>One object serves one engine.
 */
public class BullaPlugin extends AbstractProcessEnginePlugin {

  private static final Logger LOG = LoggerFactory.getLogger(BullaPlugin.class);

  private Path configuration;
  private Config config;
  private MasterKey masterKey;
  private Node node;

  /** The thread that builds the engine, until it is built. */
  private volatile Thread builder;

  /** For an engine that sets the properties. */
  public BullaPlugin() {}

  /** With a configuration that is at hand. */
  public BullaPlugin(Config config) {
    this.config = config;
  }

  /** The path of {@code bulla.toml}. */
  public void setConfiguration(String path) {
    this.configuration = Path.of(path);
  }

  /** The path of {@code bulla.toml}. */
  public String getConfiguration() {
    return configuration == null ? null : configuration.toString();
  }

  /**
   * What wraps the keys, in place of the master key that the configuration names; that one may now
   * be left out, and still unwraps if it is not. To be set before the engine is built, and to stay
   * the same as long as its keys are needed.
   */
  public void setMasterKey(MasterKey key) {
    this.masterKey = key;
  }

  /** What wraps the keys; null for the master key that the configuration names. */
  public MasterKey getMasterKey() {
    return masterKey;
  }

  @Override
  public void preInit(ProcessEngineConfigurationImpl engine) {
    if (config == null) {
      if (configuration == null) {
        throw new ProcessEngineException(
            "BullaPlugin: the property 'configuration' is missing; set it to the path of bulla.toml");
      }
      config = Config.load(configuration);
    }
    engine.setCustomPreCommandInterceptorsTxRequired(
        first(new NodeLifeInterceptor(this), engine.getCustomPreCommandInterceptorsTxRequired()));
    engine.setCustomPostCommandInterceptorsTxRequired(
        first(new OpenLedgerInterceptor(), engine.getCustomPostCommandInterceptorsTxRequired()));
    engine.setCustomPostCommandInterceptorsTxRequiresNew(
        first(new OpenLedgerInterceptor(), engine.getCustomPostCommandInterceptorsTxRequiresNew()));
  }

  @Override
  public void postInit(ProcessEngineConfigurationImpl engine) {
    requireInterceptors(engine.getCommandInterceptorsTxRequired());
    requireInterceptors(engine.getCommandInterceptorsTxRequiresNew());
    requireOwnMappings(engine);
    requireOneChain(engine);
    requireKnownOutcome(engine);
    warnOfCounters(engine);
    builder = Thread.currentThread();
    node =
        Node.prepare(
            config,
            engine.getDataSource(),
            prefix(engine),
            SchemaSetting.of(engine.getDatabaseSchemaUpdate()),
            masterKey);
    LedgerSessionFactory sessions = new LedgerSessionFactory(node, engine.getDataSource());
    engine.getSessionFactories().put(LedgerSession.class, sessions);
    Configuration mybatis = engine.getSqlSessionFactory().getConfiguration();
    RecordingInterceptor recording = new RecordingInterceptor(mybatis, node.coverage(), sessions);
    mybatis.addInterceptor(recording);
    SealingInterceptor sealing =
        new SealingInterceptor(node.bulla(), mybatis, prefix(engine), recording);
    recording.tellDeletions(sealing);
    mybatis.addInterceptor(sealing);
    ScriptObject.install(engine, node.bulla());
  }

  @Override
  public void postProcessEngineBuild(ProcessEngine processEngine) {
    builder = null;
  }

  /** The engine's node; null before the engine is initialised. */
  public Node node() {
    return node;
  }

  synchronized void startNode() {
    node.start();
  }

  synchronized void endNode() {
    node.end();
  }

  synchronized void closeNode() {
    node.close();
  }

  /**
   * A command failed. If it is one of those that build the engine, there will be no engine, and
   * nobody to close the node. Jobs that are run meanwhile may fail.
   */
  synchronized void commandFailed() {
    if (Thread.currentThread() == builder) {
      node.abandon();
    }
  }

  private static List<CommandInterceptor> first(
      CommandInterceptor interceptor, List<CommandInterceptor> others) {
    List<CommandInterceptor> all = new ArrayList<>();
    all.add(interceptor);
    if (others != null) {
      all.addAll(others);
    }
    return all;
  }

  private static void requireInterceptors(List<CommandInterceptor> interceptors) {
    if (interceptors.stream().noneMatch(OpenLedgerInterceptor.class::isInstance)) {
      throw new ProcessEngineException(
          "BullaPlugin: the engine has a list of command interceptors of its own"
              + " (commandInterceptorsTxRequired or …TxRequiresNew), without Bulla's; add yours to"
              + " the customPre… and customPost… lists instead");
    }
  }

  private static void requireOwnMappings(ProcessEngineConfigurationImpl engine) {
    if (engine.isUseSharedSqlSessionFactory()) {
      throw new ProcessEngineException(
          "BullaPlugin: the engine shares its mapped statements with other engines of this Java"
              + " process (useSharedSqlSessionFactory), which could then write unsealed and"
              + " unrecorded through them; set it to false");
    }
  }

  private static void requireOneChain(ProcessEngineConfigurationImpl engine) {
    if (engine.getCommandExecutorSchemaOperations() != engine.getCommandExecutorTxRequired()) {
      throw new ProcessEngineException(
          "BullaPlugin: the engine runs its first commands by a command executor of their own"
              + " (commandExecutorSchemaOperations, as engines with JTA transactions do), where"
              + " they could not be recorded; this is not supported yet, use standalone or"
              + " Spring-managed transactions");
    }
  }

  private static void requireKnownOutcome(ProcessEngineConfigurationImpl engine) {
    if (engine.isTransactionsExternallyManaged()
        && engine.getTransactionContextFactory() instanceof StandaloneTransactionContextFactory) {
      throw new ProcessEngineException(
          "BullaPlugin: the engine's transactions are managed by somebody else"
              + " (transactionsExternallyManaged), and its transaction context does not know when"
              + " they commit, so neither would the ledger; use standalone or Spring-managed"
              + " transactions");
    }
  }

  private static void warnOfCounters(ProcessEngineConfigurationImpl engine) {
    if (engine.getIdGenerator() instanceof DbIdGenerator) {
      LOG.warn(
          "The engine numbers its rows with its own counter. After a restore of the database it"
              + " would give the same ids again, to other rows; set idGenerator to"
              + " org.camunda.bpm.engine.impl.persistence.StrongUuidGenerator");
    }
  }

  private static String prefix(ProcessEngineConfigurationImpl engine) {
    String prefix = engine.getDatabaseTablePrefix();
    return prefix == null ? "" : prefix;
  }
}
