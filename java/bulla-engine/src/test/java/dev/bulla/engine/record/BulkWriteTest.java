package dev.bulla.engine.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.engine.sql.SqlReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Statements whose rows are looked up before they are written. */
class BulkWriteTest {

  private static final Coverage COVERAGE = Coverage.withFurther(Set.of());

  @Test
  void a_row_that_a_join_selects_twice_is_written_and_captured_once() throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:h2:mem:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "create table ACT_HI_VARINST (ID_ varchar, PROC_INST_ID_ varchar, NAME_ varchar,"
              + " REMOVAL_TIME_ timestamp, ROOT_PROC_INST_ID_ varchar)");
      statement.execute("create table ACT_HI_DETAIL (ID_ varchar, VAR_INST_ID_ varchar)");
      statement.execute("insert into ACT_HI_VARINST (ID_) values ('1'), ('2'), ('3')");
      statement.execute("insert into ACT_HI_DETAIL values ('a', '1'), ('b', '1'), ('c', '2')");
      String sql =
          "delete V from ACT_HI_VARINST V inner join ACT_HI_DETAIL D on D.VAR_INST_ID_ = V.ID_";
      WritePlan.SomeRows plan =
          (WritePlan.SomeRows) WritePlan.of(COVERAGE, sql, SqlReader.plan(sql));
      Capture capture = new Capture();
      capture.begin("deleteVariables");
      BulkWrite write = new BulkWrite(plan, BoundValues.listening(0), connection, capture);
      assertThat(write.execute()).isEqualTo(2);
      assertThat(write.deleted()).containsExactlyInAnyOrder("1", "2");
      assertThat(capture.rows()).hasSize(2);
    }
  }

  @Test
  void rows_that_refer_to_others_of_their_table_are_deleted_with_them() throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:h2:mem:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "create table ACT_RU_EXECUTION (ID_ varchar primary key,"
              + " PROC_INST_ID_ varchar references ACT_RU_EXECUTION)");
      statement.execute("insert into ACT_RU_EXECUTION select X, 1 from SYSTEM_RANGE(1, 1200)");
      String sql = "DELETE FROM ACT_RU_EXECUTION";
      WritePlan.SomeRows plan =
          (WritePlan.SomeRows)
              WritePlan.of(Coverage.withFurther(Set.of("ACT_RU_*")), sql, SqlReader.plan(sql));
      Capture capture = new Capture();
      capture.begin("deleteTableData");
      BulkWrite write = new BulkWrite(plan, BoundValues.listening(0), connection, capture);
      assertThat(write.execute()).isEqualTo(1200);
      assertThat(write.deleted()).hasSize(1200).contains("1", "1200");
      assertThat(capture.rows()).hasSize(1200);
    }
  }
}
