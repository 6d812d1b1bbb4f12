package dev.bulla.engine.seal;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.engine.sql.Source;
import dev.bulla.engine.sql.Statement;
import java.util.List;
import java.util.Map;

/**
 * Which parameters of an INSERT or UPDATE are sealed.
 *
 * @param table whose row it is
 * @param columns what the statement writes
 * @param id where the row's id comes from; null where the statement is not about one row
 * @param rows which rows an UPDATE is about; null for an INSERT: columns that it does not write are
 *     NULL
 * @param values whether the columns of a variable's value are written
 * @param form whether TEXT_ is written without a type
 * @param texts the columns of text that are written
 * @param numbers the columns of numbers that are written
 * @param bytes the columns of bytes that are written
 * @param held for each parameter from 0 on, whether it is sealed
 */
@SuppressWarnings("ArrayRecordComponent") // plans are not compared
record RowPlan(
    SealedTable table,
    Map<String, Source> columns,
    Source id,
    Statement.Rows rows,
    boolean values,
    boolean form,
    List<String> texts,
    List<String> numbers,
    List<SealedTable.Bytes> bytes,
    boolean[] held) {

  /** The plan, or null if nothing that the statement writes is sealed. */
  static RowPlan of(Statement statement) {
    if (statement instanceof Statement.Insert insert) {
      return of(
          SealedTable.named(insert.table().name()),
          insert.columns(),
          insert.columns().get(SealedTable.ID),
          null);
    }
    if (statement instanceof Statement.Update update) {
      Source id = update.rows().equalities().map(equal -> equal.get(SealedTable.ID)).orElse(null);
      return of(SealedTable.named(update.table().name()), update.set(), id, update.rows());
    }
    return null;
  }

  boolean insert() {
    return rows == null;
  }

  /** The JDBC index of the parameter of a column; 0 if it is not written or NULL. */
  int parameter(String column) {
    Source source = columns.get(column);
    if (source == null || source instanceof Source.Null) {
      return 0;
    }
    if (source instanceof Source.Parameter parameter) {
      return parameter.index();
    }
    throw new BullaException(
        Kind.INTERNAL,
        "%s.%s is sealed, but the statement computes it in the database"
            .formatted(table.name(), column));
  }

  private static RowPlan of(
      SealedTable table, Map<String, Source> columns, Source id, Statement.Rows rows) {
    if (table == null) {
      return null;
    }
    boolean values = table.values() != null && columns.containsKey(SealedTable.TEXT2);
    boolean form =
        table.values() != null
            && table.values().forms()
            && !values
            && columns.containsKey(SealedTable.TEXT);
    List<String> texts = table.texts().stream().filter(columns::containsKey).toList();
    List<String> numbers = table.numbers().stream().filter(columns::containsKey).toList();
    List<SealedTable.Bytes> bytes =
        table.bytes().stream().filter(part -> columns.containsKey(part.column())).toList();
    if (!values && !form && texts.isEmpty() && numbers.isEmpty() && bytes.isEmpty()) {
      return null;
    }
    RowPlan plan = new RowPlan(table, columns, id, rows, values, form, texts, numbers, bytes, null);
    int highest =
        columns.values().stream()
            .mapToInt(source -> source instanceof Source.Parameter p ? p.index() : 0)
            .max()
            .orElse(0);
    boolean[] held = new boolean[highest];
    if (values) {
      plan.hold(held, SealedTable.TEXT, SealedTable.TEXT2, SealedTable.LONG, SealedTable.DOUBLE);
      plan.hold(held, table.values().type());
    } else if (form) {
      plan.hold(held, SealedTable.TEXT);
    }
    texts.forEach(column -> plan.hold(held, column));
    numbers.forEach(column -> plan.hold(held, column));
    bytes.forEach(part -> plan.hold(held, part.column()));
    return new RowPlan(table, columns, id, rows, values, form, texts, numbers, bytes, held);
  }

  private void hold(boolean[] held, String... names) {
    for (String name : names) {
      int index = parameter(name);
      if (index > 0) {
        held[index - 1] = true;
      }
    }
  }
}
