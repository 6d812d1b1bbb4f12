package dev.bulla.engine.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.SignedRecord;
import java.nio.file.Path;
import java.sql.Connection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records of which it is not known whether their transactions committed. */
class OpenRecordsTest {

  @TempDir Path directory;

  private LogOnH2 log;
  private OpenRecords open;

  @BeforeEach
  void begin() throws Exception {
    log = new LogOnH2(directory);
    open = new OpenRecords(log.ledger, log.table, log.clock);
  }

  @AfterEach
  void end() throws Exception {
    log.close();
  }

  @Test
  void a_record_that_is_not_written_yet_is_not_looked_for_however_long_that_takes()
      throws Exception {
    SignedRecord record = log.record();
    open.opened(record.seq());
    log.clock.pass(600_000);
    open.settle();
    assertThat(log.account()).contains("\"open\":[2]").doesNotContain("\"void\"");
    try (Connection connection = log.insert(record)) {
      open.written(record.seq());
      open.settle();
      connection.commit();
    }
    open.committed(record.seq());
    assertThat(log.account()).contains("\"added\":[2]");
  }

  @Test
  void a_record_that_nobody_tells_of_is_looked_for_after_a_minute() throws Exception {
    SignedRecord there = written();
    try (Connection connection = log.insert(there)) {
      connection.commit();
    }
    written();
    open.settle();
    assertThat(log.account()).contains("\"open\":[[2,3]]");
    log.clock.pass(60_001);
    open.settle();
    assertThat(log.account()).contains("\"added\":[2]").contains("\"void\":[3]");
  }

  @Test
  void a_record_whose_transaction_is_still_open_stays_in_doubt() throws Exception {
    SignedRecord record = written();
    try (Connection connection = log.insert(record)) {
      open.inDoubt(record.seq());
      open.settle();
      assertThat(log.account()).contains("\"doubt\":[2]");
      connection.commit();
    }
    open.settle();
    assertThat(log.account()).contains("\"added\":[2]");
  }

  @Test
  void what_ends_after_the_epoch_is_left_to_the_next_one() throws Exception {
    SignedRecord committed = written();
    SignedRecord rolledBack = written();
    SignedRecord unknown = written();
    assertThat(log.ledger.end(log.clock.millis()).account().record()).contains("\"open\":[[2,4]]");
    open.close();
    log.ledger.close();
    open.committed(committed.seq());
    open.rolledBack(rolledBack.seq());
    open.inDoubt(unknown.seq());
    open.settle();
  }

  private SignedRecord written() {
    SignedRecord record = log.record();
    open.opened(record.seq());
    open.written(record.seq());
    return record;
  }
}
