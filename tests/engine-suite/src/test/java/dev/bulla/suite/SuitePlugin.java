package dev.bulla.suite;

import dev.bulla.camunda.BullaPlugin;
import java.util.ArrayList;
import java.util.List;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;

/** The plugin under test as a node of the database's installation, and audits in between. */
public final class SuitePlugin extends BullaPlugin {

  @Override
  public void preInit(ProcessEngineConfigurationImpl engine) {
    Installation installation = Installation.of(engine.getJdbcUrl());
    setConfiguration(installation.newNode().toString());
    super.preInit(engine);
    List<CommandInterceptor> interceptors = new ArrayList<>();
    interceptors.add(new AuditingInterceptor(installation));
    interceptors.addAll(engine.getCustomPreCommandInterceptorsTxRequired());
    engine.setCustomPreCommandInterceptorsTxRequired(interceptors);
  }
}
