package dev.bulla.demo;

import dev.bulla.Bulla;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngineConfiguration;
import org.camunda.bpm.engine.externaltask.LockedExternalTask;
import org.camunda.bpm.engine.impl.cfg.ProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.StandaloneProcessEngineConfiguration;
import org.camunda.bpm.engine.impl.persistence.StrongUuidGenerator;
import org.camunda.bpm.engine.task.Task;
import org.camunda.bpm.engine.variable.VariableMap;
import org.camunda.bpm.engine.variable.Variables;
import org.camunda.spin.plugin.impl.SpinProcessEnginePlugin;
import org.camunda.spin.plugin.variable.SpinValues;

/**
 * A loan application on an ordinary Camunda engine.
 *
 * <p>Nothing here knows that the variables are sealed: the plugins that {@link #start} is given are
 * all the difference there is.
 */
final class LoanApplication implements AutoCloseable {

  private static final String WORKER = "credit-register-worker";

  private final ProcessEngine engine;
  private final Bulla bulla;

  private LoanApplication(ProcessEngine engine, Bulla bulla) {
    this.engine = engine;
    this.bulla = bulla;
  }

  /**
   * Starts the engine.
   *
   * @param bulla what the script and the delegate seal notes of their own with; closed with the
   *     application
   * @param plugins those besides Spin
   */
  static LoanApplication start(String jdbcUrl, Bulla bulla, ProcessEnginePlugin... plugins) {
    StandaloneProcessEngineConfiguration configuration = new StandaloneProcessEngineConfiguration();
    configuration.setProcessEngineName("loans");
    configuration.setJdbcUrl(jdbcUrl);
    configuration.setJdbcUsername("sa");
    configuration.setJdbcPassword("");
    configuration.setDatabaseSchemaUpdate(ProcessEngineConfiguration.DB_SCHEMA_UPDATE_TRUE);
    configuration.setHistory(ProcessEngineConfiguration.HISTORY_FULL);
    configuration.setIdGenerator(new StrongUuidGenerator());
    configuration.setJobExecutorActivate(false);
    configuration.setMetricsEnabled(false);
    configuration.setBeans(
        Map.of("notary", bulla, "contractDelegate", new ContractDelegate(bulla)));
    configuration.getProcessEnginePlugins().add(new SpinProcessEnginePlugin());
    configuration.getProcessEnginePlugins().addAll(List.of(plugins));
    return new LoanApplication(configuration.buildProcessEngine(), bulla);
  }

  /** Deploys the process, its decision, its form and its script. */
  void deploy() {
    engine
        .getRepositoryService()
        .createDeployment()
        .name("loan application")
        .addClasspathResource("loan/loan.bpmn")
        .addClasspathResource("loan/risk.dmn")
        .addInputStream(
            "assessment.form", LoanApplication.class.getResourceAsStream("/loan/assessment.form"))
        .addInputStream("score.js", LoanApplication.class.getResourceAsStream("/loan/score.js"))
        .deploy();
  }

  /** Hands in the form; the decision and the script run, then the clerk has a task. */
  String apply(Applicant applicant) {
    as("portal");
    VariableMap properties =
        Variables.createVariables()
            .putValue("applicant", applicant.name())
            .putValue("amount", applicant.amount())
            .putValue("married", applicant.married())
            .putValue("birthDate", DateTimeFormatter.ISO_DATE.format(applicant.birthDate()))
            .putValue("income", applicant.income())
            .putValue("orderId", applicant.order())
            .putValue("termMonths", 84L)
            .putValue("offer", "{\"product\":\"house\",\"rate\":3.9}")
            .putValue("passport", applicant.passport().getBytes(StandardCharsets.UTF_8))
            .putValue("household", applicant.household())
            .putValueTyped(
                "payslip",
                Variables.fileValue("payslip.txt")
                    .file(("payslip: " + applicant.income()).getBytes(StandardCharsets.UTF_8))
                    .mimeType("text/plain")
                    .create());
    return engine
        .getFormService()
        .submitStartForm(definition(), applicant.order(), properties)
        .getId();
  }

  /** Completes the clerk's task with JSON; the contract is drawn up. */
  void assess(String instance, long limit) {
    as("clerk");
    Task task = task(instance);
    engine.getTaskService().createComment(task.getId(), instance, "papers are complete");
    VariableMap form =
        Variables.createVariables()
            .putValue("recommendation", "collateral of " + limit + " cents")
            .putValue("collateralChecked", true)
            .putValueTyped(
                "assessment",
                SpinValues.jsonValue(
                        "{\"limit\":%d,\"collateral\":{\"kind\":\"house\",\"mortgaged\":false}}"
                            .formatted(limit))
                    .create());
    engine.getFormService().submitTaskForm(task.getId(), form);
  }

  /** Works off the external task: the credit register answers. */
  void answerFromCreditRegister() {
    as("credit-register");
    for (LockedExternalTask task :
        engine
            .getExternalTaskService()
            .fetchAndLock(10, WORKER)
            .topic("credit-register", 60_000)
            .execute()) {
      String answer = "no entry for " + task.getVariables().get("applicant");
      engine
          .getExternalTaskService()
          .complete(task.getId(), WORKER, Map.of("registerAnswer", answer));
    }
  }

  /** Correlates the payment by a sealed variable that stays searchable. */
  void pay(String order) {
    as("bank");
    engine
        .getRuntimeService()
        .createMessageCorrelation("payment-received")
        .processInstanceVariableEquals("orderId", order)
        .setVariable("paid", true)
        .correlate();
  }

  /** Completes the last task, which ends the instance. */
  void release(String instance) {
    as("treasurer");
    engine.getTaskService().complete(task(instance).getId());
  }

  /** Takes the application back and removes its history, as the engine's API offers it. */
  void withdraw(String instance) {
    as("portal");
    engine.getRuntimeService().deleteProcessInstance(instance, "withdrawn by the applicant");
    engine.getHistoryService().deleteHistoricProcessInstance(instance);
  }

  /** The process model as it is deployed. */
  static String model() {
    try (InputStream model = LoanApplication.class.getResourceAsStream("/loan/loan.bpmn")) {
      return new String(model.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How the engine stores the date of a form field. */
  static long millis(LocalDate date) {
    return date.atStartOfDay(ZoneId.systemDefault()).toInstant().toEpochMilli();
  }

  /** What a delegate or a user interface would see. */
  Map<String, Object> variables(String instance) {
    return engine.getRuntimeService().getVariables(instance);
  }

  @Override
  public void close() {
    engine.close();
    bulla.close();
  }

  private String definition() {
    return engine
        .getRepositoryService()
        .createProcessDefinitionQuery()
        .processDefinitionKey("loan")
        .latestVersion()
        .singleResult()
        .getId();
  }

  private Task task(String instance) {
    return engine.getTaskService().createTaskQuery().processInstanceId(instance).singleResult();
  }

  private void as(String user) {
    engine.getIdentityService().setAuthenticatedUserId(user);
  }
}
