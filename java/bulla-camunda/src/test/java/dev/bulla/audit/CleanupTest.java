package dev.bulla.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.AuditReport;
import dev.bulla.Finding;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Date;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.impl.util.ClockUtil;
import org.camunda.bpm.engine.runtime.Job;
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
    for (String table :
        new String[] {"PROCINST", "ACTINST", "TASKINST", "VARINST", "DETAIL", "OP_LOG"}) {
      site.tamper(
          "UPDATE ACT_HI_"
              + table
              + " SET REMOVAL_TIME_ = TIMESTAMP '2020-01-01 00:00:00' WHERE REMOVAL_TIME_ IS NOT NULL");
    }
    cleanUp();
    assertThat(finished()).isZero();
    AuditReport report = site.audit();
    assertThat(Installation.kinds(report)).isNotEmpty().containsOnly("EARLY_CLEANUP");
    assertThat(report.findings()).extracting(Finding::table).contains("ACT_HI_PROCINST");
  }

  @Test
  void history_deleted_through_the_api_alarms_nobody() throws Exception {
    String instance = site.query("SELECT ID_ FROM ACT_HI_PROCINST WHERE BUSINESS_KEY_ = 'loan-0'");
    engine.getHistoryService().deleteHistoricProcessInstance(instance);
    assertThat(finished()).isZero();
    assertThat(site.audit().findings()).isEmpty();
  }
}
