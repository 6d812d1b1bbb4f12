package dev.bulla;

import dev.bulla.Finding.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an audit came to.
 *
 * @param outcome the audit as a whole
 * @param missing what the proof needs and was not there, one sentence each
 * @param window how far the anchors prove
 * @param counts how much was compared: {@code rows}, {@code columns}, {@code records} and more
 * @param findings what was found, gravest first
 * @param json the report for machines
 */
public record AuditReport(
    Outcome outcome,
    List<String> missing,
    Window window,
    Map<String, Long> counts,
    List<Finding> findings,
    String json) {

  /** The audit as a whole. */
  public enum Outcome {
    /** Everything was compared and nothing was found. */
    CLEAN,
    /** Something was found. */
    FINDINGS,
    /** Something that the proof needs is missing, and nothing was found without it. */
    INCONCLUSIVE
  }

  /**
   * How far the anchors prove.
   *
   * @param newestAnchored the newest record that an anchor proves, or null
   * @param newestAnchoredAt when it was recorded, or null
   * @param notAnchored how many committed records no anchor proves yet
   */
  public record Window(String newestAnchored, Instant newestAnchoredAt, long notAnchored) {}

  /** Reads what the native library packed. */
  static AuditReport read(PackedReader in) {
    Outcome outcome = Outcome.valueOf(in.string().toUpperCase(Locale.ROOT));
    List<String> missing = new ArrayList<>();
    for (int n = in.i32(); n > 0; n--) {
      missing.add(in.string());
    }
    String newest = in.string();
    Instant newestAt = instant(in.i64());
    in.string();
    Window window = new Window(newest, newestAt, in.i64());
    Map<String, Long> counts = new TreeMap<>();
    for (int n = in.i32(); n > 0; n--) {
      counts.put(in.string(), in.i64());
    }
    List<Finding> findings = new ArrayList<>();
    for (int n = in.i32(); n > 0; n--) {
      findings.add(finding(in));
    }
    return new AuditReport(
        outcome, List.copyOf(missing), window, counts, List.copyOf(findings), in.string());
  }

  private static Finding finding(PackedReader in) {
    String kind = in.string();
    Severity severity = Severity.valueOf(in.string().toUpperCase(Locale.ROOT));
    String table = in.string();
    String row = in.string();
    String column = in.string();
    String variable = in.string();
    String instance = in.string();
    String record = in.string();
    Instant at = instant(in.i64());
    String user = in.string();
    return new Finding(
        kind, severity, table, row, column, variable, instance, record, at, user, in.string());
  }

  private static Instant instant(long millis) {
    return millis == Long.MIN_VALUE ? null : Instant.ofEpochMilli(millis);
  }
}
