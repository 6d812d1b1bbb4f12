package dev.bulla.demo;

import dev.bulla.demo.Attack.Expected;
import dev.bulla.demo.Attack.OlderBackup;
import dev.bulla.demo.Attack.Sql;
import dev.bulla.demo.Attack.Statements;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The changes that the demo makes, written against the database as it is. */
final class Attacks {
  private static final String HISTORY = "ACT_HI_VARINST";
  private static final String BYTES = "ACT_GE_BYTEARRAY";
  private static final Set<String> NONE = Set.of();

  private final Rows now;
  private final Rows before;
  private final Instances instances;

  /** Who applied, by the ids of their process instances. */
  record Instances(String ada, String ben, String cleo, String dan) {}

  /**
   * Reads what the attacks are made of.
   *
   * @param database the database as it is
   * @param backup an older copy of it
   */
  Attacks(Connection database, Connection backup, Instances instances) {
    this.now = new Rows(database);
    this.before = new Rows(backup);
    this.instances = instances;
  }

  /** All of them. */
  List<Attack> all() throws SQLException {
    List<Attack> all = new ArrayList<>();
    all.addAll(values());
    all.addAll(places());
    all.addAll(metadata());
    all.addAll(rows());
    all.addAll(ledger());
    return all;
  }

  private List<Attack> values() throws SQLException {
    String applicant = id(now.variable(HISTORY, instances.ada(), "applicant"));
    String term = id(now.variable(HISTORY, instances.ada(), "termMonths"));
    String offer = id(now.variable(HISTORY, instances.ada(), "offer"));
    String passport = byteArray(now.variable(HISTORY, instances.ada(), "passport"));
    byte[] damaged = now.bytes(passport);
    damaged[damaged.length / 2] ^= 1;
    return List.of(
        statements(
            "a sealed text overwritten with another borrower's name",
            expect("VALUE_CHANGED", HISTORY, applicant, "TEXT_"),
            Set.of("METADATA_CHANGED"),
            Sql.of(
                "UPDATE ACT_HI_VARINST SET VAR_TYPE_ = ?, TEXT_ = ?, TEXT2_ = NULL WHERE ID_ = ?",
                "string",
                "Mallory Forger",
                applicant)),
        statements(
            "a number changed by one (a variable that policy leaves in the clear)",
            expect("VALUE_CHANGED", HISTORY, term, "LONG_"),
            NONE,
            Sql.of("UPDATE ACT_HI_VARINST SET LONG_ = LONG_ + 1 WHERE ID_ = ?", term)),
        statements(
            "one member of a JSON document changed (in the clear, too)",
            expect("VALUE_CHANGED", HISTORY, offer, "TEXT_"),
            NONE,
            Sql.of(
                "UPDATE ACT_HI_VARINST SET TEXT_ = REPLACE(TEXT_, ?, ?) WHERE ID_ = ?",
                "\"rate\":3.9",
                "\"rate\":1.9",
                offer)),
        statements(
            "one bit of a sealed byte array flipped",
            expect("VALUE_CHANGED", BYTES, passport, "BYTES_"),
            NONE,
            Sql.of("UPDATE ACT_GE_BYTEARRAY SET BYTES_ = ? WHERE ID_ = ?", damaged, passport)));
  }

  private List<Attack> places() throws SQLException {
    Map<String, Object> ada = now.variable(HISTORY, instances.ada(), "income");
    Map<String, Object> ben = now.variable(HISTORY, instances.ben(), "income");
    Map<String, Object> adaFound = now.variable(HISTORY, instances.ada(), "assessment");
    Map<String, Object> benFound = now.variable(HISTORY, instances.ben(), "assessment");
    Map<String, Object> running = now.variable("ACT_RU_VARIABLE", instances.cleo(), "amount");
    Map<String, Object> older = before.variable("ACT_RU_VARIABLE", instances.cleo(), "amount");
    String exchange = "UPDATE ACT_HI_VARINST SET TEXT2_ = ? WHERE ID_ = ?";
    String repoint = "UPDATE ACT_HI_VARINST SET BYTEARRAY_ID_ = ? WHERE ID_ = ?";
    return List.of(
        new Statements(
            "the sealed incomes of two applicants exchanged",
            List.of(
                Sql.of(exchange, ben.get("TEXT2_"), id(ada)),
                Sql.of(exchange, ada.get("TEXT2_"), id(ben))),
            List.of(
                expect("VALUE_SWAPPED", HISTORY, id(ada), "TEXT2_"),
                expect("VALUE_SWAPPED", HISTORY, id(ben), "TEXT2_")),
            NONE),
        new Statements(
            "two rows pointed to each other's byte array",
            List.of(
                Sql.of(repoint, byteArray(benFound), id(adaFound)),
                Sql.of(repoint, byteArray(adaFound), id(benFound))),
            List.of(
                expect("VALUE_SWAPPED", HISTORY, id(adaFound), "BYTEARRAY_ID_"),
                expect("VALUE_SWAPPED", HISTORY, id(benFound), "BYTEARRAY_ID_")),
            NONE),
        statements(
            "an older genuine value put back into a running instance",
            expect("ROLLED_BACK", "ACT_RU_VARIABLE", id(running), "TEXT2_"),
            NONE,
            Sql.of(
                "UPDATE ACT_RU_VARIABLE SET TEXT2_ = ? WHERE ID_ = ?",
                older.get("TEXT2_"),
                id(running))));
  }

  private List<Attack> metadata() throws SQLException {
    String task =
        id(
            now.one(
                "SELECT ID_ FROM ACT_HI_TASKINST WHERE PROC_INST_ID_ = ? AND TASK_DEF_KEY_ = ?",
                instances.ada(),
                "assess"));
    Map<String, Object> ended =
        now.one("SELECT * FROM ACT_HI_PROCINST WHERE ID_ = ?", instances.ada());
    Map<String, Object> model =
        now.one("SELECT ID_ FROM ACT_GE_BYTEARRAY WHERE NAME_ = ?", "loan/loan.bpmn");
    return List.of(
        statements(
            "the task given to another assignee",
            expect("METADATA_CHANGED", "ACT_HI_TASKINST", task, "ASSIGNEE_"),
            NONE,
            Sql.of("UPDATE ACT_HI_TASKINST SET ASSIGNEE_ = ? WHERE ID_ = ?", "mallory", task)),
        statements(
            "the end of an instance moved by a day",
            expect("METADATA_CHANGED", "ACT_HI_PROCINST", id(ended), "END_TIME_"),
            NONE,
            Sql.of(
                "UPDATE ACT_HI_PROCINST SET END_TIME_ = ? WHERE ID_ = ?",
                dayLater(ended.get("END_TIME_")),
                id(ended))),
        statements(
            "the date of the clean-up brought forward",
            expect("METADATA_CHANGED", "ACT_HI_PROCINST", id(ended), "REMOVAL_TIME_"),
            NONE,
            Sql.of(
                "UPDATE ACT_HI_PROCINST SET REMOVAL_TIME_ = ? WHERE ID_ = ?",
                ended.get("START_TIME_"),
                id(ended))),
        statements(
            EDITED_MODEL,
            expect("VALUE_CHANGED", BYTES, id(model), "BYTES_"),
            NONE,
            Sql.of(
                "UPDATE ACT_GE_BYTEARRAY SET BYTES_ = ? WHERE ID_ = ?",
                LoanApplication.model()
                    .replace("\"treasurer\"", "\"mallory\"")
                    .getBytes(StandardCharsets.UTF_8),
                id(model))));
  }

  /** After this one, the engine is started again. */
  static final String EDITED_MODEL = "the process model edited, so that another releases the money";

  private List<Attack> rows() throws SQLException {
    String score = id(now.variable(HISTORY, instances.ada(), "score"));
    Map<String, Object> task =
        now.one(
            "SELECT * FROM ACT_HI_TASKINST WHERE PROC_INST_ID_ = ? AND TASK_DEF_KEY_ = ?",
            instances.ada(),
            "release");
    String invented = "00000000-feed-11f0-beef-000000000001";
    task.put("ID_", invented);
    Map<String, Object> deleted =
        before.one("SELECT * FROM ACT_HI_PROCINST WHERE ID_ = ?", instances.dan());
    List<Sql> everything = new ArrayList<>();
    everything.add(
        Sql.of(
            "DELETE FROM ACT_HI_DEC_IN WHERE DEC_INST_ID_ IN"
                + " (SELECT ID_ FROM ACT_HI_DECINST WHERE PROC_INST_ID_ = ?)",
            instances.ben()));
    everything.add(
        Sql.of(
            "DELETE FROM ACT_HI_DEC_OUT WHERE DEC_INST_ID_ IN"
                + " (SELECT ID_ FROM ACT_HI_DECINST WHERE PROC_INST_ID_ = ?)",
            instances.ben()));
    for (String table : OF_AN_INSTANCE) {
      everything.add(
          Sql.of("DELETE FROM %s WHERE PROC_INST_ID_ = ?".formatted(table), instances.ben()));
    }
    everything.add(
        Sql.of("DELETE FROM ACT_GE_BYTEARRAY WHERE ROOT_PROC_INST_ID_ = ?", instances.ben()));
    everything.add(
        Sql.of("DELETE FROM BULLA_RECORD WHERE RECORD_ LIKE ?", "%" + instances.ben() + "%"));
    return List.of(
        statements(
            "a row of the history deleted",
            expect("ROW_MISSING", HISTORY, score, null),
            NONE,
            Sql.of("DELETE FROM ACT_HI_VARINST WHERE ID_ = ?", score)),
        statements(
            "a row of the history invented",
            expect("ROW_UNRECORDED", "ACT_HI_TASKINST", invented, null),
            NONE,
            insert("ACT_HI_TASKINST", task)),
        new Statements(
            "an instance deleted together with its ledger records",
            everything,
            List.of(
                expect("ROW_MISSING", "ACT_HI_PROCINST", instances.ben(), null),
                expect("LOG_GAP", null, null, null)),
            Set.of("ROW_MISSING", "LOG_GAP", "ROOT_MISMATCH")),
        statements(
            "the history of a withdrawn application brought back",
            expect("ROW_RESURRECTED", "ACT_HI_PROCINST", instances.dan(), null),
            NONE,
            insert("ACT_HI_PROCINST", deleted)),
        new Statements(
            "the clerk's comments hidden behind a view",
            List.of(
                Sql.of("ALTER TABLE ACT_HI_COMMENT RENAME TO HIDDEN_COMMENT"),
                Sql.of(
                    "CREATE VIEW ACT_HI_COMMENT AS"
                        + " SELECT * FROM HIDDEN_COMMENT WHERE USER_ID_ <> 'clerk'")),
            List.of(expect("SCHEMA_ALTERED", "ACT_HI_COMMENT", null, null)),
            Set.of("ROW_MISSING", "SCHEMA_ALTERED")));
  }

  private List<Attack> ledger() throws SQLException {
    Map<String, Object> approved =
        now.one(
            "SELECT LOG_, SEQ_ FROM BULLA_RECORD WHERE RECORD_ LIKE ? ORDER BY SEQ_ LIMIT 1",
            "%\"user\":\"clerk\"%");
    Map<String, Object> newest =
        now.one("SELECT LOG_, MAX(SEQ_) AS SEQ_ FROM BULLA_RECORD GROUP BY LOG_");
    long tail = ((Number) newest.get("SEQ_")).longValue() - 6;
    return List.of(
        statements(
            "a ledger record altered, so that another user approved",
            expectRecord("BAD_SIGNATURE", approved),
            Set.of("ROOT_MISMATCH"),
            Sql.of(
                "UPDATE BULLA_RECORD SET RECORD_ = REPLACE(RECORD_, ?, ?) WHERE LOG_ = ? AND SEQ_ = ?",
                "\"user\":\"clerk\"",
                "\"user\":\"nobody\"",
                approved.get("LOG_"),
                approved.get("SEQ_"))),
        statements(
            "a genuine record replayed under a new number",
            expect("RECORD_REPLAYED", null, null, null),
            Set.of("BAD_SIGNATURE", "LOG_GAP", "ROOT_MISMATCH"),
            Sql.of(
                "INSERT INTO BULLA_RECORD SELECT LOG_, SEQ_ + 1000, RECORD_, SIGNATURE_"
                    + " FROM BULLA_RECORD WHERE LOG_ = ? AND SEQ_ = ?",
                approved.get("LOG_"),
                approved.get("SEQ_"))),
        new Statements(
            "the newest records cut off, with their checkpoints",
            List.of(
                Sql.of("DELETE FROM BULLA_CHECKPOINT WHERE SEQ_ > ?", tail),
                Sql.of("DELETE FROM BULLA_RECORD WHERE SEQ_ > ?", tail)),
            List.of(expect("TRUNCATED", null, null, null)),
            Set.of("TRUNCATED")),
        statements(
            "the salt of an instance destroyed, without a record of erasure",
            expect("KEY_MISSING", null, null, null),
            Set.of("KEY_MISSING"),
            Sql.of("DELETE FROM BULLA_SALT WHERE INSTANCE_ = ?", instances.ada())),
        new OlderBackup(
            "an older backup of the whole database restored",
            List.of(expect("TRUNCATED", null, null, null)),
            Set.of(
                "TRUNCATED",
                "ROLLED_BACK",
                "ROW_MISSING",
                "ROW_RESURRECTED",
                "VALUE_CHANGED",
                "METADATA_CHANGED",
                "KEY_MISSING")));
  }

  private static final List<String> OF_AN_INSTANCE =
      List.of(
          "ACT_HI_DECINST",
          "ACT_HI_DETAIL",
          "ACT_HI_VARINST",
          "ACT_HI_TASKINST",
          "ACT_HI_ACTINST",
          "ACT_HI_COMMENT",
          "ACT_HI_EXT_TASK_LOG",
          "ACT_HI_OP_LOG",
          "ACT_HI_PROCINST");

  private static Statements statements(
      String name, Expected expected, Set<String> consequences, Sql statement) {
    return new Statements(name, List.of(statement), List.of(expected), consequences);
  }

  private static Expected expect(String kind, String table, String row, String column) {
    return new Expected(kind, table, row, column, null);
  }

  private static Expected expectRecord(String kind, Map<String, Object> record) {
    return new Expected(kind, null, null, null, record.get("LOG_") + "#" + record.get("SEQ_"));
  }

  private static Sql insert(String table, Map<String, Object> row) {
    String columns = String.join(", ", row.keySet());
    String marks = row.keySet().stream().map(column -> "?").collect(Collectors.joining(", "));
    return Sql.of(
        "INSERT INTO %s (%s) VALUES (%s)".formatted(table, columns, marks),
        Arrays.copyOf(row.values().toArray(), row.size()));
  }

  private static Timestamp dayLater(Object time) {
    return Timestamp.valueOf(((Timestamp) time).toLocalDateTime().plusDays(1));
  }

  private static String id(Map<String, Object> row) {
    return (String) row.get("ID_");
  }

  private static String byteArray(Map<String, Object> row) {
    return (String) row.get("BYTEARRAY_ID_");
  }
}
