package dev.bulla.engine.seal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverflowTest {

  @TempDir Path directory;
  private SealedEngine sealed;
  private ProcessEngine engine;

  @BeforeEach
  void start() {
    sealed = SealedEngine.inMemory(directory, "seal = [\"*\"]");
    engine = sealed.engine();
    OneTask.deploy(engine);
  }

  @AfterEach
  void close() {
    sealed.close();
  }

  private int kept(String table) {
    return sealed.select("select 1 from BULLA_OVERFLOW where ID_ like '" + table + ":%'").size();
  }

  @Test
  void a_text_as_long_as_the_column_is_read_back() {
    String instance = OneTask.start(engine, "text", "ü".repeat(4000));
    assertThat(engine.getRuntimeService().getVariable(instance, "text"))
        .isEqualTo("ü".repeat(4000));
    assertThat(kept("ACT_RU_VARIABLE")).isEqualTo(1);
    assertThat(kept("ACT_HI_VARINST")).isEqualTo(1);
    assertThat(kept("ACT_HI_DETAIL")).isEqualTo(1);
  }

  @Test
  void a_value_that_becomes_short_leaves_nothing_behind() {
    String instance = OneTask.start(engine, "text", "x".repeat(4000));
    engine.getRuntimeService().setVariable(instance, "text", "short");
    assertThat(kept("ACT_RU_VARIABLE")).isZero();
    assertThat(kept("ACT_HI_VARINST")).isZero();
    engine.getRuntimeService().setVariable(instance, "text", "y".repeat(4000));
    engine.getRuntimeService().setVariable(instance, "text", null);
    assertThat(kept("ACT_RU_VARIABLE")).isZero();
  }

  @Test
  void a_deleted_row_takes_its_overflow_along() {
    String instance = OneTask.start(engine, "text", "x".repeat(4000));
    engine.getRuntimeService().removeVariable(instance, "text");
    assertThat(kept("ACT_RU_VARIABLE")).isZero();
  }

  @Test
  void rows_of_a_bulk_delete_take_their_overflow_along() throws SQLException {
    OneTask.start(engine, "text", "x".repeat(4000));
    List<String> rows = new ArrayList<>();
    try (Connection connection = sealed.connect()) {
      try (Statement statement = connection.createStatement();
          ResultSet results = statement.executeQuery("select ID_ from ACT_HI_VARINST")) {
        while (results.next()) {
          rows.add(results.getString(1));
        }
      }
      sealed.interceptor().deleted(connection, "ACT_HI_VARINST", rows);
    }
    assertThat(kept("ACT_HI_VARINST")).isZero();
    assertThat(kept("ACT_HI_DETAIL")).isEqualTo(1);
  }

  @Test
  void a_rolled_back_transaction_leaves_nothing() {
    String instance = OneTask.start(engine, "short", "x");
    try {
      engine
          .getRuntimeService()
          .setVariables(
              instance, java.util.Map.of("text", "x".repeat(4000), "too long", "x".repeat(4001)));
    } catch (RuntimeException refused) {
      assertThat(kept("ACT_RU_VARIABLE")).isLessThanOrEqualTo(2);
    }
    assertThat(engine.getRuntimeService().getVariables(instance).keySet().size() - 1)
        .isEqualTo(kept("ACT_RU_VARIABLE"));
  }

  @Test
  void what_is_written_and_deleted_is_told_as_it_happened() {
    String instance = OneTask.start(engine, "text", "x".repeat(4000));
    assertThat(sealed.kept())
        .containsExactlyInAnyOrder(
            "insert ACT_RU_VARIABLE", "insert ACT_HI_VARINST", "insert ACT_HI_DETAIL");
    sealed.kept().clear();
    engine.getRuntimeService().setVariable(instance, "text", "y".repeat(4000));
    assertThat(sealed.kept())
        .containsExactlyInAnyOrder(
            "update ACT_RU_VARIABLE", "update ACT_HI_VARINST", "insert ACT_HI_DETAIL");
    sealed.kept().clear();
    engine.getRuntimeService().setVariable(instance, "text", "short");
    engine.getRuntimeService().setVariable(instance, "text", "short again");
    assertThat(sealed.kept())
        .containsExactlyInAnyOrder("delete ACT_RU_VARIABLE", "delete ACT_HI_VARINST");
  }

  @Test
  void an_update_of_history_that_came_too_late_leaves_the_envelope_of_the_first() {
    String instance = OneTask.start(engine, "text", "x".repeat(4000));
    ((ProcessEngineConfigurationImpl) engine.getProcessEngineConfiguration())
        .getCommandExecutorTxRequired()
        .execute(
            context -> {
              engine.getRuntimeService().setVariable(instance, "text", "y".repeat(4000));
              sealed.update("update ACT_HI_VARINST set REV_ = REV_ + 1");
              return null;
            });
    assertThat(engine.getRuntimeService().getVariable(instance, "text"))
        .isEqualTo("y".repeat(4000));
    assertThat(
            engine
                .getHistoryService()
                .createHistoricVariableInstanceQuery()
                .singleResult()
                .getValue())
        .isEqualTo("x".repeat(4000));
  }
}
