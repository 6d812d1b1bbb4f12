package dev.bulla.benchmarks;

import dev.bulla.Keys;
import dev.bulla.camunda.BullaPlugin;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngineConfiguration;
import org.camunda.bpm.engine.impl.cfg.StandaloneProcessEngineConfiguration;
import org.camunda.bpm.engine.impl.persistence.StrongUuidGenerator;
import org.camunda.bpm.engine.variable.VariableMap;
import org.camunda.bpm.engine.variable.Variables;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.spin.plugin.impl.SpinProcessEnginePlugin;
import org.camunda.spin.plugin.variable.SpinValues;

/**
 * One engine in a process of its own, which completes tasks when it is told to.
 *
 * <p>Each line on the standard input is a number of tasks; each is answered with the nanoseconds
 * that their completion took. The instances are started before the clock is.
 */
final class Completions implements AutoCloseable {
  private static final String JSON =
      "{\"lines\":["
          + "{\"item\":\"clay\",\"pieces\":12,\"price\":3.75,\"note\":\"%s\"},".repeat(11)
          + "{\"item\":\"reed\",\"pieces\":7}],\"paid\":false,\"ratio\":0.25}";

  private final ProcessEngine engine;
  private int done;

  private Completions(ProcessEngine engine) {
    this.engine = engine;
  }

  /** An engine on a database, with the plugin if a directory for it is given. */
  static Completions open(String jdbcUrl, Path directory) throws IOException {
    Completions completions =
        new Completions(start(jdbcUrl, directory == null ? List.of() : List.of(plugin(directory))));
    completions.deploy();
    return completions;
  }

  /** Arguments: {@code on} or {@code off}, a JDBC URL, a directory for the plugin. */
  public static void main(String[] arguments) throws IOException {
    Path directory = arguments[0].equals("on") ? Path.of(arguments[2]) : null;
    try (Completions completions = open(arguments[1], directory)) {
      System.out.println("ready");
      BufferedReader orders =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
      for (String count = orders.readLine(); count != null; count = orders.readLine()) {
        System.out.println(completions.complete(Integer.parseInt(count)));
      }
    }
  }

  @Override
  public void close() {
    engine.close();
  }

  private static BullaPlugin plugin(Path directory) throws IOException {
    Files.createDirectories(directory.resolve("anchors"));
    Path configuration = directory.resolve("bulla.toml");
    Files.writeString(
        configuration,
        """
        installation = "benchmark"
        node = "node-1"

        [keys]
        master = "keys/master.jwk"
        identity = "keys/identity.jwk"
        log = "keys/log.jwk"

        [[anchor]]
        directory = "anchors"
        """);
    Keys.generate(directory.resolve("keys"), "benchmark/node-1");
    BullaPlugin plugin = new BullaPlugin();
    plugin.setConfiguration(configuration.toString());
    return plugin;
  }

  private static ProcessEngine start(String jdbcUrl, List<BullaPlugin> plugins) {
    StandaloneProcessEngineConfiguration configuration = new StandaloneProcessEngineConfiguration();
    configuration.setJdbcUrl(jdbcUrl);
    configuration.setJdbcUsername("sa");
    configuration.setJdbcPassword("");
    configuration.setDatabaseSchemaUpdate(ProcessEngineConfiguration.DB_SCHEMA_UPDATE_TRUE);
    configuration.setHistory(ProcessEngineConfiguration.HISTORY_FULL);
    configuration.setIdGenerator(new StrongUuidGenerator());
    configuration.setJobExecutorActivate(false);
    configuration.setMetricsEnabled(false);
    configuration.getProcessEnginePlugins().add(new SpinProcessEnginePlugin());
    configuration.getProcessEnginePlugins().addAll(plugins);
    return configuration.buildProcessEngine();
  }

  private void deploy() {
    engine
        .getRepositoryService()
        .createDeployment()
        .addModelInstance(
            "order.bpmn",
            Bpmn.createExecutableProcess("order")
                .camundaHistoryTimeToLive(180)
                .startEvent()
                .userTask("enter")
                .userTask("check")
                .endEvent()
                .done())
        .deploy();
  }

  /** Completes so many tasks; returns how many nanoseconds that took. */
  long complete(int count) {
    List<String> tasks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String instance = engine.getRuntimeService().startProcessInstanceByKey("order").getId();
      tasks.add(
          engine
              .getTaskService()
              .createTaskQuery()
              .processInstanceId(instance)
              .singleResult()
              .getId());
    }
    List<Map<String, Object>> entered = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      entered.add(entered(done++));
    }
    long began = System.nanoTime();
    for (int i = 0; i < count; i++) {
      engine.getTaskService().complete(tasks.get(i), entered.get(i));
    }
    return System.nanoTime() - began;
  }

  private static VariableMap entered(int number) {
    VariableMap variables = Variables.createVariables();
    for (String name : List.of("customer", "street", "city", "contact", "remark")) {
      variables.putValue(name, "the %s of order number %d".formatted(name, number));
    }
    for (String name : List.of("order", "invoice")) {
      variables.putValueTyped(
          name, SpinValues.jsonValue(JSON.replace("%s", "of " + number)).create());
    }
    return variables;
  }
}
