package dev.bulla.audit;

import com.github.mustachejava.DefaultMustacheFactory;
import com.github.mustachejava.Mustache;
import dev.bulla.AuditReport;
import dev.bulla.Finding;
import dev.bulla.Finding.Severity;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report for people who decide on it: one HTML file that needs no other. */
final class HtmlReport {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm:ss 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final AuditReport report;
  private final String database;
  private final Instant now = Instant.now();

  /**
   * A report.
   *
   * @param database where the database is; nothing secret
   */
  HtmlReport(AuditReport report, String database) {
    this.report = report;
    this.database = database;
  }

  String render() {
    // Recursion is not used, and the factory must not look for templates in the file system.
    Mustache template = new DefaultMustacheFactory("dev/bulla/audit").compile("report.mustache");
    StringWriter out = new StringWriter();
    template.execute(out, model());
    return out.toString();
  }

  private Map<String, Object> model() {
    Map<String, Object> model = new HashMap<>();
    model.put("outcome", report.outcome().name().toLowerCase(Locale.ROOT));
    model.put("headline", headline());
    model.put("summary", summary());
    model.put("database", database);
    model.put("time", TIME.format(now));
    model.put("missing", report.missing());
    model.put("hasMissing", !report.missing().isEmpty());
    model.put("counts", counts());
    model.put("window", window());
    model.put("findings", findings());
    model.put("hasFindings", !report.findings().isEmpty());
    model.put("kinds", kinds());
    return model;
  }

  private String headline() {
    return switch (report.outcome()) {
      case CLEAN -> "Nothing was changed";
      case INCONCLUSIVE -> "The audit cannot decide";
      case FINDINGS -> {
        long grave = count(Severity.CRITICAL);
        yield grave > 0
            ? plural(grave, "unauthorised change")
            : plural(count(Severity.WARNING), "matter") + " could not be proven";
      }
    };
  }

  private String summary() {
    String compared =
        "%s of %s in %s were compared with what the application recorded when it wrote them."
            .formatted(
                plural(counted("columns"), "column value"),
                plural(counted("rows"), "row"),
                plural(counted("tables"), "table"));
    return switch (report.outcome()) {
      case CLEAN -> compared + " Every one of them stands as it was recorded.";
      case INCONCLUSIVE ->
          compared + " Something that the proof needs was not there; it is listed below.";
      case FINDINGS ->
          compared + " What does not stand as it was recorded is listed below, gravest first.";
    };
  }

  private String window() {
    AuditReport.Window window = report.window();
    String newest =
        window.newestAnchored() == null
            ? "No record is proven by an anchor."
            : "The newest record that an anchor outside the database proves is "
                + window.newestAnchored()
                + (window.newestAnchoredAt() == null
                    ? "."
                    : ", of " + TIME.format(window.newestAnchoredAt()) + ".");
    return newest
        + (window.notAnchored() == 0
            ? " All committed records are anchored."
            : " "
                + plural(window.notAnchored(), "record")
                + " after it can be proven once anchored.");
  }

  private List<Map<String, Object>> counts() {
    List<Map<String, Object>> counts = new ArrayList<>();
    for (String what :
        List.of("tables", "rows", "columns", "logs", "epochs", "records", "checkpoints")) {
      counts.add(Map.of("what", what, "count", "%,d".formatted(counted(what))));
    }
    return counts;
  }

  private List<Map<String, Object>> findings() {
    List<Map<String, Object>> findings = new ArrayList<>();
    for (Finding finding : report.findings()) {
      Map<String, Object> model = new HashMap<>();
      model.put("number", findings.size() + 1);
      model.put("kind", finding.kind());
      model.put("title", KindText.of(finding.kind()).title());
      model.put("severity", finding.severity().name().toLowerCase(Locale.ROOT));
      model.put("detail", finding.detail());
      List<Map<String, String>> facts = new ArrayList<>();
      fact(facts, "Table", finding.table());
      fact(facts, "Row", finding.row());
      fact(facts, "Column", finding.column());
      fact(facts, "Variable", finding.variable());
      fact(facts, "Process instance", finding.processInstance());
      fact(facts, "Record", finding.record());
      fact(
          facts,
          "Recorded",
          finding.recordedAt() == null ? null : TIME.format(finding.recordedAt()));
      fact(facts, "Written by", finding.user());
      model.put("facts", facts);
      findings.add(model);
    }
    return findings;
  }

  private static void fact(List<Map<String, String>> facts, String name, String value) {
    if (value != null) {
      facts.add(Map.of("name", name, "value", value));
    }
  }

  private List<Map<String, Object>> kinds() {
    List<Map<String, Object>> kinds = new ArrayList<>();
    report.findings().stream()
        .map(Finding::kind)
        .distinct()
        .forEach(
            kind -> {
              long found = report.findings().stream().filter(f -> f.kind().equals(kind)).count();
              KindText text = KindText.of(kind);
              kinds.add(
                  Map.of(
                      "kind",
                      kind,
                      "title",
                      text.title(),
                      "meaning",
                      text.meaning(),
                      "count",
                      found));
            });
    return kinds;
  }

  private long counted(String what) {
    return report.counts().getOrDefault(what, 0L);
  }

  private long count(Severity severity) {
    return report.findings().stream().filter(f -> f.severity() == severity).count();
  }

  private static String plural(long count, String noun) {
    return "%,d %s%s".formatted(count, noun, count == 1 ? "" : "s");
  }
}
