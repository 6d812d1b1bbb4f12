package dev.bulla.demo;

import dev.bulla.Finding;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Tells people what happens. */
final class Story {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);

  private final PrintStream out;
  private final Instant began = Instant.now();

  Story(PrintStream out) {
    this.out = out;
  }

  void chapter(String title) {
    out.printf("%n[%3ds] %s%n", Duration.between(began, Instant.now()).toSeconds(), title);
  }

  void line(String format, Object... values) {
    out.printf("       " + format + "%n", values);
  }

  /** What was found, where, and against which record. */
  void finding(Finding found) {
    StringBuilder where = new StringBuilder();
    add(where, "", found.table());
    add(where, " row ", found.row());
    add(where, ", column ", found.column());
    add(where, ", variable ", found.variable());
    add(where, ", process instance ", found.processInstance());
    line("found  %s%s", found.kind(), where.isEmpty() ? "" : ": " + where);
    if (found.record() != null) {
      line(
          "       against record %s%s%s",
          found.record(),
          found.user() == null ? "" : ", written by " + found.user(),
          found.recordedAt() == null ? "" : " at " + TIME.format(found.recordedAt()));
    }
    if (found.detail() != null) {
      line("       %s", found.detail());
    }
  }

  private static void add(StringBuilder text, String label, String value) {
    if (value != null) {
      text.append(label).append(value);
    }
  }
}
