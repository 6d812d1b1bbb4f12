package dev.bulla.engine.seal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A table with sealed columns.
 *
 * @param name upper case, without prefix
 * @param values the columns of a variable's value, or null
 * @param texts columns of text, each sealed by itself
 * @param numbers columns of floating-point numbers, each sealed by itself
 * @param bytes columns of bytes, each sealed by itself
 * @param mixed those of {@code texts} that rows of other tables fill as well, unsealed, in the
 *     result of a UNION
 */
record SealedTable(
    String name,
    Values values,
    List<String> texts,
    List<String> numbers,
    List<Bytes> bytes,
    Set<String> mixed) {

  static final String ID = "ID_";
  static final String TEXT = "TEXT_";
  static final String TEXT2 = "TEXT2_";
  static final String LONG = "LONG_";
  static final String DOUBLE = "DOUBLE_";
  static final String BYTEARRAY = "BYTEARRAY_ID_";

  /**
   * Sealed together with a value that has search tags, so that a tag cannot be taken away. No
   * column has a name in lower case.
   */
  static final String TAGGED = "tagged";

  /** What stands before the type of a sealed value: a name that no engine has a serializer for. */
  static final String TYPE_PREFIX = "sealed:";

  /**
   * The columns of a variable's value: TEXT_, TEXT2_, LONG_ and DOUBLE_ are sealed together with
   * BYTEARRAY_ID_, and the envelope stands in TEXT2_.
   *
   * @param type the column of the serializer's name
   * @param name the column of the variable's name; null where values have none, they are sealed
   *     whatever the policy says
   * @param tenant the column of the tenant
   * @param instance a column of the process instance that is never updated, or null
   * @param searched whether queries compare these values
   * @param forms whether the table has rows without a type whose value is in TEXT_ alone
   */
  record Values(
      String type, String name, String tenant, String instance, boolean searched, boolean forms) {}

  /**
   * A column of bytes.
   *
   * @param column its name
   * @param name a column that is never updated and belongs to the context as the variable's name;
   *     null if there is none
   * @param type the same for the type
   * @param tenant the same for the tenant
   */
  record Bytes(String column, String name, String type, String tenant) {}

  private static final Map<String, SealedTable> ALL = new HashMap<>();

  static {
    values(
        "ACT_RU_VARIABLE",
        new Values("TYPE_", "NAME_", "TENANT_ID_", "PROC_INST_ID_", true, false));
    values(
        "ACT_HI_VARINST",
        new Values("VAR_TYPE_", "NAME_", "TENANT_ID_", "PROC_INST_ID_", true, false));
    values(
        "ACT_HI_DETAIL",
        new Values("VAR_TYPE_", "NAME_", "TENANT_ID_", "PROC_INST_ID_", false, true));
    values("ACT_HI_DEC_IN", new Values("VAR_TYPE_", null, "TENANT_ID_", null, false, false));
    values("ACT_HI_DEC_OUT", new Values("VAR_TYPE_", null, "TENANT_ID_", null, false, false));
    bytes("ACT_GE_BYTEARRAY", new Bytes("BYTES_", "NAME_", "DEPLOYMENT_ID_", "TENANT_ID_"));
    texts("ACT_RU_INCIDENT", "INCIDENT_MSG_");
    texts("ACT_HI_INCIDENT", "INCIDENT_MSG_");
    texts("ACT_RU_JOB", "EXCEPTION_MSG_");
    texts("ACT_HI_JOB_LOG", "JOB_EXCEPTION_MSG_");
    texts("ACT_RU_EXT_TASK", "ERROR_MSG_");
    texts("ACT_HI_EXT_TASK_LOG", "ERROR_MSG_");
    // a saved query holds the values that it compares with
    texts("ACT_RU_FILTER", "QUERY_");
    // what a decision's rules collect, as a sum or a maximum
    add(new SealedTable("ACT_HI_DECINST", null, List.of(), List.of("COLLECT_VALUE_"), List.of()));
    add(
        new SealedTable(
            "ACT_HI_COMMENT",
            null,
            List.of("MESSAGE_"),
            List.of(),
            List.of(new Bytes("FULL_MSG_", null, null, null))));
  }

  private SealedTable(
      String name, Values values, List<String> texts, List<String> numbers, List<Bytes> bytes) {
    this(name, values, texts, numbers, bytes, Set.of());
  }

  /** The same, in the result of a query that has rows of other tables, too. */
  SealedTable mixed(Set<String> columns) {
    return columns.isEmpty() ? this : new SealedTable(name, values, texts, numbers, bytes, columns);
  }

  /** The table of this name, or null if none of its columns is sealed. */
  static SealedTable named(String name) {
    return ALL.get(name);
  }

  /** All of them. */
  static Iterable<SealedTable> all() {
    return ALL.values();
  }

  /** Whether a column of this name holds sealed values that queries may compare. */
  boolean isCompared(String column) {
    return texts.contains(column) || numbers.contains(column) || isValue(column);
  }

  boolean isValue(String column) {
    return values != null
        && (column.equals(TEXT)
            || column.equals(TEXT2)
            || column.equals(LONG)
            || column.equals(DOUBLE));
  }

  private static void values(String name, Values values) {
    add(new SealedTable(name, values, List.of(), List.of(), List.of()));
  }

  private static void texts(String name, String column) {
    add(new SealedTable(name, null, List.of(column), List.of(), List.of()));
  }

  private static void bytes(String name, Bytes bytes) {
    add(new SealedTable(name, null, List.of(), List.of(), List.of(bytes)));
  }

  private static void add(SealedTable table) {
    ALL.put(table.name(), table);
  }
}
