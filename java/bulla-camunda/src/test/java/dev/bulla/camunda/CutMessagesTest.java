package dev.bulla.camunda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.AuditReport;
import java.nio.file.Path;
import java.util.Map;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.runtime.Incident;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.task.Task;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine cuts messages to the length of their columns, also where that is within a pair. */
class CutMessagesTest {

  private static final String PAIR = "😀";

  /** Of which the engine keeps 666 characters. */
  private static final String LONG = "x".repeat(665) + PAIR;

  private static final JavaDelegate BROKEN =
      execution -> {
        throw new IllegalStateException(LONG);
      };

  @TempDir Path directory;

  private Site site;
  private ProcessEngine engine;

  @BeforeEach
  void start() {
    site = new Site(directory);
    engine = site.start(configuration -> configuration.setBeans(Map.of("broken", BROKEN)));
  }

  @AfterEach
  void stop() {
    engine.close();
  }

  @Test
  void the_retries_of_a_failed_job_are_counted() throws Exception {
    deploy(
        Bpmn.createExecutableProcess("failing")
            .camundaHistoryTimeToLive(5)
            .startEvent()
            .serviceTask()
            .camundaAsyncBefore()
            .camundaDelegateExpression("${broken}")
            .endEvent()
            .done());
    engine.getRuntimeService().startProcessInstanceByKey("failing");
    String id = engine.getManagementService().createJobQuery().singleResult().getId();
    for (int left = 2; left >= 0; left--) {
      assertThatThrownBy(() -> engine.getManagementService().executeJob(id))
          .hasStackTraceContaining(LONG);
      Job job = engine.getManagementService().createJobQuery().singleResult();
      assertThat(job.getRetries()).isEqualTo(left);
      assertThat(job.getExceptionMessage()).endsWith("x\ufffd").hasSize(666);
    }
    Incident incident = engine.getRuntimeService().createIncidentQuery().singleResult();
    assertThat(incident.getIncidentMessage()).endsWith("x\ufffd");
    audit();
  }

  @Test
  void an_external_task_fails_as_its_worker_says() throws Exception {
    deploy(
        Bpmn.createExecutableProcess("external")
            .camundaHistoryTimeToLive(5)
            .startEvent()
            .serviceTask()
            .camundaExternalTask("work")
            .endEvent()
            .done());
    engine.getRuntimeService().startProcessInstanceByKey("external");
    var tasks = engine.getExternalTaskService();
    String id = tasks.fetchAndLock(1, "w").topic("work", 60_000).execute().get(0).getId();
    tasks.handleFailure(id, "w", LONG, "details " + PAIR, 1, 0);
    assertThat(tasks.createExternalTaskQuery().singleResult().getErrorMessage())
        .endsWith("x\ufffd");
    audit();
  }

  @Test
  void a_comment_is_made_whose_short_form_ends_within_a_pair() throws Exception {
    Site.deploy(engine);
    engine.getRuntimeService().startProcessInstanceByKey("order");
    Task task = engine.getTaskService().createTaskQuery().singleResult();
    String text = "x".repeat(159) + PAIR + "and some more";
    engine.getTaskService().createComment(task.getId(), task.getProcessInstanceId(), text);
    assertThat(engine.getTaskService().getTaskComments(task.getId()).get(0).getFullMessage())
        .isEqualTo(text);
    audit();
  }

  @Test
  void half_a_pair_elsewhere_is_refused_with_its_place() throws Exception {
    Site.deploy(engine);
    String half = PAIR.substring(0, 1);
    var runtime = engine.getRuntimeService();
    assertThatThrownBy(
            () -> runtime.startProcessInstanceByKey("order", Map.of("a", "b", "c", "d" + half)))
        .hasStackTraceContaining(
            "variable c of ACT_HI_VARINST: lone surrogate at character 1; half of a"
                + " surrogate pair has no UTF-8 form");
    assertThatThrownBy(() -> runtime.startProcessInstanceByKey("order", "e" + half))
        .hasStackTraceContaining(
            " of ACT_HI_PROCINST cannot be recorded: BUSINESS_KEY_: lone surrogate at character 1;"
                + " half of a surrogate pair has no UTF-8 form");
    assertThat(runtime.createProcessInstanceQuery().count()).isZero();
    audit();
  }

  private void deploy(BpmnModelInstance model) {
    engine.getRepositoryService().createDeployment().addModelInstance("a.bpmn", model).deploy();
  }

  private void audit() throws Exception {
    site.node().checkpoint();
    AuditReport report = site.audit();
    assertThat(report.missing()).isEmpty();
    assertThat(report.findings()).isEmpty();
  }
}
