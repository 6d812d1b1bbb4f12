package dev.bulla.camunda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.Finding;
import java.nio.file.Path;
import java.util.Map;
import org.camunda.bpm.engine.ProcessEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Envelopes that do not fit their column are answered for like all others. */
class OverflowAuditTest {

  @TempDir Path directory;

  @Test
  void an_overflowing_envelope_that_was_edited_is_found_without_a_data_key() throws Exception {
    Site site = new Site(directory);
    ProcessEngine engine = site.start();
    try {
      Site.deploy(engine);
      engine
          .getRuntimeService()
          .startProcessInstanceByKey("order", Map.of("large", "x".repeat(3900)));
      site.node().checkpoint();
      assertThat(site.audit().findings()).isEmpty();
      site.execute(
          "update BULLA_OVERFLOW set ENVELOPE_ = 'A' || substring(ENVELOPE_, 2)"
              + " where ID_ like 'ACT_RU_VARIABLE:%'");
      assertThat(site.audit().findings())
          .extracting(Finding::table)
          .containsExactly("BULLA_OVERFLOW");
    } finally {
      engine.close();
    }
  }

  @Test
  void an_older_envelope_put_back_beside_its_row_is_told_with_the_record_that_wrote_it()
      throws Exception {
    Site site = new Site(directory);
    ProcessEngine engine = site.start();
    try {
      Site.deploy(engine);
      String instance =
          engine
              .getRuntimeService()
              .startProcessInstanceByKey("order", Map.of("large", "x".repeat(3900)))
              .getId();
      site.execute("create table KEPT as select * from BULLA_OVERFLOW");
      engine.getRuntimeService().setVariable(instance, "large", "y".repeat(3900));
      site.node().checkpoint();
      assertThat(site.audit().findings()).isEmpty();
      site.execute(
          "update BULLA_OVERFLOW O set ENVELOPE_ ="
              + " (select ENVELOPE_ from KEPT where KEPT.ID_ = O.ID_)"
              + " where ID_ like 'ACT_RU_VARIABLE:%'");
      assertThat(site.audit().findings())
          .singleElement()
          .satisfies(
              found -> {
                assertThat(found.kind()).isEqualTo("ROLLED_BACK");
                assertThat(found.table()).isEqualTo("BULLA_OVERFLOW");
                assertThat(found.variable()).isEqualTo("large");
              });
    } finally {
      engine.close();
    }
  }

  @Test
  void envelopes_that_come_and_go_with_their_rows_are_recorded() throws Exception {
    Site site = new Site(directory);
    ProcessEngine engine = site.start();
    try {
      Site.deploy(engine);
      String instance =
          engine
              .getRuntimeService()
              .startProcessInstanceByKey("order", Map.of("large", "x".repeat(3900)))
              .getId();
      engine.getRuntimeService().setVariable(instance, "large", "short");
      engine.getRuntimeService().setVariable(instance, "large", "y".repeat(3900));
      engine.getRuntimeService().removeVariable(instance, "large");
      engine.getRuntimeService().setVariable(instance, "large", "z".repeat(3900));
      engine.getRuntimeService().deleteProcessInstance(instance, "done");
      site.node().checkpoint();
      assertThat(site.audit().findings()).isEmpty();
      engine.getHistoryService().deleteHistoricProcessInstance(instance);
      site.node().checkpoint();
      assertThat(site.audit().findings()).isEmpty();
    } finally {
      engine.close();
    }
  }
}
