package dev.bulla.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.bulla.AuditReport;
import dev.bulla.AuditReport.Outcome;
import dev.bulla.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
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
  void a_value_that_would_fill_the_memory_is_not_read_and_hides_nothing() throws Exception {
    Installation site = new Installation(directory).live();
    String bytes =
        site.query("SELECT BYTEARRAY_ID_ FROM ACT_HI_VARINST WHERE NAME_ = 'terms' LIMIT 1");
    String letter = site.query("SELECT ID_ FROM ACT_HI_VARINST WHERE NAME_ = 'letter' LIMIT 1");
    site.execute("ALTER TABLE ACT_GE_BYTEARRAY ALTER COLUMN BYTES_ BLOB");
    site.execute("ALTER TABLE ACT_HI_VARINST ALTER COLUMN TEXT2_ CLOB");
    site.tamper(
        "UPDATE ACT_GE_BYTEARRAY SET BYTES_ = REPEAT('00', 200000) WHERE ID_ = '" + bytes + "'");
    site.tamper(
        "UPDATE ACT_HI_VARINST SET TEXT2_ = REPEAT('x', 200000) WHERE ID_ = '" + letter + "'");
    AuditReport report = site.audit(audit -> audit.largestValue(100_000));
    assertThat(report.findings())
        .extracting(Finding::kind, Finding::table, Finding::row)
        .containsExactlyInAnyOrder(
            tuple("VALUE_CHANGED", "ACT_GE_BYTEARRAY", bytes),
            tuple("VALUE_CHANGED", "ACT_HI_VARINST", letter));
    assertThat(site.audit(site.export(audit -> audit.largestValue(100_000))).json())
        .isEqualTo(report.json());
    assertThat(report.missing())
        .containsExactly(
            "Column BYTES_ of table ACT_GE_BYTEARRAY holds values of more than 100000 bytes, which"
                + " were not read; nothing is proven of them. They are read if Java is given more"
                + " memory (-Xmx).",
            "Column TEXT2_ of table ACT_HI_VARINST holds values of more than 100000 bytes, which"
                + " were not read; nothing is proven of them. They are read if Java is given more"
                + " memory (-Xmx).");
  }

  @Test
  void progress_is_told_of_reading_verifying_and_comparing() throws Exception {
    Installation site = new Installation(directory).live();
    List<String> told = new ArrayList<>();
    AuditReport report =
        site.audit(
            audit ->
                audit.progress(
                    new Progress() {
                      private long done;

                      @Override
                      public boolean wantsTotals() {
                        return true;
                      }

                      @Override
                      public void begin(String what, long total) {
                        told.add(what + " " + total);
                        done = 0;
                      }

                      @Override
                      public void advance(long count) {
                        done += count;
                      }

                      @Override
                      public void end() {
                        told.add("done " + done);
                      }
                    }));
    long rows = report.counts().get("rows");
    long anchored = 0;
    try (Stream<Path> files = Files.walk(directory.resolve("anchors"))) {
      for (Path file : files.filter(file -> file.toString().endsWith(".gz")).toList()) {
        anchored += Files.size(file);
      }
    }
    assertThat(told).startsWith("Anchors " + anchored, "done " + anchored);
    assertThat(told).contains("ledger verified -1");
    assertThat(told).endsWith("rows compared " + rows, "done " + rows);
  }

  @Test
  void an_engine_may_run_while_it_is_audited() throws Exception {
    Installation site = new Installation(directory);
    ProcessEngine engine = site.start();
    try {
      Installation.deploy(engine);
      for (int n = 0; n < 5; n++) {
        Installation.apply(engine, n, true);
        AuditReport report = site.audit(UnaryOperator.identity());
        assertThat(report.findings()).isEmpty();
        assertThat(site.audit(site.export(UnaryOperator.identity())).findings()).isEmpty();
      }
    } finally {
      engine.close();
    }
  }
}
