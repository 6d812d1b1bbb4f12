package dev.bulla.engine.record;

/** How rows of {@code BULLA_OVERFLOW} are named. Sealing writes them, and they are recorded. */
public final class OverflowRow {

  static final String TABLE = "BULLA_OVERFLOW";
  static final String ENVELOPE = "ENVELOPE_";

  private OverflowRow() {}

  /**
   * The id of the row with the envelope of another row.
   *
   * @param table of that row, in upper case, without prefix
   * @param row the value of its primary key
   */
  public static String id(String table, String row) {
    return table + ":" + row;
  }
}
