package dev.bulla.camunda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.AuditReport;
import dev.bulla.Finding;
import java.nio.file.Path;
import org.camunda.bpm.engine.ProcessEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MissingTableTest {

  @TempDir Path directory;

  private Site site;
  private ProcessEngine engine;

  @BeforeEach
  void prepare() {
    site = new Site(directory);
  }

  @AfterEach
  void stop() {
    engine.close();
  }

  @Test
  void tables_that_an_engine_without_cases_and_decisions_does_not_make_are_no_finding()
      throws Exception {
    engine =
        site.start(
            configuration -> {
              configuration.setCmmnEnabled(false);
              configuration.setDmnEnabled(false);
            });
    work();
    assertThat(site.query("select TABLE_NAME from INFORMATION_SCHEMA.TABLES"))
        .contains("ACT_HI_PROCINST")
        .doesNotContain("ACT_HI_CASEINST", "ACT_HI_DECINST");

    assertThat(audit().findings()).isEmpty();
  }

  @Test
  void a_table_that_was_dropped_lacks_its_rows() throws Exception {
    engine = site.start();
    work();
    site.execute("drop table ACT_HI_PROCINST");

    assertThat(audit().findings())
        .singleElement()
        .extracting(Finding::kind, Finding::table)
        .containsExactly("ROW_MISSING", "ACT_HI_PROCINST");
  }

  private void work() {
    Site.deploy(engine);
    engine.getRuntimeService().startProcessInstanceByKey("order");
  }

  private AuditReport audit() throws Exception {
    site.node().checkpoint();
    return site.audit();
  }
}
