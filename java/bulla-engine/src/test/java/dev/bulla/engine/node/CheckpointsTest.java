package dev.bulla.engine.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.SignedRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way of checkpoints to the anchors and to the database. */
class CheckpointsTest {

  @TempDir Path directory;

  private LogOnH2 log;
  private OpenRecords open;
  private DirectoryAnchor first;
  private DirectoryAnchor second;
  private Checkpoints checkpoints;

  @BeforeEach
  void begin() throws Exception {
    log = new LogOnH2(directory);
    open = new OpenRecords(log.ledger, log.table, log.clock);
    first = anchor("first");
    second = anchor("second");
    checkpoints =
        new Checkpoints(
            log.ledger,
            List.of(first, second),
            log.table,
            open,
            log.clock,
            Duration.ofDays(1),
            1000);
  }

  @AfterEach
  void end() throws Exception {
    first.close();
    second.close();
    log.close();
  }

  @Test
  void the_anchors_do_not_wait_for_the_database() throws Exception {
    log.execute("alter table BULLA_CHECKPOINT rename to ELSEWHERE");
    assertThatThrownBy(checkpoints::checkpoint)
        .hasMessageContaining("storing the checkpoint of size 2 failed");
    commit();
    assertThatThrownBy(checkpoints::checkpoint)
        .hasMessageContaining("storing the checkpoint of size 2 failed");
    assertThat(notes(first)).isEqualTo(2);
    assertThat(notes(second)).isEqualTo(2);
    assertThat(log.table.find(List.of(), 0)).hasSize(2);
    log.execute("alter table ELSEWHERE rename to BULLA_CHECKPOINT");
    checkpoints.checkpoint();
    assertThat(log.table.find(List.of(), 0)).hasSize(4);
    assertThat(log.table.newestCheckpoint().size()).isEqualTo(4);
  }

  @Test
  void the_anchors_do_not_wait_for_what_is_in_doubt() throws Exception {
    SignedRecord record = log.record();
    open.opened(record.seq());
    open.inDoubt(record.seq());
    log.execute("alter table BULLA_RECORD rename to ELSEWHERE");
    assertThatThrownBy(checkpoints::checkpoint).hasMessageContaining("asking for record 2 failed");
    assertThat(notes(first)).isOne();
  }

  @Test
  void an_anchor_that_fails_holds_up_neither_the_others_nor_the_database() throws Exception {
    second.close();
    assertThatThrownBy(checkpoints::checkpoint).isInstanceOf(IOException.class);
    commit();
    assertThatThrownBy(checkpoints::checkpoint).isInstanceOf(IOException.class);
    assertThat(notes(first)).isEqualTo(2);
    assertThat(notes(second)).isZero();
    second.open(Instant.EPOCH, "again");
    checkpoints.checkpoint();
    assertThat(second.after(null).lines()).isEqualTo(first.after(null).lines());
    assertThat(log.table.newestCheckpoint().size()).isEqualTo(4);
  }

  @Test
  void the_database_does_not_get_what_no_anchor_has() throws Exception {
    first.close();
    second.close();
    assertThatThrownBy(checkpoints::checkpoint).isInstanceOf(IOException.class);
    assertThat(log.table.newestCheckpoint()).isNull();
  }

  @Test
  void what_waits_is_published_before_the_end() throws Exception {
    log.execute("alter table BULLA_CHECKPOINT rename to ELSEWHERE");
    assertThatThrownBy(checkpoints::checkpoint).isNotNull();
    log.execute("alter table ELSEWHERE rename to BULLA_CHECKPOINT");
    checkpoints.end();
    assertThat(log.table.find(List.of(), 0))
        .last()
        .satisfies(record -> assertThat(record.record()).contains("\"kind\":\"end\""));
    assertThat(notes(first)).isEqualTo(2);
  }

  private void commit() throws Exception {
    SignedRecord record = log.record();
    open.opened(record.seq());
    try (Connection connection = log.insert(record)) {
      connection.commit();
    }
    open.committed(record.seq());
  }

  private static long notes(DirectoryAnchor anchor) throws IOException {
    return anchor.after(null).lines().stream()
        .filter(line -> line.startsWith("{\"checkpoint\""))
        .count();
  }

  private DirectoryAnchor anchor(String name) throws IOException {
    DirectoryAnchor anchor = new DirectoryAnchor(directory.resolve(name), "node-1");
    anchor.open(log.clock.instant(), "a");
    return anchor;
  }
}
