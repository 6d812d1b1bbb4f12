package dev.bulla.engine.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SqlReaderTest {

  @Test
  void an_insert_names_for_each_column_its_parameter_or_literal() {
    var insert =
        (Statement.Insert)
            SqlReader.read(
                "insert into CAM_ACT_RU_VARIABLE (ID_, TYPE_, REV_, TENANT_ID_, NAME_)"
                    + " values (?, 'it''s', (1), null, upper(?))");
    assertThat(insert.table())
        .isEqualTo(new Table("ACT_RU_VARIABLE", "CAM_ACT_RU_VARIABLE", "CAM_ACT_RU_VARIABLE"));
    assertThat(insert.columns())
        .containsExactly(
            Map.entry("ID_", new Source.Parameter(1)),
            Map.entry("TYPE_", new Source.Literal("it's")),
            Map.entry("REV_", new Source.Literal(1L)),
            Map.entry("TENANT_ID_", new Source.Null()),
            Map.entry("NAME_", new Source.Expression("upper(?)", List.of(), List.of(2))));
  }

  @Test
  void an_update_by_id_and_revision_is_a_conjunction_of_equalities() {
    var update =
        (Statement.Update)
            SqlReader.read(
                "update S.ACT_RU_JOB set REV_ = ?, X_ = null where ID_ = ? and REV_ = ?");
    assertThat(update.table().name()).isEqualTo("ACT_RU_JOB");
    assertThat(update.set())
        .containsEntry("REV_", new Source.Parameter(1))
        .containsEntry("X_", new Source.Null());
    assertThat(update.rows().equalities())
        .contains(Map.of("ID_", new Source.Parameter(2), "REV_", new Source.Parameter(3)));
  }

  @Test
  void more_than_equalities_is_not_plain() {
    var update =
        (Statement.Update)
            SqlReader.read("update T set A = ? where B = ? and (A is null or A <> ?)");
    assertThat(update.rows().equalities()).isEmpty();
    assertThat(update.rows().select(List.of("ID_")))
        .isEqualTo(
            new Selection(
                "select T.ID_ from T where B = ? and (A is null or A <> ?)", List.of(2, 3)));
  }

  @Test
  void the_rows_of_a_limited_sql_server_update_are_found_by_its_alias() {
    var update =
        (Statement.Update)
            SqlReader.read(
                "update TOP (?) RES set RES.R_ = ? FROM ACT_HI_DETAIL RES WITH (FORCESEEK)"
                    + " where RES.P_ = ?");
    assertThat(update.table().name()).isEqualTo("ACT_HI_DETAIL");
    assertThat(update.rows().limited()).isTrue();
    assertThat(update.rows().select(List.of("ID_")))
        .isEqualTo(
            new Selection(
                "select TOP (?) RES.ID_ from ACT_HI_DETAIL RES WITH (FORCESEEK) where RES.P_ = ?",
                List.of(1, 3)));
  }

  @Test
  void the_rows_of_a_mysql_update_over_a_join_are_found_by_the_join() {
    var update =
        (Statement.Update)
            SqlReader.read(
                "update A INNER JOIN (SELECT ID_ FROM A where P_ = ? LIMIT ?) tmp USING (ID_)"
                    + " set R_ = ?");
    assertThat(update.set()).containsExactly(Map.entry("R_", new Source.Parameter(3)));
    assertThat(update.rows().equalities()).isEmpty();
    assertThat(update.rows().select(List.of("ID_")))
        .isEqualTo(
            new Selection(
                "select A.ID_ from A INNER JOIN (SELECT ID_ FROM A where P_ = ? LIMIT ?) tmp"
                    + " USING (ID_)",
                List.of(1, 2)));
  }

  @Test
  void a_joined_delete_says_which_table_loses_rows() {
    var delete =
        (Statement.Delete)
            SqlReader.read(
                "delete B.* from ACT_GE_BYTEARRAY B inner join ACT_HI_ATTACHMENT A"
                    + " on B.ID_ = A.CONTENT_ID_ where A.TASK_ID_ in (?, ?)");
    assertThat(delete.table().name()).isEqualTo("ACT_GE_BYTEARRAY");
    assertThat(delete.rows().joined()).extracting(Table::name).containsExactly("ACT_HI_ATTACHMENT");
    assertThat(delete.rows().select(List.of("ID_")).sql())
        .isEqualTo(
            "select B.ID_ from ACT_GE_BYTEARRAY B inner join ACT_HI_ATTACHMENT A"
                + " on B.ID_ = A.CONTENT_ID_ where A.TASK_ID_ in (?, ?)");
  }

  @Test
  void a_limit_is_kept_when_the_rows_are_selected() {
    var delete =
        (Statement.Delete) SqlReader.read("delete from ACT_HI_COMMENT where R_ <= ? LIMIT ?");
    assertThat(delete.rows().limited()).isTrue();
    assertThat(delete.rows().select(List.of("ID_")))
        .isEqualTo(
            new Selection(
                "select ACT_HI_COMMENT.ID_ from ACT_HI_COMMENT where R_ <= ? LIMIT ?",
                List.of(1, 2)));
  }

  @Test
  void a_delete_of_everything_has_no_condition() {
    var delete = (Statement.Delete) SqlReader.read("DELETE FROM ACT_HI_DETAIL");
    assertThat(delete.rows().equalities()).contains(Map.of());
  }

  @Test
  void what_the_reader_does_not_know_it_says_with_the_place() {
    assertThat(SqlReader.read("insert into T (A) select B from C"))
        .isEqualTo(new Statement.NotUnderstood("expected VALUES at character 19, found 'SELECT'"));
    assertThat(SqlReader.read("insert into T (A) values (1), (2)"))
        .isInstanceOf(Statement.NotUnderstood.class);
    assertThat(SqlReader.read("delete from A; delete from B"))
        .isEqualTo(new Statement.NotUnderstood("several statements in one text"));
    assertThat(SqlReader.read("merge into A using B on (1=1)"))
        .isInstanceOf(Statement.NotUnderstood.class);
    assertThat(SqlReader.read("upsert into A values (1)"))
        .isEqualTo(new Statement.NotUnderstood("UPSERT is not a form the reader knows"));
    assertThat(SqlReader.read("update T set A = 'x"))
        .isEqualTo(new Statement.NotUnderstood("the quote at character 18 is never closed"));
  }

  @Test
  void neither_query_nor_write_is_told_by_its_verb() {
    assertThat(SqlReader.read("create table X (A int)")).isEqualTo(new Statement.Other("CREATE"));
  }

  @Test
  void a_text_is_parsed_once() {
    String sql = "delete from ONCE where ID_ = ?";
    assertThat(SqlReader.plan(sql)).isSameAs(SqlReader.plan(new String(sql.toCharArray())));
  }

  @Test
  void a_query_tells_tables_conditions_and_order_at_every_level() {
    var select =
        (Statement.Select)
            SqlReader.read(
                "select distinct RES.*, V0.TEXT_ as V0_TEXT_ from ACT_RU_TASK RES left join"
                    + " ACT_RU_VARIABLE V0 on V0.TASK_ID_ = RES.ID_ and V0.NAME_ = ? where exists"
                    + " (select ID_ from ACT_RU_VARIABLE V where V.NAME_ = ? and not (V.TYPE_ is not"
                    + " null and V.TYPE_ = ? and UPPER(V.TEXT_) like ? escape '\\'))"
                    + " order by V0_TEXT_ asc LIMIT ?");
    Query query = select.query();
    assertThat(query.tables()).extracting(Table::alias).containsExactly("RES", "V0");
    assertThat(query.outputs())
        .containsExactly(
            new Query.Output(new Source.Column("RES", "*"), "*"),
            new Query.Output(new Source.Column("V0", "TEXT_"), "V0_TEXT_"));
    assertThat(query.order()).containsExactly(new Source.Column(null, "V0_TEXT_"));
    Condition.All all = (Condition.All) query.condition();
    var exists = (Condition.OverQuery) all.parts().get(1);
    var inner = (Condition.All) exists.query().condition();
    assertThat(inner.parts().get(0))
        .isEqualTo(
            new Condition.Comparison(
                new Source.Column("V", "NAME_"), "=", List.of(new Source.Parameter(2))));
    var not = (Condition.All) ((Condition.Not) inner.parts().get(1)).part();
    assertThat(not.parts().get(2))
        .isEqualTo(
            new Condition.Comparison(
                new Source.Expression(
                    "UPPER(V.TEXT_)", List.of(new Source.Column("V", "TEXT_")), List.of()),
                "LIKE",
                List.of(new Source.Parameter(4))));
  }
}
