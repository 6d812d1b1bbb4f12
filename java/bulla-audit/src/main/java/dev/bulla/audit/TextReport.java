package dev.bulla.audit;

import dev.bulla.AuditReport;
import dev.bulla.AuditReport.Window;
import dev.bulla.Finding;
import dev.bulla.Finding.Severity;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The report for people who read a terminal. */
final class TextReport {
  private static final List<String> HEAD =
      List.of("FINDING", "TABLE", "ROW", "COLUMN", "VARIABLE", "CONTRADICTS", "BY", "RECORDED AT");

  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\x{2028}\\x{2029}]");

  private final AuditReport report;

  TextReport(AuditReport report) {
    this.report = report;
  }

  void print(PrintWriter out) {
    if (!report.findings().isEmpty()) {
      table(out);
      out.println();
    }
    for (String missing : report.missing()) {
      out.println("Missing: " + printable(missing));
    }
    out.println(compared());
    out.println(printable(window()));
    out.println("Outcome: " + outcome());
  }

  private void table(PrintWriter out) {
    List<List<String>> lines = new ArrayList<>(List.of(HEAD));
    report.findings().forEach(finding -> lines.add(cells(finding)));
    int[] widths = new int[HEAD.size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    out.println(aligned(HEAD, widths));
    for (int i = 0; i < report.findings().size(); i++) {
      Finding finding = report.findings().get(i);
      out.println(aligned(lines.get(i + 1), widths));
      String instance =
          finding.processInstance() == null
              ? ""
              : " Process instance " + finding.processInstance() + ".";
      String grade =
          finding.severity() == Severity.CRITICAL
              ? ""
              : finding.severity().name().toLowerCase(Locale.ROOT) + ": ";
      out.println("    " + printable(grade + finding.detail() + instance));
    }
  }

  private static List<String> cells(Finding finding) {
    return Stream.of(
            finding.kind(),
            finding.table(),
            finding.row(),
            finding.column(),
            finding.variable(),
            finding.record(),
            finding.user(),
            finding.recordedAt())
        .map(cell -> cell == null ? "-" : printable(cell.toString()))
        .toList();
  }

  /** Names come from the database: none may move the cursor or turn the direction of writing. */
  static String printable(String text) {
    return UNPRINTABLE.matcher(text).replaceAll("\uFFFD");
  }

  private static String aligned(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(cells.get(i)).append(" ".repeat(widths[i] - cells.get(i).length() + 2));
    }
    return line.toString().stripTrailing();
  }

  private String compared() {
    return "Compared: "
        + Stream.of("rows", "columns", "tables", "records", "checkpoints", "epochs", "logs")
            .map(what -> report.counts().getOrDefault(what, 0L) + " " + what)
            .collect(Collectors.joining(", "));
  }

  private String window() {
    Window window = report.window();
    String newest =
        window.newestAnchored() == null
            ? "no record is anchored"
            : "newest anchored record "
                + window.newestAnchored()
                + (window.newestAnchoredAt() == null ? "" : " of " + window.newestAnchoredAt());
    return "Window: " + newest + ", " + window.notAnchored() + " not yet anchored";
  }

  private String outcome() {
    return switch (report.outcome()) {
      case CLEAN -> "clean";
      case INCONCLUSIVE -> "inconclusive";
      case FINDINGS -> {
        long critical =
            report.findings().stream().filter(f -> f.severity() == Severity.CRITICAL).count();
        long warnings =
            report.findings().stream().filter(f -> f.severity() == Severity.WARNING).count();
        yield "findings (" + critical + " critical, " + warnings + " warnings)";
      }
    };
  }
}
