package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.AuditReport.Outcome;
import dev.bulla.BullaException.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audit's way through the binding; what it finds is tested where databases are. */
class AuditTest {
  @TempDir private Path directory;
  private Bulla bulla;
  private long now;
  private final MemoryKeyRegistry registry = new MemoryKeyRegistry();

  @BeforeEach
  void open() throws IOException {
    bulla = Bulla.open(Config.load(Installation.in(directory)), registry);
    now = System.currentTimeMillis();
  }

  @AfterEach
  void close() {
    bulla.close();
  }

  @Test
  void aRowAsItWasRecordedIsNoFinding() throws IOException {
    assertThat(audited("as recorded").findings()).isEmpty();
  }

  @Test
  void anEditedRowIsFoundWithTableRowAndColumn() throws IOException {
    AuditReport report = audited("edited");
    assertThat(report.outcome()).isEqualTo(Outcome.FINDINGS);
    assertThat(report.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.table()).isEqualTo("T");
              assertThat(finding.row()).isEqualTo("1");
              assertThat(finding.column()).isEqualTo("X");
              assertThat(finding.user()).isEqualTo("demo");
              assertThat(finding.record()).isEqualTo("loans/node-1#2");
            });
    assertThat(report.json()).startsWith("{").contains("\"findings\"");
  }

  @Test
  void aPolicyThatPinsNobodyIsRefusedWithFileAndLine() {
    assertThatThrownBy(() -> Audit.begin("", "audit-policy.toml", null, now))
        .isInstanceOfSatisfying(
            BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_CONFIG))
        .hasMessageStartingWith("audit-policy.toml, line 1: ");
  }

  @Test
  void aClosedAuditSaysSo() throws IOException {
    Audit audit = begin();
    audit.close();
    assertThatThrownBy(audit::coverage)
        .isInstanceOfSatisfying(
            BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CLOSED));
  }

  private Audit begin() throws IOException {
    String policy = Files.readString(directory.resolve("keys/audit-policy.toml"));
    return Audit.begin(policy, "audit-policy.toml", bulla.disclose(), now);
  }

  /**
   * Records a row whose column X is "as recorded", and audits a database that holds {@code found}.
   */
  private AuditReport audited(String found) throws IOException {
    PackedWriter coverage = new PackedWriter().i32(1).string("T").i32(1).string("ID_");
    coverage.string(null).string(null).i32(1).string("A").i32(1).string("X").i32(0);
    PackedWriter rows = new PackedWriter().i32(1).string("T").u8('I').string("1");
    rows.string(null).string(null).bytes(null).i32(2);
    rows.string("A").u8('F').value("größe").string("X").u8('U').value("as recorded").i32(0);
    try (Ledger ledger = Ledger.create(bulla, coverage);
        Audit audit = begin()) {
      SignedRecord began = ledger.begin(now);
      ledger.committed(began.seq());
      SignedRecord record = ledger.record(now, "demo", rows).get(0);
      ledger.committed(record.seq());
      registry.rows.values().forEach(row -> ledger.keyRegistered(row.text()));
      Batch batch = ledger.checkpoint(now).orElseThrow();
      Path anchor = directory.resolve("1.jsonl.gz");
      try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(anchor))) {
        out.write(batch.lines());
      }
      audit.anchorFile("anchors/node-1/1.jsonl.gz", anchor);
      PackedWriter records = new PackedWriter();
      for (SignedRecord each : new SignedRecord[] {began, record, batch.account()}) {
        records.string(ledger.log()).i64(each.seq());
        records.string(each.record()).string(each.signature());
      }
      audit.records(records);
      audit.checkpoints(
          new PackedWriter()
              .string(ledger.log())
              .i64(batch.size())
              .i64(batch.account().seq())
              .string(batch.note()));
      PackedWriter keys = new PackedWriter();
      for (KeyRow row : registry.rows.values()) {
        keys.string(row.kid()).string(row.purpose().text()).string(row.text());
      }
      audit.keys(keys);
      Intake.CoveredTable table = audit.coverage().get(0);
      assertThat(table.columns()).containsExactlyInAnyOrder("ID_", "A", "X");
      PackedWriter stored = new PackedWriter();
      for (String column : table.columns()) {
        stored.value(column.equals("ID_") ? "1" : column.equals("A") ? "größe" : found);
      }
      audit.rows(table, stored);
      return audit.finish();
    }
  }
}
