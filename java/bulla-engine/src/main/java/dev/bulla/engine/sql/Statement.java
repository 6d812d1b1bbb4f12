package dev.bulla.engine.sql;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a SQL text does. Parameter indexes are those of JDBC, from 1. */
public sealed interface Statement {

  /**
   * One row is inserted.
   *
   * @param table into which
   * @param columns upper case column names and what they get, in order
   */
  record Insert(Table table, Map<String, Source> columns) implements Statement {}

  /**
   * Rows are updated.
   *
   * @param table of the rows
   * @param set upper case column names and what they get, in order
   * @param rows which
   */
  record Update(Table table, Map<String, Source> set, Rows rows) implements Statement {}

  /**
   * Rows are deleted.
   *
   * @param table of the rows
   * @param rows which
   */
  record Delete(Table table, Rows rows) implements Statement {}

  /**
   * Rows are read.
   *
   * @param query how
   */
  record Select(Query query) implements Statement {}

  /**
   * Neither a query nor a write of rows: SET, LOCK, a new table.
   *
   * @param verb the first word, upper case
   */
  record Other(String verb) implements Statement {}

  /**
   * The reader cannot say what this does.
   *
   * @param reason why, with the place in the text
   */
  record NotUnderstood(String reason) implements Statement {}

  /**
   * The rows an UPDATE or DELETE touches.
   *
   * @param condition the WHERE clause, and for joined tables their ON clauses
   * @param joined further tables in the statement's own FROM or JOIN clauses
   * @param limited whether TOP, LIMIT or ROWNUM cuts the rows off
   * @param from text of the table expression, hints and joins included
   * @param where text from WHERE on (limits and options included), or empty
   * @param top text of a TOP clause, or empty
   * @param alias by which {@code from} knows the written table
   * @param parameters the JDBC indexes in {@code top}, {@code from} and {@code where}, in this
   *     order
   */
  record Rows(
      Condition condition,
      List<Table> joined,
      boolean limited,
      String from,
      String where,
      String top,
      String alias,
      List<Integer> parameters) {

    /**
     * The equalities, when the condition is nothing but a conjunction of {@code column = value}
     * over the one table.
     *
     * @return upper case column names and their values; empty when there is more to the condition
     */
    public Optional<Map<String, Source>> equalities() {
      if (limited || !joined.isEmpty()) {
        return Optional.empty();
      }
      return Conditions.equalities(condition);
    }

    /** Whether these are all rows of the one table. */
    public boolean areAll() {
      return where.isEmpty() && top.isEmpty() && joined.isEmpty() && !limited;
    }

    /**
     * A query for these rows.
     *
     * @param columns to select, normally the primary key
     * @return the SELECT with its parameters
     */
    public Selection select(List<String> columns) {
      StringBuilder sql = new StringBuilder("select ");
      if (!top.isEmpty()) {
        sql.append(top).append(' ');
      }
      String separator = "";
      for (String column : columns) {
        sql.append(separator).append(alias).append('.').append(column);
        separator = ", ";
      }
      sql.append(" from ").append(from);
      if (!where.isEmpty()) {
        sql.append(' ').append(where);
      }
      return new Selection(sql.toString(), parameters);
    }
  }
}
