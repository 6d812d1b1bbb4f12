package dev.bulla;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.BullaException.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  private static final long NOW = 1_700_000_000_000L;

  @TempDir private Path directory;
  private Bulla bulla;

  @BeforeEach
  void open() throws IOException {
    bulla = Bulla.open(Installation.in(directory));
  }

  @AfterEach
  void close() {
    bulla.close();
  }

  private static PackedWriter coverage() {
    PackedWriter coverage = new PackedWriter().i32(1).string("T").i32(1).string("ID_");
    coverage.string("PROC_INST_ID_").string(null);
    return coverage.i32(1).string("A").i32(1).string("X").i32(0);
  }

  private static PackedWriter rows(int count) {
    PackedWriter rows = new PackedWriter().i32(count);
    for (int i = 0; i < count; i++) {
      rows.string("T").u8('I').string("id-" + i).string("pi").string(null).bytes(new byte[32]);
      rows.i32(2).string("A").u8('F').value("größe");
      rows.string("X").u8('U').value(i);
    }
    return rows.i32(1).string("T").string("id-0").raw(new byte[16]);
  }

  private Ledger running() {
    Ledger ledger = Ledger.create(bulla, coverage());
    ledger.committed(ledger.begin(NOW).seq());
    return ledger;
  }

  private static SignedRecord one(Ledger ledger) {
    return ledger.record(NOW, "demo", rows(1)).get(0);
  }

  @Test
  void anEpochBeginsWithARecordOfItsOwn() {
    try (Ledger ledger = Ledger.create(bulla, coverage())) {
      SignedRecord first = ledger.begin(NOW);
      assertThat(first.seq()).isEqualTo(1);
      assertThat(first.record())
          .contains("\"kind\":\"epoch\"", "\"log\":\"loans/node-1\"", ledger.epoch());
      assertThat(ledger.log()).isEqualTo("loans/node-1");
    }
  }

  @Test
  void aRecordNamesItsUserAndRowsAndNoValue() {
    try (Ledger ledger = running()) {
      SignedRecord record = one(ledger);
      assertThat(record.seq()).isEqualTo(2);
      assertThat(record.record())
          .contains("\"user\":\"demo\"", "\"i\":\"id-0\"", "\"seen\":[[\"T\"");
      assertThat(record.record()).doesNotContain("größe");
      assertThat(record.signature()).contains("..").hasSizeLessThan(256);
    }
  }

  @Test
  void nothingWrittenIsNothingRecorded() {
    try (Ledger ledger = running()) {
      assertThat(ledger.record(NOW, null, rows(0))).isEmpty();
      assertThat(ledger.record(NOW, null, rows(2001))).hasSize(2);
    }
  }

  @Test
  void aBatchHoldsWhatCommittedInTheOrderOfTheCommits() {
    try (Ledger ledger = running()) {
      one(ledger);
      one(ledger);
      one(ledger);
      one(ledger);
      ledger.committed(3);
      ledger.committed(2);
      ledger.rolledBack(4);
      ledger.inDoubt(5);
      assertThat(ledger.doubtful()).containsExactly(5L);
      ledger.keyRegistered("row");
      Batch batch = ledger.checkpoint(NOW).orElseThrow();
      assertThat(batch.account().record())
          .contains("\"added\":[1,3,2],\"doubt\":[5]", "\"void\":[4]");
      assertThat(batch.size()).isEqualTo(4);
      assertThat(batch.note()).startsWith("loans/node-1\n4\n");
      assertThat(new String(batch.lines(), UTF_8).lines())
          .hasSize(6)
          .first()
          .isEqualTo("{\"key\":\"row\"}");
      assertThat(ledger.checkpoint(NOW)).isEmpty();
      ledger.resolve(5, true);
      assertThat(ledger.end(NOW).account().record()).contains("\"added\":[5]", "\"kind\":\"end\"");
    }
  }

  @Test
  void anOutcomeIsToldOnce() {
    try (Ledger ledger = running()) {
      one(ledger);
      ledger.committed(2);
      assertThatThrownBy(() -> ledger.rolledBack(2))
          .isInstanceOfSatisfying(
              BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.LEDGER_STATE))
          .hasMessage("record 2 is not open: it was settled before, or never made");
    }
  }

  @Test
  void anUncoveredTableIsRefusedByName() {
    try (Ledger ledger = running()) {
      PackedWriter rows = new PackedWriter().i32(1).string("Q").u8('D').string("1");
      rows.string(null).string(null).bytes(null).string(null).value(null).string(null).i32(0);
      assertThatThrownBy(() -> ledger.record(NOW, null, rows))
          .isInstanceOfSatisfying(
              BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_ARGUMENT))
          .hasMessage("packed rows: table Q is not in the coverage");
    }
  }

  @Test
  void theNextEpochTakesUpWhatACrashLeft() throws IOException {
    SignedRecord first;
    SignedRecord committed;
    Batch stored;
    Batch anchored;
    try (Ledger ledger = Ledger.create(bulla, coverage())) {
      first = ledger.begin(NOW);
      ledger.committed(1);
      stored = ledger.checkpoint(NOW).orElseThrow();
      committed = one(ledger);
      ledger.committed(committed.seq());
      anchored = ledger.checkpoint(NOW).orElseThrow();
    }
    bulla.close();
    bulla = Bulla.open(directory.resolve("bulla.toml"));
    LogRemains remains =
        new LogRemains(
            new LogRemains.Checkpoint(stored.note(), stored.frontier(), stored.account()),
            new String(anchored.lines(), UTF_8).lines().toList(),
            List.of());
    assertThat(remains.wanted())
        .isEqualTo(new LogRemains.Wanted(List.of(1L, 3L), anchored.account().seq()));
    try (Ledger ledger = Ledger.resume(bulla, coverage(), remains, List.of(first, committed))) {
      assertThat(ledger.unsaved()).hasSize(1);
      assertThat(ledger.unsaved().get(0).frontier()).isEqualTo(anchored.frontier());
      assertThat(ledger.missing()).isEmpty();
      assertThat(ledger.refused()).isEmpty();
      SignedRecord begun = ledger.begin(NOW);
      assertThat(begun.seq()).isEqualTo(5);
      ledger.committed(begun.seq());
      assertThat(ledger.checkpoint(NOW).orElseThrow().size()).isEqualTo(6);
    }
    SignedRecord altered =
        new SignedRecord(5, committed.record().replace("demo", "me"), committed.signature());
    try (Ledger ledger = Ledger.resume(bulla, coverage(), remains, List.of(first, altered))) {
      assertThat(ledger.missing()).containsExactly(3L);
      assertThat(ledger.refused()).extracting(Ledger.Refused::seq).containsExactly(5L);
    }
  }

  @Test
  void manyThreadsGetNumbersOfTheirOwn() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try (Ledger ledger = running()) {
      List<Future<Long>> records = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        records.add(
            pool.submit(
                () -> {
                  long seq = one(ledger).seq();
                  ledger.committed(seq);
                  return seq;
                }));
      }
      List<Long> numbers = new ArrayList<>();
      for (Future<Long> record : records) {
        numbers.add(record.get());
      }
      Collections.sort(numbers);
      assertThat(numbers).hasSize(400).doesNotHaveDuplicates().first().isEqualTo(2L);
      assertThat(ledger.end(NOW).size()).isEqualTo(402);
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void aClosedLedgerSaysSo() {
    Ledger ledger = running();
    ledger.close();
    assertThatThrownBy(() -> one(ledger))
        .isInstanceOfSatisfying(
            BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CLOSED));
  }
}
