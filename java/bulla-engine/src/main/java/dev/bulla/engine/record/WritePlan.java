package dev.bulla.engine.record;

import dev.bulla.engine.record.CapturedRow.Column;
import dev.bulla.engine.record.CoveredTable.ColumnClass;
import dev.bulla.engine.sql.Source;
import dev.bulla.engine.sql.Statement;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How a write of a covered table is recorded. */
sealed interface WritePlan {

  /**
   * One row, named by its key.
   *
   * @param operation insert, update or delete
   * @param table of the row
   * @param id where the key's values come from
   * @param columns what is written, without the key
   * @param sources where the values come from
   * @param instance where an insert's process instance comes from, or null
   * @param variable where an insert's variable comes from, or null
   */
  record OneRow(
      Operation operation,
      CoveredTable table,
      List<Source> id,
      List<Column> columns,
      List<Source> sources,
      Source instance,
      Source variable)
      implements WritePlan {}

  /**
   * All rows that agree in one column that never changes.
   *
   * @param table of the rows
   * @param column in which they agree
   * @param value on what
   * @param columns what is set
   * @param sources to what
   */
  record Predicate(
      CoveredTable table, String column, Source value, List<Column> columns, List<Source> sources)
      implements WritePlan {}

  /**
   * Rows that have to be looked up.
   *
   * @param table of the rows
   * @param statement the update or delete
   */
  record SomeRows(CoveredTable table, Statement statement) implements WritePlan {}

  /**
   * Nobody can say which rows.
   *
   * @param tables that the text names
   */
  record NotUnderstood(String tables) implements WritePlan {}

  /** Nothing that is recorded. */
  record Uncovered() implements WritePlan {}

  /** The one plan for what is not recorded. */
  WritePlan UNCOVERED = new Uncovered();

  /**
   * The plan for a statement.
   *
   * @param coverage what is recorded
   * @param sql its text
   * @param statement what the reader made of it
   */
  static WritePlan of(Coverage coverage, String sql, Statement statement) {
    if (statement instanceof Statement.Insert insert) {
      CoveredTable table = coverage.table(insert.table().name());
      return table == null ? UNCOVERED : insert(table, insert);
    } else if (statement instanceof Statement.Update update) {
      CoveredTable table = coverage.table(update.table().name());
      return table == null ? UNCOVERED : update(table, update);
    } else if (statement instanceof Statement.Delete delete) {
      CoveredTable table = coverage.table(delete.table().name());
      return table == null ? UNCOVERED : delete(table, delete);
    } else if (statement instanceof Statement.NotUnderstood) {
      String tables = coverage.namedIn(sql);
      return tables.isEmpty() ? UNCOVERED : new NotUnderstood(tables);
    }
    return UNCOVERED;
  }

  /**
   * The value of a source among the bound values.
   *
   * @param source a parameter, a literal or NULL
   * @param values as bound
   */
  static Object value(Source source, Object[] values) {
    if (source instanceof Source.Parameter parameter) {
      return values[parameter.index() - 1];
    } else if (source instanceof Source.Literal literal) {
      return literal.value() instanceof BigDecimal decimal ? number(decimal) : literal.value();
    }
    return null;
  }

  private static Object number(BigDecimal decimal) {
    return decimal.stripTrailingZeros().scale() <= 0
        ? (Object) decimal.longValueExact()
        : (Object) decimal.doubleValue();
  }

  private static WritePlan insert(CoveredTable table, Statement.Insert insert) {
    List<Source> id = sourcesOf(table.id(), insert.columns());
    Written written = Written.of(table, insert.columns(), true);
    if (id == null || written == null) {
      return new NotUnderstood(table.name());
    }
    table
        .defaults()
        .forEach(
            (column, value) -> {
              if (!insert.columns().containsKey(column)) {
                written.add(table, column, new Source.Literal(value));
              }
            });
    return new OneRow(
        Operation.INSERT,
        table,
        id,
        List.copyOf(written.columns),
        List.copyOf(written.sources),
        insert.columns().get(table.instance()),
        insert.columns().get(table.variable()));
  }

  private static WritePlan update(CoveredTable table, Statement.Update update) {
    Written written = Written.of(table, update.set(), false);
    if (written == null) {
      return isKnown(table, update.set()) && computes(update.set())
          ? new SomeRows(table, update)
          : new NotUnderstood(table.name());
    }
    Map<String, Source> equalities = update.rows().equalities().orElse(Map.of());
    List<Source> id = sourcesOf(table.id(), equalities);
    if (id != null) {
      return new OneRow(
          Operation.UPDATE,
          table,
          id,
          List.copyOf(written.columns),
          List.copyOf(written.sources),
          null,
          null);
    }
    if (equalities.size() == 1) {
      Map.Entry<String, Source> only = equalities.entrySet().iterator().next();
      if (table.classOf(only.getKey()) == ColumnClass.FIXED) {
        return new Predicate(
            table,
            only.getKey(),
            only.getValue(),
            List.copyOf(written.columns),
            List.copyOf(written.sources));
      }
    }
    return new SomeRows(table, update);
  }

  private static WritePlan delete(CoveredTable table, Statement.Delete delete) {
    List<Source> id = sourcesOf(table.id(), delete.rows().equalities().orElse(Map.of()));
    return id == null
        ? new SomeRows(table, delete)
        : new OneRow(Operation.DELETE, table, id, List.of(), List.of(), null, null);
  }

  /** The values of these columns, or null when one is not given plainly. */
  private static List<Source> sourcesOf(List<String> columns, Map<String, Source> given) {
    List<Source> sources = new ArrayList<>();
    for (String column : columns) {
      Source source = given.get(column);
      if (!(source instanceof Source.Parameter || source instanceof Source.Literal)) {
        return null;
      }
      sources.add(source);
    }
    return sources;
  }

  private static boolean isKnown(CoveredTable table, Map<String, Source> set) {
    return set.keySet().stream().allMatch(column -> table.classOf(column) == ColumnClass.UPDATABLE);
  }

  private static boolean computes(Map<String, Source> set) {
    return set.values().stream().anyMatch(source -> !Written.isPlain(source));
  }

  /** The columns of a write without the key, while they are collected. */
  final class Written {
    private final List<Column> columns = new ArrayList<>();
    private final List<Source> sources = new ArrayList<>();

    private Written() {}

    /** The written columns, or null when one is not plain or may not be written like this. */
    static Written of(CoveredTable table, Map<String, Source> given, boolean insert) {
      Written written = new Written();
      for (Map.Entry<String, Source> entry : given.entrySet()) {
        ColumnClass columnClass = table.classOf(entry.getKey());
        if (insert && columnClass == ColumnClass.ID) {
          continue;
        }
        boolean allowed =
            columnClass == ColumnClass.UPDATABLE || (insert && columnClass == ColumnClass.FIXED);
        if (!allowed || !isPlain(entry.getValue())) {
          return null;
        }
        written.add(table, entry.getKey(), entry.getValue());
      }
      return written;
    }

    static boolean isPlain(Source source) {
      return source instanceof Source.Parameter
          || source instanceof Source.Literal
          || source instanceof Source.Null;
    }

    void add(CoveredTable table, String column, Source source) {
      columns.add(new Column(column, table.classOf(column) == ColumnClass.FIXED));
      sources.add(source);
    }
  }
}
