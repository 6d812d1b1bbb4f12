package dev.bulla.camunda;

import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.authorization.Authorization;
import org.camunda.bpm.engine.authorization.Permissions;
import org.camunda.bpm.engine.authorization.Resources;
import org.camunda.bpm.engine.impl.ManagementServiceImpl;
import org.camunda.bpm.engine.impl.util.ClockUtil;
import org.camunda.bpm.engine.management.JobDefinition;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.camunda.bpm.engine.task.Task;
import org.camunda.bpm.engine.variable.Variables;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;

/** What people do with an engine, checked in the middle. */
public final class Work {

  private Work() {}

  /** Looks whether all is well so far. */
  public interface Check {
    void run() throws Exception;
  }

  /** One kind of work. */
  public interface Kind {
    void on(ProcessEngine engine, Check check) throws Exception;
  }

  /** All kinds, by name. */
  public static Map<String, Kind> kinds() {
    Map<String, Kind> kinds = new LinkedHashMap<>();
    kinds.put("variables and tasks", Work::variablesAndTasks);
    kinds.put("removal times by root instance", Work::removalTimes);
    kinds.put("history cleanup", Work::historyCleanup);
    kinds.put("deletions through the api", Work::deletions);
    kinds.put("identities and authorizations", Work::identities);
    kinds.put("failing jobs and batches", Work::failingJobs);
    kinds.put("many threads", Work::manyThreads);
    kinds.put("of values that do not fit their column", Work::largeValues);
    kinds.put("of a purge", Work::purge);
    kinds.put("of migration, modification and restart", Work::migration);
    kinds.put("of external tasks, incidents and decisions", Work::externalTasks);
    return kinds;
  }

  public static void largeValues(ProcessEngine engine, Check check) throws Exception {
    deploy(engine);
    ProcessInstance instance = startOne(engine, 1);
    engine.getRuntimeService().setVariable(instance.getId(), "text", "y".repeat(3900));
    check.run();
    engine.getRuntimeService().setVariable(instance.getId(), "text", "z".repeat(3800));
    check.run();
    engine.getRuntimeService().setVariable(instance.getId(), "text", "short");
    check.run();
    engine.getTaskService().complete(taskOf(engine, instance).getId());
    runJobs(engine);
    check.run();
    engine.getHistoryService().deleteHistoricProcessInstance(instance.getId());
    check.run();
  }

  public static void purge(ProcessEngine engine, Check check) throws Exception {
    deploy(engine);
    ProcessInstance instance = startOne(engine, 1);
    engine.getTaskService().complete(taskOf(engine, instance).getId());
    startOne(engine, 2);
    check.run();
    ((ManagementServiceImpl) engine.getManagementService()).purge();
    check.run();
    deploy(engine);
    startOne(engine, 3);
    check.run();
  }

  public static void migration(ProcessEngine engine, Check check) throws Exception {
    deploy(engine);
    String source = definition(engine);
    ProcessInstance instance = startOne(engine, 1);
    deploy(engine);
    String target = definition(engine);
    engine
        .getRuntimeService()
        .newMigration(
            engine
                .getRuntimeService()
                .createMigrationPlan(source, target)
                .mapEqualActivities()
                .build())
        .processInstanceIds(instance.getId())
        .execute();
    check.run();
    engine
        .getRuntimeService()
        .createProcessInstanceModification(instance.getId())
        .startBeforeActivity("check")
        .setVariable("modified", "yes")
        .execute();
    check.run();
    engine.getRuntimeService().deleteProcessInstance(instance.getId(), "to restart it");
    engine
        .getRuntimeService()
        .restartProcessInstances(target)
        .startBeforeActivity("check")
        .processInstanceIds(instance.getId())
        .execute();
    check.run();
  }

  public static void externalTasks(ProcessEngine engine, Check check) throws Exception {
    engine
        .getRepositoryService()
        .createDeployment()
        .addModelInstance(
            "external.bpmn",
            Bpmn.createExecutableProcess("external")
                .camundaHistoryTimeToLive(5)
                .startEvent()
                .serviceTask("ship")
                .camundaExternalTask("shipping")
                .endEvent()
                .done())
        .addString("rate.dmn", DECISION)
        .deploy();
    engine.getRuntimeService().startProcessInstanceByKey("external", Map.of("weight", 5));
    for (var task :
        engine.getExternalTaskService().fetchAndLock(1, "w").topic("shipping", 60_000L).execute()) {
      engine.getExternalTaskService().handleFailure(task.getId(), "w", "no ship", "details", 0, 0);
    }
    check.run();
    String incident = engine.getRuntimeService().createIncidentQuery().singleResult().getId();
    engine.getRuntimeService().setAnnotationForIncidentById(incident, "seen");
    check.run();
    String external =
        engine.getExternalTaskService().createExternalTaskQuery().singleResult().getId();
    engine.getExternalTaskService().setRetries(external, 1);
    for (var task :
        engine.getExternalTaskService().fetchAndLock(1, "w").topic("shipping", 60_000L).execute()) {
      engine.getExternalTaskService().complete(task.getId(), "w", Map.of("shipped", true));
    }
    check.run();
    engine.getDecisionService().evaluateDecisionTableByKey("rate", Variables.putValue("amount", 7));
    check.run();
  }

  private static final String DECISION =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
          namespace="http://camunda.org/schema/1.0/dmn"
          xmlns:camunda="http://camunda.org/schema/1.0/dmn">
        <decision id="rate" name="Rate" camunda:historyTimeToLive="5">
          <decisionTable id="table">
            <input id="i" label="amount">
              <inputExpression id="e" typeRef="integer"><text>amount</text></inputExpression>
            </input>
            <output id="o" label="rate" name="rate" typeRef="string"/>
            <rule id="r">
              <inputEntry id="ie"><text>&lt; 10</text></inputEntry>
              <outputEntry id="oe"><text>"low"</text></outputEntry>
            </rule>
          </decisionTable>
        </decision>
      </definitions>
      """;

  private static String definition(ProcessEngine engine) {
    return engine
        .getRepositoryService()
        .createProcessDefinitionQuery()
        .processDefinitionKey("order")
        .latestVersion()
        .singleResult()
        .getId();
  }

  public static void variablesAndTasks(ProcessEngine engine, Check check) throws Exception {
    deploy(engine);
    for (int i = 0; i < 3; i++) {
      ProcessInstance instance = startOne(engine, i);
      Task task = taskOf(engine, instance);
      engine.getTaskService().setAssignee(task.getId(), "kermit");
      engine.getTaskService().setVariableLocal(task.getId(), "local", 7);
      engine.getTaskService().createComment(task.getId(), instance.getId(), "well");
      engine.getTaskService().createAttachment("t", task.getId(), instance.getId(), "n", "d", "u");
      engine.getTaskService().addCandidateGroup(task.getId(), "clerks");
      engine.getRuntimeService().setVariable(instance.getId(), "text", "changed");
      engine.getRuntimeService().setVariable(instance.getId(), "text", 5);
      engine.getRuntimeService().setVariable(instance.getId(), "bytes", new byte[] {9});
      engine.getRuntimeService().removeVariable(instance.getId(), "number");
      check.run();
      engine.getTaskService().complete(task.getId(), Map.of("done", true));
      check.run();
    }
  }

  public static void removalTimes(ProcessEngine engine, Check check) throws Exception {
    deploy(engine);
    ProcessInstance instance = startOne(engine, 1);
    engine.getTaskService().complete(taskOf(engine, instance).getId());
    runJobs(engine);
    check.run();
    engine
        .getHistoryService()
        .setRemovalTimeToHistoricProcessInstances()
        .absoluteRemovalTime(new Date(1_900_000_000_000L))
        .byIds(instance.getId())
        .executeAsync();
    runJobs(engine);
    check.run();
  }

  public static void historyCleanup(ProcessEngine engine, Check check) throws Exception {
    deploy(engine);
    for (int i = 0; i < 4; i++) {
      ProcessInstance instance = startOne(engine, i);
      engine.getTaskService().complete(taskOf(engine, instance).getId());
      runJobs(engine);
    }
    check.run();
    ClockUtil.setCurrentTime(new Date(System.currentTimeMillis() + 40L * 24 * 3600 * 1000));
    engine.getHistoryService().cleanUpHistoryAsync(true);
    for (Job job : engine.getHistoryService().findHistoryCleanupJobs()) {
      engine.getManagementService().executeJob(job.getId());
    }
    check.run();
  }

  public static void deletions(ProcessEngine engine, Check check) throws Exception {
    String deployment = deploy(engine);
    ProcessInstance deleted = startOne(engine, 1);
    ProcessInstance kept = startOne(engine, 2);
    engine.getRuntimeService().deleteProcessInstance(deleted.getId(), "because");
    check.run();
    engine.getHistoryService().deleteHistoricProcessInstance(deleted.getId());
    check.run();
    engine.getRuntimeService().suspendProcessInstanceById(kept.getId());
    engine.getRepositoryService().suspendProcessDefinitionByKey("order", true, null);
    check.run();
    engine.getRepositoryService().deleteDeployment(deployment, true);
    check.run();
  }

  public static void identities(ProcessEngine engine, Check check) throws Exception {
    var identity = engine.getIdentityService();
    var user = identity.newUser("kermit");
    user.setPassword("secret");
    identity.saveUser(user);
    identity.saveGroup(identity.newGroup("clerks"));
    identity.saveTenant(identity.newTenant("one"));
    identity.createMembership("kermit", "clerks");
    identity.createTenantUserMembership("one", "kermit");
    identity.setUserInfo("kermit", "key", "value");
    Authorization right =
        engine.getAuthorizationService().createNewAuthorization(Authorization.AUTH_TYPE_GRANT);
    right.setUserId("kermit");
    right.setResource(Resources.PROCESS_DEFINITION);
    right.setResourceId("*");
    right.addPermission(Permissions.ALL);
    engine.getAuthorizationService().saveAuthorization(right);
    check.run();
    right.removePermission(Permissions.DELETE);
    engine.getAuthorizationService().saveAuthorization(right);
    check.run();
    identity.deleteMembership("kermit", "clerks");
    identity.deleteUser("kermit");
    identity.deleteGroup("clerks");
    identity.deleteTenant("one");
    check.run();
  }

  public static void failingJobs(ProcessEngine engine, Check check) throws Exception {
    deploy(engine);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ids.add(engine.getRuntimeService().startProcessInstanceByKey("failing").getId());
    }
    for (int i = 0; i < 4; i++) {
      runJobs(engine);
    }
    check.run();
    for (JobDefinition definition :
        engine.getManagementService().createJobDefinitionQuery().list()) {
      engine.getManagementService().setJobRetriesByJobDefinitionId(definition.getId(), 2);
      engine
          .getManagementService()
          .setOverridingJobPriorityForJobDefinition(definition.getId(), 5, true);
    }
    check.run();
    engine.getRuntimeService().deleteProcessInstancesAsync(ids, "batch");
    runJobs(engine);
    runJobs(engine);
    runJobs(engine);
    check.run();
  }

  public static void manyThreads(ProcessEngine engine, Check check) throws Exception {
    deploy(engine);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        all.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 8; i++) {
                    ProcessInstance instance = startOne(engine, i);
                    engine.getTaskService().complete(taskOf(engine, instance).getId());
                  }
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
    check.run();
  }

  static String deploy(ProcessEngine engine) {
    BpmnModelInstance order =
        Bpmn.createExecutableProcess("order")
            .camundaHistoryTimeToLive(5)
            .startEvent()
            .userTask("check")
            .serviceTask("later")
            .camundaAsyncBefore()
            .camundaExpression("${true}")
            .endEvent()
            .done();
    BpmnModelInstance failing =
        Bpmn.createExecutableProcess("failing")
            .camundaHistoryTimeToLive(5)
            .startEvent()
            .serviceTask("fails")
            .camundaAsyncBefore()
            .camundaExpression("${missing.method()}")
            .endEvent()
            .done();
    return engine
        .getRepositoryService()
        .createDeployment()
        .name("models")
        .addModelInstance("order.bpmn", order)
        .addModelInstance("failing.bpmn", failing)
        .deploy()
        .getId();
  }

  static ProcessInstance startOne(ProcessEngine engine, int number) {
    return engine
        .getRuntimeService()
        .startProcessInstanceByKey(
            "order",
            "business-" + number,
            Variables.putValue("text", "a text")
                .putValue("number", number)
                .putValue("real", 0.1)
                .putValue("truth", true)
                .putValue("day", new Date(1_700_000_000_123L))
                .putValue("bytes", new byte[] {1, 2, 3})
                .putValue("nothing", null)
                .putValue("list", new ArrayList<>(List.of("x")))
                .putValue("large", "x".repeat(3000)));
  }

  static Task taskOf(ProcessEngine engine, ProcessInstance instance) {
    return engine
        .getTaskService()
        .createTaskQuery()
        .processInstanceId(instance.getId())
        .singleResult();
  }

  static void runJobs(ProcessEngine engine) {
    for (Job job :
        engine.getManagementService().createJobQuery().active().withRetriesLeft().list()) {
      try {
        engine.getManagementService().executeJob(job.getId());
      } catch (RuntimeException expectedOfFailingJobs) {
        // The engine keeps the failure with the job.
      }
    }
  }
}
