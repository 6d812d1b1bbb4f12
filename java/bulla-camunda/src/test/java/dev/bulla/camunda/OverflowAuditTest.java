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
}
