package dev.bulla;

import java.time.Instant;

/**
 * One deed that an audit found, located as closely as it can be. What is not known is null.
 *
 * @param kind the stable name, for instance {@code VALUE_CHANGED}
 * @param severity how grave it is
 * @param table the table
 * @param row the row's id; of several columns, a JSON array
 * @param column the column, or several separated by {@code ", "}
 * @param variable the process variable
 * @param processInstance the process instance's id
 * @param record the record that is contradicted, {@code <log>#<seq>}
 * @param recordedAt when that was recorded
 * @param user who was signed in to the engine then
 * @param detail a sentence that says what was found; never holds a value
 */
public record Finding(
    String kind,
    Severity severity,
    String table,
    String row,
    String column,
    String variable,
    String processInstance,
    String record,
    Instant recordedAt,
    String user,
    String detail) {

  /** How grave a finding is. */
  public enum Severity {
    /** Worth knowing; nothing is wrong. */
    INFO,
    /** Something could not be proven. */
    WARNING,
    /** Something was changed. */
    CRITICAL
  }
}
