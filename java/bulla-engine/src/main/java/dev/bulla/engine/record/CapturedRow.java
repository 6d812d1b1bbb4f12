package dev.bulla.engine.record;

import java.util.List;
import java.util.Objects;

/**
 * One write as the record will tell it.
 *
 * @param table covered table, or several that share a predicate, joined by commas
 * @param operation what was done
 * @param id the row's key as text
 * @param instance the process instance, or null
 * @param variable the variable, or null
 * @param columns the columns written, null for a deletion
 * @param values their values, in the order of the columns
 * @param predicate column that all rows of a predicate update share, else null
 * @param predicateValue its value; of what was not understood, the SQL text
 * @param rule the mapped statement that deleted, or was not understood
 * @param removalTime of a deletion: until when the row was to be kept, as it stood in the row
 * @param root of a deletion: the root process instance that stood in the row
 */
@SuppressWarnings("ArrayRecordComponent") // rows are not compared
record CapturedRow(
    String table,
    Operation operation,
    String id,
    String instance,
    String variable,
    List<Column> columns,
    Object[] values,
    String predicate,
    Object predicateValue,
    String rule,
    Object removalTime,
    String root) {

  /**
   * A written column.
   *
   * @param name in upper case
   * @param fixed whether no statement ever updates it
   */
  record Column(String name, boolean fixed) {}

  static CapturedRow written(
      Operation operation,
      CoveredTable table,
      String id,
      String instance,
      String variable,
      List<Column> columns,
      Object[] values) {
    return new CapturedRow(
        table.name(),
        operation,
        id,
        instance,
        variable,
        columns,
        values,
        null,
        null,
        null,
        null,
        null);
  }

  static CapturedRow deleted(
      CoveredTable table,
      String id,
      String instance,
      String variable,
      String rule,
      Object removalTime,
      String root) {
    return new CapturedRow(
        table.name(),
        Operation.DELETE,
        id,
        instance,
        variable,
        List.of(),
        NOTHING,
        null,
        null,
        rule,
        removalTime,
        root);
  }

  static CapturedRow predicate(
      CoveredTable table, String column, Object value, List<Column> columns, Object[] values) {
    boolean ofInstance = column.endsWith("PROC_INST_ID_") || column.startsWith("PROCESS_INSTANCE");
    return new CapturedRow(
        table.name(),
        Operation.PREDICATE,
        null,
        ofInstance ? (String) value : null,
        null,
        columns,
        values,
        column,
        value,
        null,
        null,
        null);
  }

  static CapturedRow notUnderstood(String tables, String sql, String source) {
    return new CapturedRow(
        tables,
        Operation.NOT_UNDERSTOOD,
        null,
        null,
        null,
        List.of(),
        NOTHING,
        null,
        sql,
        source,
        null,
        null);
  }

  private static final Object[] NOTHING = {};

  /** Whether the other row does the same to another table, by the same predicate. */
  boolean joins(CapturedRow other) {
    return operation == Operation.PREDICATE
        && other.operation == Operation.PREDICATE
        && predicate.equals(other.predicate)
        && Objects.equals(predicateValue, other.predicateValue)
        && columns.equals(other.columns)
        && Objects.deepEquals(values, other.values);
  }

  /** This row with a further table. */
  CapturedRow andTable(String further) {
    return new CapturedRow(
        table + "," + further,
        operation,
        id,
        instance,
        variable,
        columns,
        values,
        predicate,
        predicateValue,
        rule,
        removalTime,
        root);
  }
}
