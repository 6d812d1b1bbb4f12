package dev.bulla.engine.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.history.HistoricDetailQuery;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a DBA changes, the engine does not read. */
class TamperingTest {

  @TempDir Path directory;
  private SealedEngine sealed;
  private ProcessEngine engine;

  @BeforeEach
  void start() {
    sealed = SealedEngine.inMemory(directory, "seal = [\"*\"]\nsearch = [\"order*\"]");
    engine = sealed.engine();
    OneTask.deploy(engine);
  }

  @AfterEach
  void close() {
    sealed.close();
  }

  private static void assertRefused(ThrowingCallable read, Kind kind, String... places) {
    Throwable thrown = OneTask.root(catchThrowable(read));
    assertThat(thrown).isInstanceOf(BullaException.class);
    assertThat(((BullaException) thrown).kind()).isEqualTo(kind);
    assertThat(thrown.getMessage()).contains(places);
  }

  private void read(String instance) {
    engine.getRuntimeService().getVariables(instance);
  }

  @Test
  void a_plain_value_in_the_place_of_a_sealed_one_is_refused_and_named() {
    String instance = OneTask.start(engine, "income", "4200");
    String row = sealed.select("select ID_ from ACT_RU_VARIABLE").get(0).get(0);
    sealed.update("update ACT_RU_VARIABLE set TYPE_ = 'string', TEXT_ = '9', TEXT2_ = null");
    assertRefused(() -> read(instance), Kind.NOT_SEALED, "ACT_RU_VARIABLE", row, "'income'");
  }

  @Test
  void a_plain_value_under_a_sealed_type_is_refused() {
    String instance = OneTask.start(engine, "income", "4200");
    sealed.update("update ACT_RU_VARIABLE set TEXT2_ = null, TEXT_ = '9'");
    assertRefused(() -> read(instance), Kind.NOT_SEALED, "'income'");
  }

  @Test
  void the_envelope_of_another_row_is_refused() {
    String first = OneTask.start(engine, "income", "4200");
    OneTask.start(engine, "income", "9000");
    List<List<String>> rows =
        sealed.select(
            "select ID_, TEXT2_ from ACT_RU_VARIABLE order by case when PROC_INST_ID_ = '"
                + first
                + "' then 0 else 1 end");
    sealed.update(
        "update ACT_RU_VARIABLE set TEXT2_ = '"
            + rows.get(1).get(1)
            + "' where ID_ = '"
            + rows.get(0).get(0)
            + "'");
    assertRefused(() -> read(first), Kind.CONTEXT_MISMATCH, rows.get(0).get(0));
  }

  @Test
  void another_name_or_type_for_a_value_is_refused() {
    String instance = OneTask.start(engine, "income", "4200");
    sealed.update("update ACT_RU_VARIABLE set NAME_ = 'limit'");
    assertRefused(() -> read(instance), Kind.CONTEXT_MISMATCH, "income", "limit");
    sealed.update("update ACT_RU_VARIABLE set NAME_ = 'income', TYPE_ = 'sealed:date'");
    assertRefused(() -> read(instance), Kind.CONTEXT_MISMATCH, "string", "date");
  }

  @Test
  void a_changed_search_tag_is_refused() {
    String instance = OneTask.start(engine, "orderTotal", 17L);
    sealed.update("update ACT_RU_VARIABLE set LONG_ = LONG_ + 1 where LONG_ is not null");
    assertRefused(() -> read(instance), Kind.TAG_MISMATCH, "LONG_", "'orderTotal'");
  }

  @Test
  void a_value_taken_away_does_not_read_as_null() {
    String instance = OneTask.start(engine, "income", "4200");
    String row = sealed.select("select ID_ from ACT_RU_VARIABLE").get(0).get(0);
    sealed.update("update ACT_RU_VARIABLE set TEXT_ = null, TEXT2_ = null");
    sealed.update("update ACT_HI_VARINST set TEXT_ = null, TEXT2_ = null");
    sealed.update("update ACT_HI_DETAIL set TEXT_ = null, TEXT2_ = null");
    assertRefused(
        () -> read(instance), Kind.NOT_SEALED, "ACT_RU_VARIABLE.TEXT2_", row, "taken away");
    assertRefused(
        () -> engine.getHistoryService().createHistoricVariableInstanceQuery().list(),
        Kind.NOT_SEALED,
        "ACT_HI_VARINST",
        "'income'");
    assertRefused(
        () -> engine.getHistoryService().createHistoricDetailQuery().list(),
        Kind.NOT_SEALED,
        "ACT_HI_DETAIL",
        "'income'");
  }

  @Test
  void a_byte_array_taken_away_does_not_read_as_null() {
    String instance = OneTask.start(engine, "scan", "first".getBytes(UTF_8));
    sealed.update("update ACT_GE_BYTEARRAY set BYTES_ = null where NAME_ = 'scan'");
    assertRefused(
        () -> read(instance), Kind.NOT_SEALED, "ACT_GE_BYTEARRAY", "'scan'", "taken away");
    sealed.update("update ACT_RU_VARIABLE set TEXT_ = null, TEXT2_ = null, BYTEARRAY_ID_ = null");
    assertRefused(() -> read(instance), Kind.NOT_SEALED, "ACT_RU_VARIABLE", "'scan'");
  }

  @Test
  void a_detail_without_its_type_and_value_does_not_read_as_an_empty_form_property() {
    OneTask.start(engine, "income", "4200");
    sealed.update("update ACT_HI_DETAIL set VAR_TYPE_ = null, TEXT_ = null, TEXT2_ = null");
    assertRefused(
        () -> engine.getHistoryService().createHistoricDetailQuery().list(),
        Kind.NOT_SEALED,
        "ACT_HI_DETAIL",
        "'income'");
  }

  @Test
  void a_form_property_taken_away_is_refused() {
    String definition =
        engine.getRepositoryService().createProcessDefinitionQuery().singleResult().getId();
    engine.getFormService().submitStartForm(definition, Map.of("income", "4200"));
    HistoricDetailQuery forms = engine.getHistoryService().createHistoricDetailQuery().formFields();
    assertThat(forms.list()).hasSize(1);
    sealed.update("update ACT_HI_DETAIL set TEXT_ = null");
    assertRefused(forms::list, Kind.NOT_SEALED, "ACT_HI_DETAIL.TEXT_", "'income'");
  }

  @Test
  void the_null_of_another_row_is_refused() {
    String instance = OneTask.start(engine, "income", "4200");
    String other = OneTask.start(engine, "income", null);
    String none =
        sealed
            .select("select TEXT2_ from ACT_RU_VARIABLE where PROC_INST_ID_ = '" + other + "'")
            .get(0)
            .get(0);
    sealed.update("update ACT_RU_VARIABLE set TYPE_ = 'sealed:null', TEXT2_ = '" + none + "'");
    assertRefused(() -> read(instance), Kind.CONTEXT_MISMATCH, "ACT_RU_VARIABLE");
    assertThat(engine.getRuntimeService().getVariable(other, "income")).isNull();
  }

  @Test
  void a_value_marked_as_null_for_queries_is_refused_and_so_is_null_without_its_mark() {
    String instance = OneTask.start(engine, "income", "4200");
    sealed.update("update ACT_RU_VARIABLE set TEXT2_ = 'bulla:null:' || TEXT2_");
    assertRefused(() -> read(instance), Kind.TAG_MISMATCH, "TEXT2_", "'income'");
    String none = OneTask.start(engine, "income", null);
    sealed.update(
        "update ACT_RU_VARIABLE set TEXT2_ = substring(TEXT2_, 12) where PROC_INST_ID_ = '"
            + none
            + "'");
    assertRefused(() -> read(none), Kind.TAG_MISMATCH, "TEXT2_", "'income'");
  }

  @Test
  void a_search_tag_that_was_removed_is_refused() {
    String instance = OneTask.start(engine, "orderTotal", 17L);
    sealed.update("update ACT_RU_VARIABLE set LONG_ = null");
    assertRefused(() -> read(instance), Kind.TAG_MISMATCH, "LONG_", "'orderTotal'", "removed");
    String text = OneTask.start(engine, "orderId", "A-1");
    sealed.update("update ACT_RU_VARIABLE set TEXT_ = null");
    assertRefused(() -> read(text), Kind.TAG_MISMATCH, "TEXT_", "'orderId'");
    String real = OneTask.start(engine, "orderWeight", 2.5);
    sealed.update("update ACT_RU_VARIABLE set DOUBLE_ = null");
    assertRefused(() -> read(real), Kind.TAG_MISMATCH, "DOUBLE_", "'orderWeight'");
  }

  @Test
  void the_tag_of_an_equal_value_does_not_fit_a_value_that_has_none() {
    String instance = OneTask.start(engine, "income", 17L);
    sealed.update("update ACT_RU_VARIABLE set LONG_ = 17");
    assertRefused(() -> read(instance), Kind.TAG_MISMATCH, "LONG_", "'income'");
  }

  @Test
  void a_re_pointed_byte_array_is_refused() {
    String instance = OneTask.start(engine, "scan", "first".getBytes(UTF_8));
    OneTask.start(engine, "scan", "second".getBytes(UTF_8));
    String other =
        sealed
            .select(
                "select BYTEARRAY_ID_ from ACT_RU_VARIABLE where PROC_INST_ID_ <> '"
                    + instance
                    + "'")
            .get(0)
            .get(0);
    sealed.update(
        "update ACT_RU_VARIABLE set BYTEARRAY_ID_ = '"
            + other
            + "' where PROC_INST_ID_ = '"
            + instance
            + "'");
    assertRefused(() -> read(instance), Kind.CONTEXT_MISMATCH, "BYTEARRAY_ID_", other);
  }

  @Test
  void edited_bytes_are_refused() {
    String instance = OneTask.start(engine, "scan", "first".getBytes(UTF_8));
    sealed.update("update ACT_GE_BYTEARRAY set BYTES_ = X'0102' where NAME_ = 'scan'");
    assertRefused(() -> read(instance), Kind.NOT_SEALED, "ACT_GE_BYTEARRAY", "'scan'");
  }

  @Test
  void an_edited_process_model_is_not_run() {
    sealed.stop();
    sealed.update(
        "update ACT_GE_BYTEARRAY set BYTES_ = X'3c646566696e6974696f6e732f3e'"
            + " where NAME_ = 'one.bpmn'");
    sealed.start();
    engine = sealed.engine();
    assertRefused(
        () -> OneTask.start(engine, "income", 1), Kind.NOT_SEALED, "ACT_GE_BYTEARRAY", "one.bpmn");
  }

  @Test
  void the_model_of_an_older_deployment_is_not_run() {
    sealed.stop();
    sealed.update("SET REFERENTIAL_INTEGRITY FALSE");
    sealed.update("update ACT_GE_BYTEARRAY set DEPLOYMENT_ID_ = 'other'");
    sealed.update("update ACT_RE_DEPLOYMENT set ID_ = 'other'");
    sealed.update("update ACT_RE_PROCDEF set DEPLOYMENT_ID_ = 'other'");
    sealed.start();
    engine = sealed.engine();
    assertRefused(() -> OneTask.start(engine, "income", 1), Kind.CONTEXT_MISMATCH, "other");
  }

  @Test
  void a_missing_or_exchanged_overflow_is_refused() {
    String instance = OneTask.start(engine, "text", "x".repeat(4000));
    String envelope = sealed.select("select ENVELOPE_ from BULLA_OVERFLOW").get(0).get(0);
    engine.getRuntimeService().setVariable(instance, "text", "y".repeat(4000));
    String row = sealed.select("select ID_ from ACT_RU_VARIABLE").get(0).get(0);
    sealed.update(
        "update BULLA_OVERFLOW set ENVELOPE_ = '"
            + envelope
            + "' where ID_ = 'ACT_RU_VARIABLE:"
            + row
            + "'");
    assertRefused(() -> read(instance), Kind.AUTHENTICATION_FAILED, "BULLA_OVERFLOW", row);
    sealed.update("delete from BULLA_OVERFLOW");
    assertRefused(() -> read(instance), Kind.AUTHENTICATION_FAILED, "has no row");
  }

  @Test
  void an_engine_without_the_plugin_fails_on_a_sealed_database() {
    String instance = OneTask.start(engine, "income", 4200L);
    ProcessEngine without = sealed.withoutPlugin();
    try {
      assertThatThrownBy(() -> without.getRuntimeService().getVariables(instance))
          .isInstanceOf(RuntimeException.class);
      assertThat(
              without
                  .getRuntimeService()
                  .createVariableInstanceQuery()
                  .singleResult()
                  .getErrorMessage())
          .contains("No serializer defined");
      assertThatThrownBy(() -> without.getRuntimeService().startProcessInstanceByKey("one"))
          .isInstanceOf(RuntimeException.class);
    } finally {
      without.close();
    }
  }
}
