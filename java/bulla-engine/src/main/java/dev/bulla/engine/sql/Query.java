package dev.bulla.engine.sql;

import java.util.List;

/**
 * One SELECT, with those inside it.
 *
 * @param tables of its FROM clause, in order
 * @param inner derived tables, subqueries in the select list, further members of a UNION
 * @param condition WHERE, HAVING and all ON clauses together
 * @param outputs what is selected
 * @param order what it is sorted by, window clauses included
 */
public record Query(
    List<Table> tables,
    List<Query> inner,
    Condition condition,
    List<Output> outputs,
    List<Source.Column> order) {

  /**
   * A selected column.
   *
   * @param source mostly a column, whose name is {@code *} for all columns
   * @param name under which the result carries it, upper case; null for an unnamed expression
   */
  public record Output(Source source, String name) {}
}
