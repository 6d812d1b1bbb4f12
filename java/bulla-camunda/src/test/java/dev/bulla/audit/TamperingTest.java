package dev.bulla.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.AuditReport;
import dev.bulla.AuditReport.Outcome;
import dev.bulla.Finding;
import dev.bulla.Finding.Severity;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a database administrator does to a real engine's tables, and what the audit says of it. */
class TamperingTest {
  @TempDir static Path directory;

  private static Installation site;

  @BeforeAll
  static void live() throws Exception {
    site = new Installation(directory).live();
    site.keys();
  }

  @BeforeEach
  void remember() throws SQLException {
    execute("SCRIPT TO '" + directory + "/before.sql'");
  }

  @AfterEach
  void restore() throws SQLException {
    execute("DROP ALL OBJECTS");
    execute("RUNSCRIPT FROM '" + directory + "/before.sql'");
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = site.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String variable(String name, String column) throws SQLException {
    return site.query(
        "SELECT %s FROM ACT_HI_VARINST WHERE NAME_ = '%s' ORDER BY CREATE_TIME_"
            .formatted(column, name));
  }

  private static Finding only(AuditReport report) {
    assertThat(report.findings()).hasSize(1);
    return report.findings().get(0);
  }

  @Test
  void a_sealed_value_edited_is_named_with_its_place_record_user_and_time() throws Exception {
    String id = variable("applicant", "ID_");
    site.tamper("UPDATE ACT_HI_VARINST SET TEXT2_ = 'x' || TEXT2_ WHERE ID_ = '" + id + "'");
    Finding found = only(site.audit());
    assertThat(found.kind()).isEqualTo("VALUE_CHANGED");
    assertThat(found.severity()).isEqualTo(Severity.CRITICAL);
    assertThat(found.table()).isEqualTo("ACT_HI_VARINST");
    assertThat(found.row()).isEqualTo(id);
    assertThat(found.column()).isEqualTo("TEXT2_");
    assertThat(found.variable()).isEqualTo("applicant");
    assertThat(found.processInstance()).isEqualTo(variable("applicant", "PROC_INST_ID_"));
    assertThat(found.record()).startsWith("loans/node-1#");
    assertThat(found.user()).isEqualTo("mary");
    assertThat(found.recordedAt()).isNotNull();
  }

  @Test
  void sealed_values_exchanged_are_found_at_both_places() throws Exception {
    String one = variable("applicant", "ID_");
    String other = variable("grade", "ID_");
    String sealed = variable("applicant", "TEXT2_");
    String otherSealed = variable("grade", "TEXT2_");
    site.tamper("UPDATE ACT_HI_VARINST SET TEXT2_='%s' WHERE ID_='%s'".formatted(otherSealed, one));
    site.tamper("UPDATE ACT_HI_VARINST SET TEXT2_='%s' WHERE ID_='%s'".formatted(sealed, other));
    AuditReport report = site.audit();
    assertThat(Installation.kinds(report)).containsExactly("VALUE_SWAPPED", "VALUE_SWAPPED");
    assertThat(report.findings()).extracting(Finding::row).containsExactlyInAnyOrder(one, other);
    assertThat(report.findings()).anyMatch(f -> f.detail().contains(other));
  }

  @Test
  void a_time_moved_farther_than_a_number_of_microseconds_goes_is_found() throws Exception {
    // 2^64 microseconds, which is some 585,000 years
    site.tamper(
        "UPDATE ACT_HI_PROCINST SET END_TIME_ = DATEADD(MICROSECOND, 551616,"
            + " DATEADD(SECOND, 28909, DATEADD(DAY, 213503982, END_TIME_)))"
            + " WHERE BUSINESS_KEY_ = 'loan-0'");
    Finding found = only(site.audit());
    assertThat(found.kind()).isEqualTo("METADATA_CHANGED");
    assertThat(found.column()).isEqualTo("END_TIME_");
  }

  @Test
  void a_byte_array_edited_is_a_value_changed_there() throws Exception {
    String bytes = variable("terms", "BYTEARRAY_ID_");
    site.tamper("UPDATE ACT_GE_BYTEARRAY SET BYTES_ = X'00' WHERE ID_ = '" + bytes + "'");
    Finding found = only(site.audit());
    assertThat(found.kind()).isEqualTo("VALUE_CHANGED");
    assertThat(found.table()).isEqualTo("ACT_GE_BYTEARRAY");
    assertThat(found.column()).isEqualTo("BYTES_");
  }

  @Test
  void an_envelope_that_did_not_fit_its_column_is_a_value_changed_where_it_is_kept()
      throws Exception {
    String id = "ACT_HI_VARINST:" + variable("letter", "ID_");
    site.tamper(
        "UPDATE BULLA_OVERFLOW SET ENVELOPE_ = REGEXP_REPLACE(ENVELOPE_, 'e', 'f') WHERE ID_ = '%s'"
            .formatted(id));
    Finding found = only(site.audit());
    assertThat(found.kind()).isEqualTo("VALUE_CHANGED");
    assertThat(found.table()).isEqualTo("BULLA_OVERFLOW");
    assertThat(found.row()).isEqualTo(id);
    assertThat(found.variable()).isEqualTo("letter");
    assertThat(found.processInstance()).isEqualTo(variable("letter", "PROC_INST_ID_"));
    assertThat(found.user()).isEqualTo("mary");
    site.tamper("DELETE FROM BULLA_OVERFLOW WHERE ID_ = '%s'".formatted(id));
    found = only(site.audit());
    assertThat(found.kind()).isEqualTo("ROW_MISSING");
    assertThat(found.row()).isEqualTo(id);
    assertThat(found.variable()).isEqualTo("letter");
  }

  @Test
  void an_envelope_beside_a_search_tag_is_answered_for_like_any_other() throws Exception {
    String incident = site.query("SELECT MIN(ID_) FROM ACT_HI_INCIDENT");
    String other = site.query("SELECT MAX(ID_) FROM ACT_HI_INCIDENT");
    String envelope = "SELECT ENVELOPE_ FROM BULLA_OVERFLOW WHERE ID_ = 'ACT_HI_INCIDENT:%s'";
    String edit = "UPDATE BULLA_OVERFLOW SET ENVELOPE_ = (%s) WHERE ID_ = 'ACT_HI_INCIDENT:%s'";
    String before = site.query(envelope.formatted(incident));
    site.tamper(
        edit.formatted(
            "SELECT MAX(ENVELOPE_) || 'A' FROM BULLA_OVERFLOW WHERE ID_ = 'ACT_HI_INCIDENT:%s'"
                .formatted(incident),
            incident));
    Finding found = only(site.audit());
    assertThat(found.kind()).isEqualTo("VALUE_CHANGED");
    assertThat(found.table()).isEqualTo("BULLA_OVERFLOW");
    assertThat(found.row()).isEqualTo("ACT_HI_INCIDENT:" + incident);
    assertThat(found.processInstance())
        .isEqualTo(
            site.query(
                "SELECT PROC_INST_ID_ FROM ACT_HI_INCIDENT WHERE ID_ = '%s'".formatted(incident)));
    site.tamper(edit.formatted("'" + site.query(envelope.formatted(other)) + "'", incident));
    found = only(site.audit());
    assertThat(found.kind()).isEqualTo("VALUE_SWAPPED");
    assertThat(found.detail()).contains(other);
    site.tamper(edit.formatted("'" + before + "'", incident));
    assertThat(site.audit().outcome()).isEqualTo(Outcome.CLEAN);
  }

  @Test
  void a_sealed_null_edited_is_a_value_changed_and_one_of_another_row_is_swapped()
      throws Exception {
    String id = variable("remark", "ID_");
    String sealed = variable("remark", "TEXT2_");
    assertThat(sealed).startsWith("bulla:null:");
    site.tamper("UPDATE ACT_HI_VARINST SET TEXT2_ = NULL WHERE ID_ = '" + id + "'");
    Finding found = only(site.audit());
    assertThat(found.kind()).isEqualTo("VALUE_CHANGED");
    assertThat(found.variable()).isEqualTo("remark");
    String other =
        site.query(
            "SELECT TEXT2_ FROM ACT_HI_VARINST WHERE NAME_ = 'remark' AND ID_ <> '%s'"
                .formatted(id));
    site.tamper("UPDATE ACT_HI_VARINST SET TEXT2_='%s' WHERE ID_='%s'".formatted(other, id));
    assertThat(only(site.audit()).kind()).isEqualTo("VALUE_SWAPPED");
  }

  @Test
  void an_invented_overflow_row_is_unrecorded() throws Exception {
    site.tamper("INSERT INTO BULLA_OVERFLOW (ID_, ENVELOPE_) VALUES ('ACT_HI_VARINST:x', 'x')");
    Finding found = only(site.audit());
    assertThat(found.kind()).isEqualTo("ROW_UNRECORDED");
    assertThat(found.table()).isEqualTo("BULLA_OVERFLOW");
  }

  @Test
  void the_model_edited_is_a_value_changed() throws Exception {
    site.tamper("UPDATE ACT_GE_BYTEARRAY SET BYTES_ = X'3C' WHERE NAME_ LIKE '%.bpmn'");
    assertThat(only(site.audit()).table()).isEqualTo("ACT_GE_BYTEARRAY");
  }

  @Test
  void an_assignee_changed_is_metadata() throws Exception {
    site.tamper(
        "UPDATE ACT_HI_TASKINST SET ASSIGNEE_ = 'mallory' WHERE ID_ ="
            + " (SELECT MIN(ID_) FROM ACT_HI_TASKINST WHERE ASSIGNEE_ = 'john')");
    Finding found = only(site.audit());
    assertThat(found.kind()).isEqualTo("METADATA_CHANGED");
    assertThat(found.column()).isEqualTo("ASSIGNEE_");
  }

  @Test
  void an_end_moved_by_a_microsecond_is_metadata() throws Exception {
    site.tamper(
        "UPDATE ACT_HI_PROCINST SET END_TIME_ = DATEADD(MICROSECOND, 1, END_TIME_) WHERE"
            + " BUSINESS_KEY_ = 'loan-0'");
    assertThat(only(site.audit()).column()).isEqualTo("END_TIME_");
  }

  @Test
  void a_name_that_never_changes_is_told_apart_by_its_locator() throws Exception {
    site.tamper("UPDATE ACT_HI_PROCINST SET BUSINESS_KEY_ = 'loan-9' WHERE BUSINESS_KEY_='loan-1'");
    Finding found = only(site.audit());
    assertThat(found.kind()).isEqualTo("METADATA_CHANGED");
    assertThat(found.column()).isEqualTo("BUSINESS_KEY_");
  }

  @Test
  void a_removal_time_moved_is_metadata() throws Exception {
    site.tamper(
        "UPDATE ACT_HI_VARINST SET REMOVAL_TIME_ = TIMESTAMP '2020-01-01 00:00:00' WHERE ID_ = '%s'"
            .formatted(variable("grade", "ID_")));
    Finding found = only(site.audit());
    assertThat(found.kind()).isEqualTo("METADATA_CHANGED");
    assertThat(found.column()).isEqualTo("REMOVAL_TIME_");
  }

  @Test
  void a_row_deleted_is_missing() throws Exception {
    String id = variable("rate", "ID_");
    site.tamper("DELETE FROM ACT_HI_VARINST WHERE ID_ = '" + id + "'");
    Finding found = only(site.audit());
    assertThat(found.kind()).isEqualTo("ROW_MISSING");
    assertThat(found.row()).isEqualTo(id);
    assertThat(found.variable()).isEqualTo("rate");
  }

  @Test
  void a_text_without_a_form_in_bytes_is_found_and_stops_no_audit() throws Exception {
    site.tamper(
        "UPDATE ACT_HI_PROCINST SET BUSINESS_KEY_ = 'loan-' || CHAR(55296)"
            + " WHERE BUSINESS_KEY_ = 'loan-1'");
    Finding found = only(site.audit());
    assertThat(found.kind()).isEqualTo("METADATA_CHANGED");
    assertThat(found.column()).isEqualTo("BUSINESS_KEY_");
  }

  @Test
  void a_record_without_a_number_is_found_and_hides_no_other() throws Exception {
    execute("ALTER TABLE BULLA_RECORD DROP PRIMARY KEY");
    execute("ALTER TABLE BULLA_RECORD ALTER COLUMN SEQ_ SET NULL");
    site.tamper(
        "INSERT INTO BULLA_RECORD (LOG_, RECORD_, SIGNATURE_) VALUES ('loans/node-1', CHAR(55296), '')");
    Finding found = only(site.audit());
    assertThat(found.kind()).isEqualTo("BAD_SIGNATURE");
    assertThat(found.table()).isEqualTo("BULLA_RECORD");
  }

  @Test
  void a_checkpoint_that_names_another_account_is_found_in_its_row() throws Exception {
    String size = site.query("SELECT MAX(SIZE_) FROM BULLA_CHECKPOINT");
    site.tamper("UPDATE BULLA_CHECKPOINT SET SEQ_ = SEQ_ - 1 WHERE SIZE_ = " + size);
    Finding found = only(site.audit());
    assertThat(found.kind()).isEqualTo("BAD_SIGNATURE");
    assertThat(found.table()).isEqualTo("BULLA_CHECKPOINT");
    assertThat(found.row()).isEqualTo("loans/node-1#" + size);
    assertThat(found.column()).isEqualTo("SEQ_");
  }

  @Test
  void a_number_beyond_its_column_is_found_and_stops_no_audit() throws Exception {
    execute("ALTER TABLE ACT_HI_TASKINST ALTER COLUMN PRIORITY_ NUMERIC(40)");
    site.tamper(
        "UPDATE ACT_HI_TASKINST SET PRIORITY_ = 1000000000000000000000000000000 WHERE ID_ ="
            + " (SELECT MIN(ID_) FROM ACT_HI_TASKINST)");
    Finding found = only(site.audit());
    assertThat(found.kind()).isEqualTo("METADATA_CHANGED");
    assertThat(found.column()).isEqualTo("PRIORITY_");
  }

  @Test
  void a_number_that_is_none_is_found_and_stops_no_audit() throws Exception {
    execute("ALTER TABLE ACT_HI_TASKINST ALTER COLUMN PRIORITY_ DECFLOAT");
    site.tamper(
        "UPDATE ACT_HI_TASKINST SET PRIORITY_ = CAST('NaN' AS DECFLOAT) WHERE ID_ ="
            + " (SELECT MIN(ID_) FROM ACT_HI_TASKINST)");
    Finding found = only(site.audit());
    assertThat(found.kind()).isEqualTo("METADATA_CHANGED");
    assertThat(found.column()).isEqualTo("PRIORITY_");
  }

  @Test
  void a_time_moved_by_less_than_its_column_held_is_found() throws Exception {
    execute("ALTER TABLE ACT_HI_PROCINST ALTER COLUMN END_TIME_ TIMESTAMP(9)");
    site.tamper(
        "UPDATE ACT_HI_PROCINST SET END_TIME_ = DATEADD(NANOSECOND, 1, END_TIME_) WHERE"
            + " BUSINESS_KEY_ = 'loan-0'");
    assertThat(only(site.audit()).column()).isEqualTo("END_TIME_");
  }

  @Test
  void a_column_in_other_letters_is_a_missing_one() throws Exception {
    execute("ALTER TABLE ACT_HI_COMMENT ALTER COLUMN MESSAGE_ RENAME TO \"message_\"");
    Finding found = only(site.audit());
    assertThat(found.kind()).isEqualTo("SCHEMA_ALTERED");
    assertThat(found.detail()).contains("missing column MESSAGE_");
  }

  @Test
  void a_domain_that_changes_what_is_updated_alters_the_schema() throws Exception {
    execute("CREATE DOMAIN LOAN_KEY AS VARCHAR(255) ON UPDATE 'loan-9'");
    execute("ALTER TABLE ACT_HI_PROCINST ALTER COLUMN BUSINESS_KEY_ LOAN_KEY");
    Finding found = only(site.audit());
    assertThat(found.kind()).isEqualTo("SCHEMA_ALTERED");
    assertThat(found.table()).isEqualTo("ACT_HI_PROCINST");
    assertThat(found.detail()).contains("domain that updates LOAN_KEY");
  }

  @Test
  void a_link_to_another_table_alters_the_schema() throws Exception {
    execute("ALTER TABLE ACT_HI_COMMENT RENAME TO HIDDEN_COMMENT");
    execute(
        "CREATE LINKED TABLE ACT_HI_COMMENT('org.h2.Driver', '%s', 'sa', '', 'HIDDEN_COMMENT')"
            .formatted(site.url));
    Finding found = only(site.audit());
    assertThat(found.kind()).isEqualTo("SCHEMA_ALTERED");
    assertThat(found.table()).isEqualTo("ACT_HI_COMMENT");
    assertThat(found.detail()).contains("link to another table");
    execute("DROP TABLE ACT_HI_COMMENT");
  }

  @Test
  void names_from_the_database_do_not_steer_the_terminal() throws Exception {
    site.tamper(
        "INSERT INTO ACT_ID_USER (ID_) VALUES (CHAR(27) || '[2JOutcome: clean' || CHAR(10))");
    Installation.Run run = site.auditCommand();
    assertThat(run.exit()).isEqualTo(AuditCommand.FINDINGS);
    assertThat(run.out()).contains("ROW_UNRECORDED").doesNotContain("\u001b");
    assertThat(run.out().lines()).doesNotContain("Outcome: clean");
  }

  @Test
  void a_trigger_on_a_covered_table_alters_the_schema() throws Exception {
    execute(
        "CREATE TRIGGER SPY AFTER INSERT ON ACT_HI_VARINST FOR EACH ROW CALL"
            + " 'dev.bulla.audit.TamperingTest$Spy'");
    Finding found = only(site.audit());
    assertThat(found.kind()).isEqualTo("SCHEMA_ALTERED");
    assertThat(found.table()).isEqualTo("ACT_HI_VARINST");
    assertThat(found.detail()).contains("trigger SPY");
    execute("DROP TRIGGER SPY");
  }

  @Test
  void a_view_that_only_reads_is_told_and_alarms_nobody() throws Exception {
    execute("CREATE VIEW REPORTING AS SELECT NAME_ FROM ACT_HI_VARINST");
    AuditReport report = site.audit();
    assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
    assertThat(only(report).severity()).isEqualTo(Severity.INFO);
  }

  /** A trigger that does nothing. */
  public static final class Spy implements org.h2.api.Trigger {
    @Override
    public void fire(Connection connection, Object[] before, Object[] after) {}
  }
}
