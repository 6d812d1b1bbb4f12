package dev.bulla.engine.record;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A table whose rows the ledger answers for.
 *
 * @param name the table's name in upper case, without prefix or schema
 * @param id the primary key's columns
 * @param instance the column that names the process instance, or null
 * @param variable the column that names the variable, or null
 * @param fixed the columns that no statement ever updates, in byte order
 * @param updatable the columns that some statement updates, in byte order
 * @param sealed the columns that hold envelopes or search tags
 * @param defaults what the database fills in when an insert leaves a column out
 */
public record CoveredTable(
    String name,
    List<String> id,
    String instance,
    String variable,
    Set<String> fixed,
    Set<String> updatable,
    Set<String> sealed,
    Map<String, Long> defaults) {

  /** The class of a column: fixed, updatable, part of the key, or not the catalogue's. */
  public enum ColumnClass {
    ID,
    FIXED,
    UPDATABLE,
    UNKNOWN
  }

  /** How a column of this table behaves. */
  public ColumnClass classOf(String column) {
    if (id.contains(column)) {
      return ColumnClass.ID;
    }
    if (fixed.contains(column)) {
      return ColumnClass.FIXED;
    }
    return updatable.contains(column) ? ColumnClass.UPDATABLE : ColumnClass.UNKNOWN;
  }

  /** Names the instance that a hierarchy of process instances began with. */
  static final String ROOT = "ROOT_PROC_INST_ID_";

  /** Whether rows of this table say for good which root process instance they belong to. */
  boolean hasRoot() {
    return fixed.contains(ROOT);
  }

  /** Whether rows of this table are cleaned up by date. */
  public boolean hasRemovalTime() {
    return updatable.contains("REMOVAL_TIME_");
  }
}
