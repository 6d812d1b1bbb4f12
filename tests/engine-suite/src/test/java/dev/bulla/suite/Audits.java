package dev.bulla.suite;

import dev.bulla.AuditReport;
import java.util.ArrayList;
import java.util.List;

/** What all audits came to. */
final class Audits {

  private static final List<String> FINDINGS = new ArrayList<>();
  private static String test = "";
  private static int audits;
  private static long rows;
  private static long columns;

  private Audits() {}

  static synchronized void during(String name) {
    test = name;
  }

  static synchronized void add(AuditReport report, String when) {
    audits++;
    rows += report.counts().getOrDefault("rows", 0L);
    columns += report.counts().getOrDefault("columns", 0L);
    report.missing().forEach(missing -> found(when, "inconclusive: " + missing));
    report.findings().forEach(finding -> found(when, finding.toString()));
  }

  static synchronized void failed(RuntimeException why, String when) {
    found(when, "the audit failed: " + why);
  }

  private static void found(String when, String what) {
    FINDINGS.add(test + ", " + when + ": " + what);
    if (FINDINGS.size() <= 300) {
      System.out.println("[suite] finding: " + test + ", " + when + ": " + what);
    }
  }

  static synchronized int count() {
    return audits;
  }

  static synchronized List<String> findings() {
    return List.copyOf(FINDINGS);
  }

  static synchronized String summary() {
    return audits
        + " audits compared "
        + rows
        + " rows, "
        + columns
        + " columns and found "
        + (FINDINGS.isEmpty() ? "nothing" : FINDINGS.size() + " times something");
  }
}
