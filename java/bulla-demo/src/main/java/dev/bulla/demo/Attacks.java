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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The changes that the demo makes, written against the database as it is. */
final class Attacks {
  private static final String HISTORY = "ACT_HI_VARINST";
  private static final String BYTES = "ACT_GE_BYTEARRAY";

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
    String assessment = byteArray(now.variable(HISTORY, instances.ada(), "assessment"));
    return List.of(
        new Statements(
            "a sealed text overwritten with another borrower's name",
            List.of(
                Sql.of(
                    "UPDATE ACT_HI_VARINST SET VAR_TYPE_ = ?, TEXT_ = ?, TEXT2_ = NULL WHERE ID_ = ?",
                    "string",
                    "Mallory Forger",
                    applicant)),
            List.of(
                changed(HISTORY, applicant, "TEXT_", "TEXT2_").ofVariable("applicant"),
                metadata(HISTORY, applicant, "VAR_TYPE_").ofVariable("applicant"))),
        statements(
            "a number changed by one (a variable that policy leaves in the clear)",
            changed(HISTORY, term, "LONG_").ofVariable("termMonths"),
            Sql.of("UPDATE ACT_HI_VARINST SET LONG_ = LONG_ + 1 WHERE ID_ = ?", term)),
        statements(
            "one member of a JSON document changed (in the clear, too)",
            changed(HISTORY, offer, "TEXT_").ofVariable("offer"),
            Sql.of(
                "UPDATE ACT_HI_VARINST SET TEXT_ = REPLACE(TEXT_, ?, ?) WHERE ID_ = ?",
                "\"rate\":3.9",
                "\"rate\":1.9",
                offer)),
        statements(
            "one bit of a sealed byte array flipped",
            changed(BYTES, passport, "BYTES_").ofVariable("passport"),
            Sql.of("UPDATE ACT_GE_BYTEARRAY SET BYTES_ = ? WHERE ID_ = ?", damaged, passport)),
        statements(
            "one member of a sealed JSON document changed, by turning bits of its ciphertext",
            changed(BYTES, assessment, "BYTES_").ofVariable("assessment"),
            Sql.of(
                "UPDATE ACT_GE_BYTEARRAY SET BYTES_ = ? WHERE ID_ = ?",
                Ciphertext.in(now.bytes(assessment))
                    .exchanged("{\"limit\":2000000", "{\"limit\":9000000"),
                assessment)));
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
                swapped(id(ada), "TEXT2_").ofVariable("income"),
                swapped(id(ben), "TEXT2_").ofVariable("income"))),
        new Statements(
            "two rows pointed to each other's byte array",
            List.of(
                Sql.of(repoint, byteArray(benFound), id(adaFound)),
                Sql.of(repoint, byteArray(adaFound), id(benFound))),
            List.of(
                swapped(id(adaFound), "BYTEARRAY_ID_").ofVariable("assessment"),
                swapped(id(benFound), "BYTEARRAY_ID_").ofVariable("assessment"))),
        statements(
            "an older genuine value put back into a running instance",
            Expected.of("ROLLED_BACK", "ACT_RU_VARIABLE", id(running))
                .in("TEXT2_")
                .ofVariable("amount"),
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
            metadata("ACT_HI_TASKINST", task, "ASSIGNEE_"),
            Sql.of("UPDATE ACT_HI_TASKINST SET ASSIGNEE_ = ? WHERE ID_ = ?", "mallory", task)),
        statements(
            "the end of an instance moved by a day",
            metadata("ACT_HI_PROCINST", id(ended), "END_TIME_"),
            Sql.of(
                "UPDATE ACT_HI_PROCINST SET END_TIME_ = ? WHERE ID_ = ?",
                dayLater(ended.get("END_TIME_")),
                id(ended))),
        statements(
            "the date of the clean-up brought forward",
            metadata("ACT_HI_PROCINST", id(ended), "REMOVAL_TIME_"),
            Sql.of(
                "UPDATE ACT_HI_PROCINST SET REMOVAL_TIME_ = ? WHERE ID_ = ?",
                ended.get("START_TIME_"),
                id(ended))),
        statements(
            EDITED_MODEL,
            changed(BYTES, id(model), "BYTES_").ofVariable("loan/loan.bpmn"),
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
    List<Expected> gone = new ArrayList<>();
    for (Map.Entry<String, String> part : OF_AN_INSTANCE.entrySet()) {
      String where = " FROM %s WHERE %s".formatted(part.getKey(), part.getValue());
      everything.add(Sql.of("DELETE" + where, instances.ben()));
      for (String row : now.strings("SELECT ID_" + where, instances.ben())) {
        gone.add(Expected.of("ROW_MISSING", part.getKey(), row));
      }
    }
    String records = " FROM BULLA_RECORD WHERE RECORD_ LIKE ?";
    everything.add(Sql.of("DELETE" + records, "%" + instances.ben() + "%"));
    gone.addAll(
        gaps(now.strings("SELECT SEQ_" + records + " ORDER BY SEQ_", "%" + instances.ben() + "%")));
    List<Expected> hidden = new ArrayList<>();
    hidden.add(Expected.of("SCHEMA_ALTERED", "ACT_HI_COMMENT", null));
    for (String comment : now.strings("SELECT ID_ FROM ACT_HI_COMMENT WHERE USER_ID_ = 'clerk'")) {
      hidden.add(Expected.of("ROW_MISSING", "ACT_HI_COMMENT", comment));
    }
    return List.of(
        statements(
            "a row of the history deleted",
            Expected.of("ROW_MISSING", HISTORY, score).ofVariable("score"),
            Sql.of("DELETE FROM ACT_HI_VARINST WHERE ID_ = ?", score)),
        statements(
            "a row of the history invented",
            Expected.of("ROW_UNRECORDED", "ACT_HI_TASKINST", invented),
            insert("ACT_HI_TASKINST", task)),
        new Statements("an instance deleted together with its ledger records", everything, gone),
        statements(
            "the history of a withdrawn application brought back",
            Expected.of("ROW_RESURRECTED", "ACT_HI_PROCINST", instances.dan()),
            insert("ACT_HI_PROCINST", deleted)),
        new Statements(
            "the clerk's comments hidden behind a view",
            List.of(
                Sql.of("ALTER TABLE ACT_HI_COMMENT RENAME TO HIDDEN_COMMENT"),
                Sql.of(
                    "CREATE VIEW ACT_HI_COMMENT AS"
                        + " SELECT * FROM HIDDEN_COMMENT WHERE USER_ID_ <> 'clerk'")),
            hidden));
  }

  private List<Attack> ledger() throws SQLException {
    Map<String, Object> approved =
        now.one(
            "SELECT LOG_, SEQ_ FROM BULLA_RECORD WHERE RECORD_ LIKE ? ORDER BY SEQ_ LIMIT 1",
            "%\"user\":\"clerk\"%");
    long approval = (Long) approved.get("SEQ_");
    long tail = newest(now) - 6;
    List<Expected> restored = new ArrayList<>(new Differences(now, before).expected());
    restored.add(record("TRUNCATED", newest(before) + 1));
    return List.of(
        statements(
            "a ledger record altered, so that another user approved",
            record("BAD_SIGNATURE", approval),
            Sql.of(
                "UPDATE BULLA_RECORD SET RECORD_ = REPLACE(RECORD_, ?, ?) WHERE LOG_ = ? AND SEQ_ = ?",
                "\"user\":\"clerk\"",
                "\"user\":\"nobody\"",
                Node.LOG,
                approval)),
        statements(
            "a genuine record replayed under a new number",
            record("RECORD_REPLAYED", approval + 1000),
            Sql.of(
                "INSERT INTO BULLA_RECORD SELECT LOG_, SEQ_ + 1000, RECORD_, SIGNATURE_"
                    + " FROM BULLA_RECORD WHERE LOG_ = ? AND SEQ_ = ?",
                Node.LOG,
                approval)),
        new Statements(
            "the newest records cut off, with their checkpoints",
            List.of(
                Sql.of("DELETE FROM BULLA_CHECKPOINT WHERE SEQ_ > ?", tail),
                Sql.of("DELETE FROM BULLA_RECORD WHERE SEQ_ > ?", tail)),
            List.of(record("TRUNCATED", tail + 1))),
        statements(
            "the salt of an instance destroyed, without a record of erasure",
            Expected.of("KEY_MISSING", "BULLA_SALT", instances.ada()),
            Sql.of("DELETE FROM BULLA_SALT WHERE INSTANCE_ = ?", instances.ada())),
        new OlderBackup("an older backup of the whole database restored", restored));
  }

  private static long newest(Rows database) throws SQLException {
    return (Long) database.one("SELECT MAX(SEQ_) AS SEQ_ FROM BULLA_RECORD").get("SEQ_");
  }

  /** One finding for each run of numbers that lack. */
  private static List<Expected> gaps(List<String> numbers) {
    List<Expected> gaps = new ArrayList<>();
    long last = -1;
    for (String text : numbers) {
      long number = Long.parseLong(text);
      if (number != last + 1) {
        gaps.add(record("LOG_GAP", number));
      }
      last = number;
    }
    return gaps;
  }

  private static final String OF_INSTANCE = "PROC_INST_ID_ = ?";

  private static final String OF_DECISION =
      "DEC_INST_ID_ IN (SELECT ID_ FROM ACT_HI_DECINST WHERE PROC_INST_ID_ = ?)";

  /** Where the history of an instance is, in an order in which it can be deleted. */
  private static final Map<String, String> OF_AN_INSTANCE = new LinkedHashMap<>();

  static {
    OF_AN_INSTANCE.put("ACT_HI_DEC_IN", OF_DECISION);
    OF_AN_INSTANCE.put("ACT_HI_DEC_OUT", OF_DECISION);
    for (String table :
        List.of(
            "ACT_HI_DECINST",
            "ACT_HI_DETAIL",
            HISTORY,
            "ACT_HI_TASKINST",
            "ACT_HI_ACTINST",
            "ACT_HI_COMMENT",
            "ACT_HI_EXT_TASK_LOG",
            "ACT_HI_OP_LOG",
            "ACT_HI_PROCINST")) {
      OF_AN_INSTANCE.put(table, OF_INSTANCE);
    }
    OF_AN_INSTANCE.put(BYTES, "ROOT_PROC_INST_ID_ = ?");
  }

  private static Statements statements(String name, Expected expected, Sql statement) {
    return new Statements(name, List.of(statement), List.of(expected));
  }

  private static Expected changed(String table, String row, String... columns) {
    return Expected.of("VALUE_CHANGED", table, row).in(columns);
  }

  private static Expected metadata(String table, String row, String column) {
    return Expected.of("METADATA_CHANGED", table, row).in(column);
  }

  private static Expected swapped(String row, String column) {
    return Expected.of("VALUE_SWAPPED", HISTORY, row).in(column);
  }

  private static Expected record(String kind, long seq) {
    return Expected.of(kind, "BULLA_RECORD", Node.LOG + "#" + seq);
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
