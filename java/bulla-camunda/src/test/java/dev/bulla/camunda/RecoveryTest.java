package dev.bulla.camunda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.AuditReport;
import dev.bulla.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.camunda.bpm.engine.ProcessEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a node makes of what an earlier one left, when that one did not come to its end. */
class RecoveryTest {

  @TempDir Path directory;

  private Site crashed;
  private Site next;
  private ProcessEngine running;

  @BeforeEach
  void start() throws Exception {
    crashed = new Site(directory.resolve("crashed"));
    next = crashed.twin(directory.resolve("next"));
    running = crashed.start();
    Site.deploy(running);
    crashed.node().checkpoint();
  }

  @AfterEach
  void stop() {
    running.close();
  }

  @Test
  void what_was_committed_after_the_last_checkpoint_is_taken_up() throws Exception {
    work("a");
    crashed.copyDatabase(next);
    crashed.copyAnchors(next);
    String log = restart();
    assertThat(log).doesNotContain("OLDER THAN ITS ANCHOR");
    assertThat(next.records()).anyMatch(record -> record.contains("\"recovered\":["));
    assertClean();
  }

  @Test
  void a_batch_that_was_anchored_but_not_stored_is_stored() throws Exception {
    work("a");
    crashed.copyDatabase(next);
    crashed.node().checkpoint();
    crashed.copyAnchors(next);
    String log = restart();
    assertThat(log).doesNotContain("OLDER THAN ITS ANCHOR");
    assertClean();
  }

  @Test
  void a_batch_that_a_crash_tore_is_not_taken_for_anchored() throws Exception {
    work("a");
    crashed.copyDatabase(next);
    crashed.node().checkpoint();
    crashed.copyAnchors(next);
    try (var files = Files.list(next.anchors().resolve(Site.NODE))) {
      Path file = files.filter(path -> path.toString().endsWith(".gz")).findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(file);
      Files.write(
          file,
          java.util.Arrays.copyOf(bytes, bytes.length - 20),
          StandardOpenOption.TRUNCATE_EXISTING);
    }
    restart();
    next.node().checkpoint();
    assertThat(next.audit().findings())
        .allMatch(finding -> finding.severity().name().equals("INFO"));
  }

  @Test
  void a_database_that_was_set_back_is_told_before_the_first_transaction() throws Exception {
    crashed.copyDatabase(next);
    work("a");
    crashed.node().checkpoint();
    work("b");
    crashed.node().checkpoint();
    crashed.copyAnchors(next);
    String log = restart();
    assertThat(log).contains("THE DATABASE IS OLDER THAN ITS ANCHOR");
    next.node().checkpoint();
    assertThat(next.audit().outcome()).isEqualTo(AuditReport.Outcome.FINDINGS);
  }

  @Test
  void a_database_that_was_set_back_and_brought_forward_again_is_told_by_every_audit()
      throws Exception {
    crashed.copyDatabase(next);
    work("a");
    crashed.node().checkpoint();
    crashed.copyAnchors(next);
    restart();
    next.node().checkpoint();
    String where = " from BULLA_RECORD where SEQ_ = 5";
    next.execute(
        "insert into BULLA_RECORD values ('loans/node-1', 5, '%s', '%s')"
            .formatted(
                crashed.query("select RECORD_" + where).get(0),
                crashed.query("select SIGNATURE_" + where).get(0)));
    assertThat(next.audit().findings())
        .anySatisfy(
            finding -> {
              assertThat(finding.kind()).isEqualTo("TRUNCATED");
              assertThat(finding.detail())
                  .contains("When this epoch began, the database lacked 1 records of the log")
                  .contains("it had been set back to an older state, or they had been deleted");
            });
  }

  @Test
  void an_epoch_whose_first_record_was_deleted_does_not_keep_the_node_from_starting()
      throws Exception {
    work("a");
    crashed.copyDatabase(next);
    crashed.copyAnchors(next);
    next.execute("delete from BULLA_RECORD where SEQ_ = 1");
    assertThat(restart()).contains("THE DATABASE IS OLDER THAN ITS ANCHOR");
    next.node().checkpoint();
    assertThat(next.audit().findings())
        .extracting(Finding::kind)
        .containsExactlyInAnyOrder("TRUNCATED", "LOG_GAP");
  }

  @Test
  void an_anchor_that_was_emptied_is_told() throws Exception {
    crashed.copyDatabase(next);
    assertThat(restart()).contains("is empty, but the log loans/node-1 is not new");
  }

  @Test
  void a_record_that_was_changed_is_not_taken_up() throws Exception {
    work("a");
    crashed.copyDatabase(next);
    crashed.copyAnchors(next);
    next.execute(
        "update BULLA_RECORD set RECORD_ = replace(RECORD_, '\"user\":null', '\"user\":\"x\"')"
            + " where SEQ_ = (select max(SEQ_) from BULLA_RECORD)");
    assertThat(restart()).contains("is not genuine and is not taken up");
    next.node().checkpoint();
    assertThat(next.audit().outcome()).isEqualTo(AuditReport.Outcome.FINDINGS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"FRONTIER_ = 'x'", "SEQ_ = 2", "NOTE_ = 'x'"})
  void a_checkpoint_that_was_changed_stops_the_node_which_says_how_to_go_on(String change)
      throws Exception {
    crashed.copyDatabase(next);
    crashed.copyAnchors(next);
    next.execute("update BULLA_CHECKPOINT set " + change);
    assertThatThrownBy(() -> next.start())
        .hasMessageContaining("the log loans/node-1 cannot go on from its newest checkpoint in")
        .hasMessageContaining("delete the row if it was changed, for the anchors have it");
    next.execute("delete from BULLA_CHECKPOINT");
    restart();
    assertClean();
  }

  private void work(String text) {
    running.getRuntimeService().startProcessInstanceByKey("order", Map.of("text", text));
  }

  /** Starts the next node, lets it work, and returns what it logged. */
  private String restart() {
    return LoggedText.of(
        () -> {
          ProcessEngine engine = next.start();
          running.close();
          running = engine;
          work("after the crash");
        });
  }

  private void assertClean() throws Exception {
    next.node().checkpoint();
    AuditReport report = next.audit();
    assertThat(report.findings()).isEmpty();
    assertThat(report.missing()).isEmpty();
    assertThat(report.window().notAnchored()).isZero();
  }
}
