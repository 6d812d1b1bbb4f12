package dev.bulla.engine.record;

import dev.bulla.engine.sql.SqlReader;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.ibatis.executor.statement.StatementHandler;
import org.apache.ibatis.mapping.BoundSql;
import org.apache.ibatis.plugin.Interceptor;
import org.apache.ibatis.plugin.Intercepts;
import org.apache.ibatis.plugin.Invocation;
import org.apache.ibatis.plugin.Signature;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngineConfiguration;
import org.camunda.bpm.engine.impl.cfg.AbstractProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.cfg.TransactionState;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.interceptor.CommandContext;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;
import org.camunda.bpm.engine.impl.interceptor.Session;
import org.camunda.bpm.engine.impl.interceptor.SessionFactory;
import org.camunda.bpm.engine.impl.persistence.StrongUuidGenerator;

/** An engine whose writes are captured, without sealing and without a ledger, and replayed. */
final class ReplayedEngine implements AutoCloseable {

  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Coverage coverage = Coverage.withFurther(Set.of("ACT_RU_*"));
  private final Replay replay = new Replay(coverage);
  private final ProcessEngineConfigurationImpl configuration;
  private final ProcessEngine engine;
  private final String url;

  ReplayedEngine(Consumer<ProcessEngineConfigurationImpl> tweak) {
    String name = "replayed" + COUNT.incrementAndGet();
    url = "jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1";
    configuration =
        (ProcessEngineConfigurationImpl)
            ProcessEngineConfiguration.createStandaloneInMemProcessEngineConfiguration()
                .setProcessEngineName(name)
                .setJdbcUrl(url)
                .setDatabaseSchemaUpdate("true")
                .setJobExecutorActivate(false)
                .setHistory("full");
    configuration.setIdGenerator(new StrongUuidGenerator());
    configuration.setProcessEnginePlugins(List.of(new Plugin()));
    tweak.accept(configuration);
    engine = configuration.buildProcessEngine();
  }

  ProcessEngine engine() {
    return engine;
  }

  ProcessEngineConfigurationImpl configuration() {
    return configuration;
  }

  Replay replay() {
    return replay;
  }

  List<String> differences() throws Exception {
    try (var connection = java.sql.DriverManager.getConnection(url, "sa", "")) {
      return replay.differences(connection);
    }
  }

  @Override
  public void close() {
    engine.close();
  }

  private final class Plugin extends AbstractProcessEnginePlugin {
    @Override
    public void preInit(ProcessEngineConfigurationImpl config) {
      config.setCustomPostCommandInterceptorsTxRequired(List.of(new Opening()));
      config.setCustomPostCommandInterceptorsTxRequiresNew(List.of(new Opening()));
    }

    @Override
    public void postInit(ProcessEngineConfigurationImpl config) {
      config.getSessionFactories().put(CaptureSession.class, new Sessions());
      var mybatis = config.getSqlSessionFactory().getConfiguration();
      RecordingInterceptor recording =
          new RecordingInterceptor(mybatis, coverage, ReplayedEngine::current);
      mybatis.addInterceptor(recording);
      mybatis.addInterceptor(new Binding(recording));
    }
  }

  private static Capture current() {
    CommandContext command = Context.getCommandContext();
    return command != null
            && command.getSessions().get(CaptureSession.class) instanceof CaptureSession session
        ? session.capture
        : null;
  }

  private static final class Opening extends CommandInterceptor {
    @Override
    public <T> T execute(Command<T> command) {
      Context.getCommandContext().getSession(CaptureSession.class);
      return next.execute(command);
    }
  }

  private final class Sessions implements SessionFactory {
    @Override
    public Class<?> getSessionType() {
      return CaptureSession.class;
    }

    @Override
    public Session openSession() {
      return new CaptureSession();
    }
  }

  private final class CaptureSession implements Session {
    private final Capture capture = new Capture();

    @Override
    public void flush() {
      if (!capture.isEmpty()) {
        List<CapturedRow> rows = capture.rows();
        capture.clear();
        Context.getCommandContext()
            .getTransactionContext()
            .addTransactionListener(TransactionState.COMMITTED, context -> replay.apply(rows));
      }
    }

    @Override
    public void close() {
      // Nothing was opened.
    }
  }

  /** Stands in for sealing: tells what is bound, as it is. */
  @Intercepts(
      @Signature(
          type = StatementHandler.class,
          method = "parameterize",
          args = {java.sql.Statement.class}))
  private static final class Binding implements Interceptor {
    private final Recorder recorder;

    Binding(Recorder recorder) {
      this.recorder = recorder;
    }

    @Override
    public Object intercept(Invocation invocation) throws Throwable {
      StatementHandler handler = (StatementHandler) invocation.getTarget();
      BoundSql sql = handler.getBoundSql();
      BoundValues values = BoundValues.listening(sql.getParameterMappings().size());
      PreparedStatement statement = (PreparedStatement) invocation.getArgs()[0];
      handler.getParameterHandler().setParameters(values.statement());
      values.bind(statement, values.all());
      recorder.bound(sql, SqlReader.plan(sql.getSql()), values.values());
      return null;
    }
  }
}
