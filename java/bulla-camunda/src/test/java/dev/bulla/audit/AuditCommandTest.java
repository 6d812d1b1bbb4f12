package dev.bulla.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.audit.Installation.Run;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.logging.StreamHandler;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command: its exit codes, and what it writes. */
class AuditCommandTest {
  @TempDir static Path directory;

  private static Installation clean;
  private static Installation tampered;

  @BeforeAll
  static void live() throws Exception {
    clean = new Installation(Files.createDirectory(directory.resolve("clean"))).live();
    tampered = new Installation(Files.createDirectory(directory.resolve("tampered"))).live();
    tampered.keys();
    tampered.tamper("UPDATE ACT_HI_TASKINST SET ASSIGNEE_ = 'mallory' WHERE ASSIGNEE_ = 'john'");
    tampered.tamper("DELETE FROM ACT_HI_VARINST WHERE NAME_ = 'rate'");
    tampered.tamper("UPDATE ACT_HI_VARINST SET TEXT2_ = 'eyJ' WHERE NAME_ = 'applicant'");
    tampered.tamper(
        "UPDATE BULLA_RECORD SET RECORD_ = REPLACE(RECORD_, 'mary', 'marx') WHERE RECORD_ LIKE"
            + " '%\"mary\"%'");
  }

  @Test
  void a_clean_database_exits_with_0_and_says_what_was_compared() {
    Run run = clean.auditCommand();
    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("Compared: ", " rows, ", "newest anchored record loans/node-1#");
    assertThat(run.out()).endsWith("Outcome: clean\n");
  }

  @Test
  void findings_exit_with_1_and_are_listed_for_people() {
    Run run = tampered.auditCommand();
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).contains("METADATA_CHANGED", "ASSIGNEE_", "ROW_MISSING", "rate", "mary");
  }

  @Test
  void the_report_is_one_html_file_that_needs_no_other() throws Exception {
    Path html = directory.resolve("report.html");
    tampered.auditCommand("--report", html.toString());
    String text = Files.readString(html);
    assertThat(text).contains("Entry deleted", "VALUE_CHANGED", "</html>");
    assertThat(text).doesNotContain("http://", "https://", "src=", "<script");
    if (System.getProperty("keep.report") != null) {
      Files.copy(html, Path.of(System.getProperty("keep.report")));
    }
  }

  @Test
  void machines_get_json() {
    Run run = tampered.auditCommand("--json");
    assertThat(run.out()).startsWith("{\"counts\":{").contains("\"outcome\":\"findings\"");
    assertThat(run.out()).contains("\"kind\":\"ROW_MISSING\"");
  }

  @Test
  void without_the_commitment_keys_the_audit_is_inconclusive_and_exits_with_3() {
    Run run =
        Installation.run(
            "--jdbc-url",
            clean.url,
            "--user",
            "sa",
            "--policy",
            clean.policy().toString(),
            "--anchors",
            clean.directory.resolve("anchors").toString());
    assertThat(run.exit()).isEqualTo(3);
    assertThat(run.out()).contains("Missing: Commitment key ", "Outcome: inconclusive");
  }

  @Test
  void wrong_use_exits_with_2_and_says_what_to_do() {
    assertThat(Installation.run().exit()).isEqualTo(2);
    assertThat(Installation.run().err()).contains("option --jdbc-url is needed");
    Run unreachable =
        Installation.run(
            "--jdbc-url",
            "jdbc:h2:tcp://localhost:1/none",
            "--policy",
            clean.policy().toString(),
            "--anchors",
            ".");
    assertThat(unreachable.exit()).isEqualTo(2);
    assertThat(unreachable.err()).contains("no connection to jdbc:h2:tcp://localhost:1/none");
  }

  private static Run auditAt(String url) {
    return Installation.run(
        "--jdbc-url", url, "--policy", clean.policy().toString(), "--anchors", ".");
  }

  @Test
  void what_follows_the_name_of_a_database_that_cannot_be_reached_is_told_to_nobody() {
    for (String url :
        new String[] {
          "jdbc:h2:tcp://localhost:1/none;PASSWORD=hidden;USER=sa",
          "jdbc:postgresql://postgres:hid/hidden@localhost:1/none?password=hidden",
        }) {
      Run run = auditAt(url);
      assertThat(run.exit()).isEqualTo(2);
      assertThat(run.err()).contains("no connection to jdbc:", "none:").doesNotContain("hidden");
    }
  }

  @Test
  void the_driver_of_postgresql_tells_nobody_a_url_that_it_cannot_read() {
    ByteArrayOutputStream logged = new ByteArrayOutputStream();
    Handler handler = new StreamHandler(logged, new SimpleFormatter());
    Logger driver = Logger.getLogger("org.postgresql");
    driver.addHandler(handler);
    try {
      auditAt("jdbc:postgresql://postgres:hid/hidden@localhost:1/none");
    } finally {
      driver.removeHandler(handler);
      handler.close();
    }
    assertThat(logged.toString(UTF_8)).isEmpty();
  }

  @Test
  void of_a_url_of_another_database_only_the_beginning_is_told() {
    Map.of(
            "jdbc:oracle:thin:scott/hidden@localhost:1/none", "jdbc:oracle:…: ",
            "jdbc:db2://localhost:1/none:user=scott;password=hidden;", "jdbc:db2:…: ",
            "jdbc:mysql://address=(host=localhost)(password=hidden)/none", "jdbc:mysql:…: ",
            "postgres://postgres:hidden@localhost/none", "…: ")
        .forEach(
            (url, told) -> {
              Run run = auditAt(url);
              assertThat(run.exit()).isEqualTo(2);
              assertThat(run.err()).contains("no connection to " + told).doesNotContain("hidden");
            });
  }

  @Test
  void a_database_that_is_not_there_is_not_made() {
    Path file = clean.directory.resolve("mistyped");
    Run run = auditAt("jdbc:h2:file:" + file);
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("no connection to jdbc:h2:file:" + file + ": ", "not found");
    assertThat(clean.directory.resolve("mistyped.mv.db")).doesNotExist();
  }

  @Test
  void a_report_that_cannot_be_written_keeps_no_finding_from_being_told() {
    Path nowhere = clean.directory.resolve("nowhere").resolve("audit.html");
    Run run = clean.auditCommand("--report", nowhere.toString());
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.out()).contains("Outcome: clean").doesNotContain("Report:");
    assertThat(run.err()).contains("cannot write " + nowhere + ": no such file or directory");
  }

  @Test
  void a_database_without_a_ledger_is_told() {
    Run run =
        Installation.run(
            "--jdbc-url",
            "jdbc:h2:mem:empty",
            "--policy",
            clean.policy().toString(),
            "--anchors",
            clean.directory.resolve("anchors").toString());
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("table BULLA_RECORD is not there", "--schema");
  }

  private static Run export(Installation site, Path out) {
    return Installation.run(
        "export",
        "--jdbc-url",
        site.url,
        "--user",
        "sa",
        "--anchors",
        site.directory.resolve("anchors").toString(),
        "--policy",
        site.policy().toString(),
        "--out",
        out.toString());
  }

  private static Run auditBundle(Installation site, Path bundle, String... more) {
    return Installation.run(
        Stream.concat(
                Stream.of(
                    "--bundle",
                    bundle.toString(),
                    "--policy",
                    site.policy().toString(),
                    "--keys",
                    site.keys().toString()),
                Stream.of(more))
            .toArray(String[]::new));
  }

  @Test
  void what_is_exported_is_audited_like_the_database() throws Exception {
    Path evidence = directory.resolve("evidence.tar.gz");
    Run run = export(tampered, evidence);
    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out()).startsWith("Wrote " + evidence + ": ").endsWith(" rows\n");
    assertThat(auditBundle(tampered, evidence, "--json").out())
        .isEqualTo(tampered.auditCommand("--json").out());
    run = auditBundle(tampered, evidence);
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out())
        .startsWith("Bundle: exported at 2")
        .contains(" from jdbc:h2:mem:")
        .contains(", installation loans\n")
        .doesNotContain("DB_CLOSE_DELAY");
    // To people the command says what the jar says, to the letter but for zeros that Java leaves
    // out of times.
    Run same = tampered.command(evidence);
    assertThat(same.out().replace(".000Z", "Z").lines().map(String::strip))
        .containsExactlyElementsOf(run.out().lines().map(String::strip).toList());
    assertThat(same.exit()).isEqualTo(1);
  }

  @Test
  void an_export_replaces_no_file_and_leaves_none_half_written() throws Exception {
    Path evidence = Files.writeString(directory.resolve("there.tar.gz"), "precious");
    Run run = export(clean, evidence);
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("there.tar.gz: exists already");
    assertThat(evidence).hasContent("precious");
    Path nowhere = directory.resolve("none/evidence.tar.gz");
    assertThat(export(clean, nowhere).exit()).isEqualTo(2);
    Path anchors = Files.createDirectories(directory.resolve("broken/anchors"));
    Files.writeString(anchors.resolve("1.jsonl.gz"), "no gzip at all");
    run =
        Installation.run(
            "export",
            "--jdbc-url",
            clean.url,
            "--user",
            "sa",
            "--anchors",
            anchors.toString(),
            "--policy",
            clean.policy().toString(),
            "--out",
            directory.resolve("broken/evidence.tar.gz").toString());
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("1.jsonl.gz, line 1: byte ");
    try (Stream<Path> left = Files.list(anchors.getParent())) {
      assertThat(left).containsExactly(anchors);
    }
  }

  @Test
  void a_bundle_that_is_none_exits_with_2_and_names_the_byte() throws Exception {
    Path evidence = Files.writeString(directory.resolve("none.tar.gz"), "this is no bundle");
    Run run = auditBundle(clean, evidence);
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("none.tar.gz, byte ", "it is damaged: invalid gzip header");
    run = auditBundle(clean, evidence, "--jdbc-url", clean.url);
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("--bundle already has what --jdbc-url and --anchors would give");
  }

  @Test
  void keygen_makes_the_files_once() {
    String keys = directory.resolve("fresh").toString();
    Run run = Installation.run("keygen", "--log", "loans/node-7", keys);
    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("master.jwk", "audit-policy.toml");
    assertThat(Installation.run("keygen", "--log", "loans/node-7", keys).exit()).isEqualTo(2);
  }
}
