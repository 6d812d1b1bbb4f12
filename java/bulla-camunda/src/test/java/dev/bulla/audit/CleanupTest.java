package dev.bulla.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.bulla.AuditReport;
import dev.bulla.Finding;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Date;
import java.util.Map;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.batch.Batch;
import org.camunda.bpm.engine.impl.util.ClockUtil;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.task.Task;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The clean-up of history, in its time and before it. */
class CleanupTest {
  private static final long DAY = 86_400_000;

  @TempDir Path directory;

  private Installation site;
  private ProcessEngine engine;

  @BeforeEach
  void start() throws Exception {
    site = new Installation(directory);
    engine = site.start();
    Installation.deploy(engine);
    Installation.apply(engine, 0, true);
    Installation.apply(engine, 1, false);
  }

  @AfterEach
  void close() {
    ClockUtil.reset();
    engine.close();
  }

  private void cleanUp() {
    engine.getHistoryService().cleanUpHistoryAsync(true);
    for (Job job : engine.getHistoryService().findHistoryCleanupJobs()) {
      engine.getManagementService().executeJob(job.getId());
    }
  }

  private long finished() throws SQLException {
    return Long.parseLong(
        site.query("SELECT COUNT(*) FROM ACT_HI_PROCINST WHERE BUSINESS_KEY_ = 'loan-0'"));
  }

  @Test
  void history_cleaned_up_in_its_time_alarms_nobody() throws Exception {
    ClockUtil.setCurrentTime(new Date(System.currentTimeMillis() + 10 * DAY));
    cleanUp();
    assertThat(finished()).isZero();
    assertThat(site.audit().findings()).isEmpty();
  }

  @Test
  void history_cleaned_up_by_a_moved_date_is_early() throws Exception {
    moveDates("1 = 1");
    cleanUp();
    assertThat(finished()).isZero();
    AuditReport report = site.audit();
    assertThat(Installation.kinds(report)).isNotEmpty().containsOnly("EARLY_CLEANUP");
    assertThat(report.findings()).extracting(Finding::table).contains("ACT_HI_PROCINST");
  }

  @Test
  void rows_of_a_called_process_cleaned_up_in_their_time_alarm_nobody() throws Exception {
    callLoan();
    ClockUtil.setCurrentTime(new Date(System.currentTimeMillis() + 10 * DAY));
    cleanUp();
    assertThat(finished()).isZero();
    assertThat(site.audit().findings()).isEmpty();
  }

  @Test
  void rows_of_a_called_process_cleaned_up_by_a_moved_date_are_early() throws Exception {
    String called = callLoan();
    moveDates("ROOT_PROC_INST_ID_ <> PROC_INST_ID_");
    cleanUp();
    assertThat(site.query("SELECT COUNT(*) FROM ACT_HI_TASKINST WHERE " + OF + called + "'"))
        .isEqualTo("0");
    AuditReport report = site.audit();
    assertThat(report.findings())
        .extracting(Finding::kind, Finding::column, Finding::processInstance)
        .isNotEmpty()
        .containsOnly(tuple("EARLY_CLEANUP", "REMOVAL_TIME_", called));
    assertThat(report.findings())
        .extracting(Finding::table)
        .contains("ACT_HI_PROCINST", "ACT_HI_TASKINST", "ACT_HI_VARINST");
  }

  @Test
  void rows_filed_under_another_root_before_they_are_cleaned_up_are_early() throws Exception {
    String called = callLoan();
    moveDates("ROOT_PROC_INST_ID_ <> PROC_INST_ID_");
    site.tamper(
        "UPDATE ACT_HI_TASKINST SET ROOT_PROC_INST_ID_ = 'none' WHERE " + OF + called + "'");
    cleanUp();
    assertThat(site.audit().findings())
        .filteredOn(found -> found.table().equals("ACT_HI_TASKINST"))
        .extracting(Finding::kind, Finding::column)
        .isNotEmpty()
        .containsOnly(tuple("EARLY_CLEANUP", "ROOT_PROC_INST_ID_"));
  }

  @Test
  void rows_filed_under_no_root_before_they_are_cleaned_up_are_early() throws Exception {
    String called = callLoan();
    site.tamper(
        "UPDATE ACT_HI_TASKINST SET ROOT_PROC_INST_ID_ = NULL,"
            + " REMOVAL_TIME_ = TIMESTAMP '2020-01-01 00:00:00' WHERE "
            + OF
            + called
            + "'");
    cleanUp();
    assertThat(site.audit().findings())
        .extracting(Finding::kind, Finding::table, Finding::column)
        .isNotEmpty()
        .containsOnly(tuple("EARLY_CLEANUP", "ACT_HI_TASKINST", "ROOT_PROC_INST_ID_"));
  }

  @Test
  void history_of_a_running_instance_cleaned_up_by_an_invented_date_is_early() throws Exception {
    String running = site.query("SELECT ID_ FROM ACT_HI_PROCINST WHERE BUSINESS_KEY_ = 'loan-1'");
    for (String table : new String[] {"ACT_HI_VARINST", "ACT_HI_TASKINST"}) {
      site.tamper(
          "UPDATE %s SET REMOVAL_TIME_ = TIMESTAMP '2020-01-01 00:00:00' WHERE %s%s'"
              .formatted(table, OF, running));
    }
    cleanUp();
    assertThat(site.query("SELECT COUNT(*) FROM ACT_HI_VARINST WHERE " + OF + running + "'"))
        .isEqualTo("0");
    AuditReport report = site.audit();
    assertThat(report.findings())
        .extracting(Finding::kind, Finding::column, Finding::processInstance)
        .isNotEmpty()
        .containsOnly(tuple("EARLY_CLEANUP", "REMOVAL_TIME_", running));
    assertThat(report.findings())
        .extracting(Finding::table)
        .contains("ACT_HI_VARINST", "ACT_HI_TASKINST");
  }

  @Test
  void rows_deleted_along_with_an_instance_that_is_not_theirs_are_told() throws Exception {
    String kept = site.query("SELECT ID_ FROM ACT_HI_PROCINST WHERE BUSINESS_KEY_ = 'loan-1'");
    String deleted = site.query("SELECT ID_ FROM ACT_HI_PROCINST WHERE BUSINESS_KEY_ = 'loan-0'");
    String grade =
        "FROM ACT_HI_VARINST WHERE NAME_ = 'grade' AND PROC_INST_ID_ = '%s'".formatted(kept);
    String row = site.query("SELECT ID_ " + grade);
    site.tamper(
        "UPDATE ACT_HI_VARINST SET PROC_INST_ID_ = '%s' WHERE ID_ = '%s'".formatted(deleted, row));
    engine.getHistoryService().deleteHistoricProcessInstance(deleted);
    assertThat(site.query("SELECT ID_ FROM ACT_HI_VARINST WHERE ID_ = '%s'".formatted(row)))
        .isNull();
    assertThat(site.audit().findings())
        .extracting(
            Finding::kind,
            Finding::table,
            Finding::row,
            Finding::column,
            Finding::variable,
            Finding::processInstance)
        .containsExactly(
            tuple("UNAUTHORISED_DELETION", "ACT_HI_VARINST", row, "PROC_INST_ID_", "grade", kept));
  }

  private static final String OF = "PROC_INST_ID_ = '";

  /** Runs a process that calls another to its end; returns the called instance. */
  private String callLoan() {
    engine
        .getRepositoryService()
        .createDeployment()
        .addModelInstance(
            "caller.bpmn",
            Bpmn.createExecutableProcess("caller")
                .camundaHistoryTimeToLive(5)
                .startEvent()
                .callActivity()
                .calledElement("loan")
                .camundaIn("amount", "amount")
                .endEvent()
                .done())
        .deploy();
    String caller =
        engine
            .getRuntimeService()
            .startProcessInstanceByKey("caller", Map.of("amount", 1L))
            .getId();
    String called =
        engine
            .getRuntimeService()
            .createProcessInstanceQuery()
            .superProcessInstanceId(caller)
            .singleResult()
            .getId();
    for (int n = 0; n < 2; n++) {
      Task task =
          engine.getTaskService().createTaskQuery().processInstanceId(called).singleResult();
      engine.getTaskService().complete(task.getId());
    }
    return called;
  }

  /** Moves the dates of rows that have one. */
  private void moveDates(String rows) throws SQLException {
    for (String table :
        new String[] {"PROCINST", "ACTINST", "TASKINST", "VARINST", "DETAIL", "OP_LOG"}) {
      site.execute(
          "UPDATE ACT_HI_"
              + table
              + " SET REMOVAL_TIME_ = TIMESTAMP '2020-01-01 00:00:00' WHERE REMOVAL_TIME_ IS NOT NULL"
              + " AND "
              + rows);
    }
  }

  @Test
  void a_decision_whose_date_was_moved_by_the_engine_may_be_deleted() throws Exception {
    engine.getRepositoryService().createDeployment().addString("rate.dmn", DECISION).deploy();
    engine.getDecisionService().evaluateDecisionTableByKey("rate", Map.of("amount", 7));
    String decision = site.query("SELECT ID_ FROM ACT_HI_DECINST");
    Batch batch =
        engine
            .getHistoryService()
            .setRemovalTimeToHistoricDecisionInstances()
            .absoluteRemovalTime(new Date(30 * DAY))
            .byIds(decision)
            .executeAsync();
    engine.getManagementService().executeJob(job(batch.getSeedJobDefinitionId()));
    engine.getManagementService().executeJob(job(batch.getBatchJobDefinitionId()));
    assertThat(site.query("SELECT REMOVAL_TIME_ FROM ACT_HI_DEC_OUT")).startsWith("1970-01-31");

    engine.getHistoryService().deleteHistoricDecisionInstanceByInstanceId(decision);
    assertThat(site.query("SELECT ID_ FROM ACT_HI_DEC_OUT")).isNull();
    assertThat(site.audit().findings()).isEmpty();
  }

  private String job(String definition) {
    return engine
        .getManagementService()
        .createJobQuery()
        .jobDefinitionId(definition)
        .singleResult()
        .getId();
  }

  private static final String DECISION =
      """
      <definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
          namespace="http://camunda.org/schema/1.0/dmn"
          xmlns:camunda="http://camunda.org/schema/1.0/dmn">
        <decision id="rate" name="Rate" camunda:historyTimeToLive="5">
          <decisionTable id="t">
            <input id="i"><inputExpression id="e" typeRef="integer"><text>amount</text></inputExpression></input>
            <output id="o" name="rate" typeRef="integer" />
            <rule id="r">
              <inputEntry id="ie"><text></text></inputEntry>
              <outputEntry id="oe"><text>3</text></outputEntry>
            </rule>
          </decisionTable>
        </decision>
      </definitions>
      """;

  @Test
  void history_deleted_through_the_api_alarms_nobody() throws Exception {
    String instance = site.query("SELECT ID_ FROM ACT_HI_PROCINST WHERE BUSINESS_KEY_ = 'loan-0'");
    engine.getHistoryService().deleteHistoricProcessInstance(instance);
    assertThat(finished()).isZero();
    assertThat(site.audit().findings()).isEmpty();
  }
}
