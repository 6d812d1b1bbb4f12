package dev.bulla.engine.seal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.externaltask.LockedExternalTask;
import org.camunda.bpm.engine.filter.Filter;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.task.Comment;
import org.camunda.bpm.engine.task.Task;
import org.camunda.bpm.engine.variable.Variables;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What else holds values: after each test no table has the canary in the clear. */
class LeakTest {

  @TempDir Path directory;
  private SealedEngine sealed;
  private ProcessEngine engine;

  @BeforeEach
  void start() {
    sealed = SealedEngine.inMemory(directory, "seal = [\"*\"]");
    engine = sealed.engine();
  }

  @AfterEach
  void nothing_is_in_the_clear() {
    String dump = sealed.dump();
    sealed.close();
    assertThat(dump).doesNotContain("canary");
  }

  private String task() {
    OneTask.deploy(engine);
    OneTask.start(engine, "short", "x");
    return engine.getTaskService().createTaskQuery().singleResult().getId();
  }

  @Test
  void the_message_and_stack_trace_of_a_failed_job() {
    engine
        .getRepositoryService()
        .createDeployment()
        .addModelInstance(
            "job.bpmn",
            Bpmn.createExecutableProcess("job")
                .startEvent()
                .serviceTask()
                .camundaAsyncBefore()
                .camundaExpression("${missing.canary}")
                .endEvent()
                .done())
        .deploy();
    engine.getRuntimeService().startProcessInstanceByKey("job");
    Job job = engine.getManagementService().createJobQuery().singleResult();
    for (int attempt = 0; attempt < 3; attempt++) {
      try {
        engine.getManagementService().executeJob(job.getId());
      } catch (RuntimeException expected) {
        assertThat(expected).hasMessageContaining("canary");
      }
    }
    job = engine.getManagementService().createJobQuery().singleResult();
    assertThat(job.getExceptionMessage()).contains("canary");
    assertThat(engine.getManagementService().getJobExceptionStacktrace(job.getId()))
        .contains("canary");
    assertThat(engine.getRuntimeService().createIncidentQuery().singleResult().getIncidentMessage())
        .contains("canary");
    assertThat(
            engine
                .getHistoryService()
                .createHistoricIncidentQuery()
                .singleResult()
                .getIncidentMessage())
        .contains("canary");
    assertThat(engine.getHistoryService().createHistoricJobLogQuery().failureLog().list())
        .hasSize(3)
        .allMatch(log -> log.getJobExceptionMessage().contains("canary"));
  }

  @Test
  void the_message_and_details_of_a_failed_external_task() {
    engine
        .getRepositoryService()
        .createDeployment()
        .addModelInstance(
            "external.bpmn",
            Bpmn.createExecutableProcess("external")
                .startEvent()
                .serviceTask()
                .camundaExternalTask("topic")
                .endEvent()
                .done())
        .deploy();
    engine
        .getRuntimeService()
        .createProcessInstanceByKey("external")
        .setVariable("secret", "canary")
        .execute();
    LockedExternalTask task =
        engine
            .getExternalTaskService()
            .fetchAndLock(1, "worker")
            .topic("topic", 10_000)
            .execute()
            .get(0);
    assertThat(task.getVariables()).containsEntry("secret", "canary");
    engine
        .getExternalTaskService()
        .handleFailure(task.getId(), "worker", "canary message", "canary details", 0, 0);
    assertThat(
            engine.getExternalTaskService().createExternalTaskQuery().singleResult().getRetries())
        .isZero();
    assertThat(engine.getExternalTaskService().getExternalTaskErrorDetails(task.getId()))
        .isEqualTo("canary details");
    assertThat(
            engine
                .getHistoryService()
                .createHistoricExternalTaskLogQuery()
                .failureLog()
                .singleResult()
                .getErrorMessage())
        .isEqualTo("canary message");
  }

  @Test
  void comments_and_attachments() {
    String task = task();
    engine.getTaskService().createComment(task, null, "canary comment");
    engine
        .getTaskService()
        .createAttachment(
            "text",
            task,
            null,
            "name",
            "description",
            new ByteArrayInputStream("canary content".getBytes(StandardCharsets.UTF_8)));
    Comment comment = engine.getTaskService().getTaskComments(task).get(0);
    assertThat(comment.getFullMessage()).isEqualTo("canary comment");
    String attachment = engine.getTaskService().getTaskAttachments(task).get(0).getId();
    assertThat(engine.getTaskService().getAttachmentContent(attachment))
        .hasBinaryContent("canary content".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void form_properties_and_the_log_of_user_operations() {
    String task = task();
    engine.getIdentityService().setAuthenticatedUserId("ada");
    engine
        .getFormService()
        .submitTaskForm(task, Variables.createVariables().putValue("answer", "canary"));
    assertThat(engine.getHistoryService().createHistoricDetailQuery().formFields().list())
        .hasSize(1);
  }

  @Test
  void the_log_of_user_operations_on_variables() {
    String task = task();
    engine.getIdentityService().setAuthenticatedUserId("ada");
    engine.getTaskService().setVariable(task, "answer", "canary");
    engine.getTaskService().setVariable(task, "answer", "canary 2");
    assertThat(engine.getHistoryService().createUserOperationLogQuery().count()).isPositive();
  }

  @Test
  void a_saved_query() {
    Filter filter =
        engine
            .getFilterService()
            .newTaskFilter("mine")
            .setQuery(
                engine
                    .getTaskService()
                    .createTaskQuery()
                    .processVariableValueEquals("a", "canary"));
    engine.getFilterService().saveFilter(filter);
    String query =
        engine.getFilterService().createFilterQuery().singleResult().getQuery().toString();
    assertThat(query).isNotNull();
  }

  @Test
  void what_a_decision_takes_and_gives() {
    String dmn =
        """
        <definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
            namespace="test">
          <decision id="decide" name="decide">
            <decisionTable hitPolicy="COLLECT" aggregation="SUM">
              <input id="i" label="in">
                <inputExpression typeRef="string"><text>given</text></inputExpression>
              </input>
              <output id="o" label="out" name="out" typeRef="double"/>
              <rule id="r">
                <inputEntry id="ie"><text></text></inputEntry>
                <outputEntry id="oe"><text>424242.5</text></outputEntry>
              </rule>
            </decisionTable>
          </decision>
        </definitions>
        """;
    engine.getRepositoryService().createDeployment().addString("d.dmn", dmn).deploy();
    engine
        .getDecisionService()
        .evaluateDecisionByKey("decide")
        .variables(Variables.createVariables().putValue("given", "canary"))
        .evaluate();
    var decision =
        engine
            .getHistoryService()
            .createHistoricDecisionInstanceQuery()
            .includeInputs()
            .includeOutputs()
            .singleResult();
    assertThat(decision.getCollectResultValue()).isEqualTo(424_242.5);
    assertThat(decision.getInputs().get(0).getValue()).isEqualTo("canary");
    assertThat(decision.getOutputs().get(0).getValue()).isEqualTo(424_242.5);
    assertThat(sealed.dump()).doesNotContain("424242.5");
  }

  @Test
  void reading_writes_nothing_and_is_told_to_the_recorder() {
    String task = task();
    engine.getTaskService().setVariable(task, "secret", "canary");
    sealed.writes().clear();
    sealed.opened().clear();
    assertThat(engine.getTaskService().getVariables(task)).containsEntry("secret", "canary");
    Task found = engine.getTaskService().createTaskQuery().taskId(task).singleResult();
    assertThat(found.getName()).isEqualTo("task");
    assertThat(engine.getHistoryService().createHistoricVariableInstanceQuery().list()).hasSize(2);
    assertThat(sealed.writes()).isEmpty();
    assertThat(sealed.opened()).containsAll(List.of("ACT_RU_VARIABLE", "ACT_HI_VARINST"));
  }
}
