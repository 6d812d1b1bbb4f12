package dev.bulla.engine.sql;

import java.util.List;

/** Where a value in a statement comes from. */
public sealed interface Source {

  /**
   * A bound parameter.
   *
   * @param index the JDBC index, from 1
   */
  record Parameter(int index) implements Source {}

  /**
   * A constant in the SQL text.
   *
   * @param value a String, a Long, a BigDecimal or a Boolean
   */
  record Literal(Object value) implements Source {}

  /** The word {@code NULL}. */
  record Null() implements Source {}

  /**
   * A column of a table.
   *
   * @param qualifier upper case alias or table name, or null where none is written
   * @param name upper case
   */
  record Column(String qualifier, String name) implements Source {}

  /**
   * Anything else: {@code REV_ + 1}, {@code UPPER(?)}, a subquery.
   *
   * @param text as written
   * @param columns the columns in it
   * @param parameters the JDBC indexes of the parameters in it
   */
  record Expression(String text, List<Column> columns, List<Integer> parameters)
      implements Source {}
}
