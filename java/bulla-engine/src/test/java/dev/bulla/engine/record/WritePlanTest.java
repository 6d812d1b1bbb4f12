package dev.bulla.engine.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.engine.sql.Source;
import dev.bulla.engine.sql.SqlReader;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How writes are recorded, by their SQL text. */
class WritePlanTest {

  private final Coverage coverage = Coverage.withFurther(Set.of());

  @Test
  void an_update_by_the_key_is_of_one_row() {
    WritePlan.OneRow plan =
        (WritePlan.OneRow)
            plan("update ACT_HI_VARINST set REV_ = ?, TEXT_ = ? where ID_ = ? and REV_ = ?");
    assertThat(plan.operation()).isEqualTo(Operation.UPDATE);
    assertThat(plan.id()).containsExactly(new Source.Parameter(3));
    assertThat(plan.columns())
        .containsExactly(
            new CapturedRow.Column("REV_", false), new CapturedRow.Column("TEXT_", false));
  }

  @Test
  void a_key_of_two_columns_needs_both() {
    assertThat(plan("delete from ACT_ID_MEMBERSHIP where USER_ID_ = ? and GROUP_ID_ = ?"))
        .isInstanceOf(WritePlan.OneRow.class);
    assertThat(plan("delete from ACT_ID_MEMBERSHIP where USER_ID_ = ?"))
        .isInstanceOf(WritePlan.SomeRows.class);
  }

  @Test
  void an_update_by_a_column_that_never_changes_is_a_predicate() {
    WritePlan.Predicate plan =
        (WritePlan.Predicate)
            plan("update ACT_HI_DETAIL set REMOVAL_TIME_ = ? where ROOT_PROC_INST_ID_ = ?");
    assertThat(plan.column()).isEqualTo("ROOT_PROC_INST_ID_");
    assertThat(plan.value()).isEqualTo(new Source.Parameter(2));
  }

  @Test
  void an_update_by_a_column_that_changes_has_to_be_looked_up() {
    assertThat(plan("update ACT_HI_TASKINST set REMOVAL_TIME_ = ? where PROC_DEF_ID_ = ?"))
        .isInstanceOf(WritePlan.SomeRows.class);
  }

  @Test
  void a_limited_update_has_to_be_looked_up() {
    assertThat(
            plan("update ACT_HI_DETAIL set REMOVAL_TIME_ = ? where ROOT_PROC_INST_ID_ = ? limit 5"))
        .isInstanceOf(WritePlan.SomeRows.class);
  }

  @Test
  void an_update_that_the_database_computes_has_to_be_looked_up() {
    assertThat(plan("update ACT_RE_PROCDEF set REV_ = 1 + REV_, SUSPENSION_STATE_ = ?"))
        .isInstanceOf(WritePlan.SomeRows.class);
  }

  @Test
  void every_other_delete_has_to_be_looked_up() {
    assertThat(plan("delete from ACT_HI_DETAIL where PROC_INST_ID_ = ?"))
        .isInstanceOf(WritePlan.SomeRows.class);
    assertThat(plan("DELETE FROM ACT_HI_DETAIL")).isInstanceOf(WritePlan.SomeRows.class);
  }

  @Test
  void an_insert_brings_what_the_database_fills_in() {
    WritePlan.OneRow plan =
        (WritePlan.OneRow) plan("insert into ACT_HI_COMMENT (ID_, TYPE_) values (?, 'comment')");
    assertThat(plan.columns())
        .containsExactly(
            new CapturedRow.Column("TYPE_", true), new CapturedRow.Column("REV_", false));
    assertThat(WritePlan.value(plan.sources().get(0), new Object[] {"1"})).isEqualTo("comment");
    assertThat(WritePlan.value(plan.sources().get(1), new Object[] {"1"})).isEqualTo(1L);
  }

  @Test
  void setting_a_column_that_never_changes_is_not_understood() {
    assertThat(plan("update ACT_HI_VARINST set NAME_ = ? where ID_ = ?"))
        .isEqualTo(new WritePlan.NotUnderstood("ACT_HI_VARINST"));
  }

  @Test
  void what_cannot_be_read_is_not_understood_for_the_tables_it_names() {
    assertThat(plan("merge into ACT_HI_DETAIL using ACT_RU_VARIABLE on 1 = 1"))
        .isEqualTo(new WritePlan.NotUnderstood("ACT_HI_DETAIL,ACT_RU_VARIABLE"));
    assertThat(plan("truncate table ACT_HI_DETAIL"))
        .isEqualTo(new WritePlan.NotUnderstood("ACT_HI_DETAIL"));
    assertThat(plan("merge into ELSEWHERE using X on 1 = 1")).isEqualTo(WritePlan.UNCOVERED);
  }

  @Test
  void a_prefix_that_ends_like_a_table_begins_hides_no_table() {
    assertThat(plan("update IMPACT_ACT_HI_VARINST set TEXT_ = ? where ID_ = ?"))
        .isInstanceOf(WritePlan.OneRow.class);
    assertThat(plan("truncate table impact_act_hi_detail"))
        .isEqualTo(new WritePlan.NotUnderstood("ACT_HI_DETAIL"));
  }

  @Test
  void other_tables_are_recorded_by_policy_only() {
    String sql = "update ACT_RU_TASK set NAME_ = ? where ID_ = ?";
    assertThat(plan(sql)).isEqualTo(WritePlan.UNCOVERED);
    assertThat(WritePlan.of(Coverage.withFurther(Set.of("act_ru_t*")), sql, SqlReader.plan(sql)))
        .isInstanceOf(WritePlan.OneRow.class);
    assertThatThrownBy(() -> Coverage.withFurther(Set.of("ACT_RU_TASKS")))
        .hasMessageContaining("policy.record: 'ACT_RU_TASKS' matches no table");
  }

  private WritePlan plan(String sql) {
    return WritePlan.of(coverage, sql, SqlReader.plan(sql));
  }
}
