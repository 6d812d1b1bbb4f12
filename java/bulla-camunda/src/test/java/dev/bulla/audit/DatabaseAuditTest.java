package dev.bulla.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.AuditReport;
import dev.bulla.AuditReport.Outcome;
import java.nio.file.Path;
import org.camunda.bpm.engine.ProcessEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Audits of a real engine's database. */
class DatabaseAuditTest {
  @TempDir Path directory;

  @Test
  void a_database_that_nobody_touched_is_clean() throws Exception {
    AuditReport report = new Installation(directory).live().audit();
    assertThat(report.findings()).isEmpty();
    assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
    assertThat(report.counts().get("rows")).isGreaterThan(50);
    assertThat(report.window().notAnchored()).isZero();
  }

  @Test
  void an_engine_may_run_while_it_is_audited() throws Exception {
    Installation site = new Installation(directory);
    ProcessEngine engine = site.start();
    try {
      Installation.deploy(engine);
      for (int n = 0; n < 5; n++) {
        Installation.apply(engine, n, true);
        AuditReport report = site.audit();
        assertThat(report.findings()).isEmpty();
      }
    } finally {
      engine.close();
    }
  }
}
