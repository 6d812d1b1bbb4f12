package dev.bulla.suite;

import dev.bulla.camunda.BullaPlugin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;

/** The plugin under test as a node of the database's installation, and audits in between. */
public final class SuitePlugin extends BullaPlugin {

  /** Engines that are built and not closed: engines of one name displace each other elsewhere. */
  private static final Map<SuitePlugin, ProcessEngine> OPEN = new ConcurrentHashMap<>();

  @Override
  public void preInit(ProcessEngineConfigurationImpl engine) {
    Installation installation = Installation.of(engine.getJdbcUrl());
    setConfiguration(installation.newNode().toString());
    super.preInit(engine);
    List<CommandInterceptor> interceptors = new ArrayList<>();
    interceptors.add(new AuditingInterceptor(installation, () -> OPEN.remove(this)));
    interceptors.addAll(engine.getCustomPreCommandInterceptorsTxRequired());
    engine.setCustomPreCommandInterceptorsTxRequired(interceptors);
  }

  @Override
  public void postProcessEngineBuild(ProcessEngine engine) {
    super.postProcessEngineBuild(engine);
    OPEN.put(this, engine);
  }

  static void closeEngines() {
    List.copyOf(OPEN.values()).forEach(ProcessEngine::close);
  }
}
