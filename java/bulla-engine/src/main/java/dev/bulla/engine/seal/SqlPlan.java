package dev.bulla.engine.seal;

import dev.bulla.engine.sql.Source;
import dev.bulla.engine.sql.Statement;

/**
 * What there is to do for a SQL text.
 *
 * @param statement what it does
 * @param row how its row is sealed, or null
 * @param search how its comparisons with sealed values are bound, or null
 * @param opened the sealed table whose rows it selects, or null
 * @param id of a DELETE of one row, or a SELECT by id: the JDBC index of the id, else 0
 * @param deleted the sealed table whose row it deletes, or null
 * @param text how a query has to be worded instead, or null
 */
record SqlPlan(
    Statement statement,
    RowPlan row,
    SearchPlan search,
    SealedTable opened,
    int id,
    SealedTable deleted,
    String text) {

  static SqlPlan of(Statement statement, String sql) {
    if (statement instanceof Statement.Select select) {
      SealedTable table = SelectedTable.of(select.query());
      String reworded = QueryText.of(sql);
      return new SqlPlan(
          statement,
          null,
          SearchPlan.of(select.query()),
          table,
          idOf(SelectedTable.idOf(select.query())),
          null,
          reworded.equals(sql) ? null : reworded);
    }
    if (statement instanceof Statement.Delete delete) {
      Source id = delete.rows().equalities().map(e -> e.get(SealedTable.ID)).orElse(null);
      SealedTable table = SealedTable.named(delete.table().name());
      return new SqlPlan(statement, null, null, null, idOf(id), id == null ? null : table, null);
    }
    if (statement instanceof Statement.NotUnderstood unknown) {
      return new SqlPlan(statement, null, SearchPlan.unknown(sql, unknown), null, 0, null, null);
    }
    return new SqlPlan(statement, RowPlan.of(statement), null, null, 0, null, null);
  }

  boolean isWrite() {
    return statement instanceof Statement.Insert
        || statement instanceof Statement.Update
        || statement instanceof Statement.Delete
        || statement instanceof Statement.NotUnderstood;
  }

  boolean isUnknown() {
    return statement instanceof Statement.NotUnderstood;
  }

  private static int idOf(Source id) {
    return id instanceof Source.Parameter parameter ? parameter.index() : 0;
  }
}
