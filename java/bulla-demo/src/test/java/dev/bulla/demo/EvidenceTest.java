package dev.bulla.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.AuditReport;
import dev.bulla.BundleAudit;
import dev.bulla.audit.DatabaseAudit;
import dev.bulla.demo.Attacks.Instances;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each of the demo's changes, audited in the database, and from a bundle by jar and command. */
class EvidenceTest {
  @TempDir Path work;

  @Test
  void every_change_is_located_in_a_bundle_as_in_the_database() throws Exception {
    Node node = Node.create(work.resolve("node"));
    Database database = new Database(Files.createDirectories(work.resolve("database")));
    Database backup = new Database(work.resolve("backup"));
    Instances instances = new Demo(work).live(node, database, backup);
    Auditor auditor = node.disclose(database, work.resolve("auditor"));

    assertThat(audited(auditor, database, "untouched").findings()).isEmpty();
    List<Attack> attacks = Demo.attacks(database, backup, instances);
    assertThat(attacks).hasSizeGreaterThan(20);
    for (Attack attack : attacks) {
      Database copy = database.copyTo(work.resolve("changed"));
      copy.suffer(attack, backup);
      Verdict verdict = Verdict.on(attack, audited(auditor, copy, attack.name()).findings());
      assertThat(verdict.missed()).as(attack.name()).isEmpty();
      assertThat(verdict.falseAlarms()).as(attack.name()).isEmpty();
    }
  }

  /** What all three audits come to. */
  private AuditReport audited(Auditor auditor, Database database, String what)
      throws SQLException, IOException {
    AuditReport report = auditor.audit(database);
    Path bundle = work.resolve("evidence.tar.gz");
    String policy = Files.readString(auditor.policy());
    try (Connection connection = database.connect()) {
      new DatabaseAudit(connection)
          .policy(policy, "audit-policy.toml")
          .anchors(auditor.anchors())
          .export(bundle, database.url());
    }
    String keys = Files.readString(auditor.keys());
    try (BundleAudit audit = BundleAudit.open(bundle, policy, "audit-policy.toml", keys)) {
      assertThat(audit.finish().json()).as(what).isEqualTo(report.json());
    }
    assertThat(command(auditor, bundle)).as(what).isEqualTo(report.json() + "\n");
    Files.delete(bundle);
    return report;
  }

  /** What the command {@code bulla} prints, which {@code make native} builds. */
  private String command(Auditor auditor, Path bundle) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("bulla.native"), "bulla").toString(),
                "audit",
                bundle.toString(),
                "--policy",
                auditor.policy().toString(),
                "--keys",
                auditor.keys().toString(),
                "--json")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
