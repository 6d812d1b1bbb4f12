package dev.bulla.engine.sql;

import java.util.List;

/** A condition of a WHERE or ON clause, as a tree. */
public sealed interface Condition {

  /**
   * All parts hold; of no parts: always.
   *
   * @param parts joined by AND
   */
  record All(List<Condition> parts) implements Condition {}

  /**
   * One of the parts holds.
   *
   * @param parts joined by OR
   */
  record Any(List<Condition> parts) implements Condition {}

  /**
   * The part does not hold.
   *
   * @param part what is negated
   */
  record Not(Condition part) implements Condition {}

  /**
   * A comparison.
   *
   * @param left left side
   * @param operator one of {@code = <> < <= > >= LIKE IN ISNULL BETWEEN}, negated ones with {@code
   *     NOT } before them ({@code NOT LIKE}); {@code !=} is given as {@code <>}
   * @param right right sides: one for most operators, the list for IN, none for ISNULL
   */
  record Comparison(Source left, String operator, List<Source> right) implements Condition {}

  /**
   * A condition over a subquery: EXISTS, IN (SELECT …).
   *
   * @param left what stands before IN, or null
   * @param query the subquery
   */
  record OverQuery(Source left, Query query) implements Condition {}

  /**
   * A condition of a form that the reader does not take apart.
   *
   * @param expression its text, columns and parameters
   */
  record Opaque(Source.Expression expression) implements Condition {}
}
