package dev.bulla.engine.record;

import dev.bulla.engine.record.CapturedRow.Column;
import dev.bulla.engine.sql.Selection;
import dev.bulla.engine.sql.Source;
import dev.bulla.engine.sql.Statement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An UPDATE or DELETE whose rows have to be looked up: their keys are selected by the statement's
 * own condition and locked, then the statement is run on exactly these keys.
 */
final class BulkWrite {

  private static final int CHUNK = 500;

  private final WritePlan.SomeRows plan;
  private final CoveredTable table;
  private final BoundValues bound;
  private final Connection connection;
  private final Capture capture;
  private final List<String> deleted = new ArrayList<>();

  BulkWrite(WritePlan.SomeRows plan, BoundValues bound, Connection connection, Capture capture) {
    this.plan = plan;
    this.table = plan.table();
    this.bound = bound;
    this.connection = connection;
    this.capture = capture;
  }

  /** What is known of a row before it is written. */
  private record Found(
      List<Object> key, String instance, String variable, Object removalTime, String root) {}

  /** Executes and captures; returns how many rows were written. */
  int execute() throws SQLException {
    List<Found> rows = select();
    int written = 0;
    int chunk = deletesAll() ? rows.size() : CHUNK;
    for (int from = 0; from < rows.size(); from += chunk) {
      written += write(rows.subList(from, Math.min(from + chunk, rows.size())));
    }
    if (written != rows.size()) {
      throw new SQLException(
          table.name()
              + ": "
              + rows.size()
              + " rows were found but "
              + written
              + " written; the statement is not recorded, roll back and try again");
    }
    return written;
  }

  /** The rows that were deleted, as records name them. */
  List<String> deleted() {
    return deleted;
  }

  /**
   * Rows that refer to others of their table can only go with them, and on H2 only without a
   * condition: how many went then tells whether they were the ones that were found.
   */
  private boolean deletesAll() {
    return plan.statement() instanceof Statement.Delete delete && delete.rows().areAll();
  }

  private int write(List<Found> rows) throws SQLException {
    if (plan.statement() instanceof Statement.Update update) {
      int count = run(updateText(update, rows.size()), parameters(update), rows);
      captureUpdate(update, rows);
      return count;
    }
    Statement.Delete delete = (Statement.Delete) plan.statement();
    String text = "delete from " + delete.table().written();
    int count =
        deletesAll()
            ? run(text, List.of(), List.of())
            : run(text + keys(rows.size()), List.of(), rows);
    for (Found row : rows) {
      String id = RowId.of(row.key);
      deleted.add(id);
      capture.happened(
          CapturedRow.deleted(
              table,
              id,
              row.instance,
              row.variable,
              capture.statement(),
              row.removalTime,
              row.root));
    }
    return count;
  }

  private List<Found> select() throws SQLException {
    List<String> columns = new ArrayList<>(table.id());
    if (table.instance() != null) {
      columns.add(table.instance());
    }
    if (table.variable() != null) {
      columns.add(table.variable());
    }
    boolean dated = plan.statement() instanceof Statement.Delete && table.hasRemovalTime();
    if (dated) {
      columns.add("REMOVAL_TIME_");
    }
    boolean rooted = dated && table.hasRoot();
    if (rooted) {
      columns.add(CoveredTable.ROOT);
    }
    Statement.Rows rows =
        plan.statement() instanceof Statement.Update update
            ? update.rows()
            : ((Statement.Delete) plan.statement()).rows();
    Selection selection = rows.select(columns);
    // A join can select a row more than once.
    Map<List<Object>, Found> found = new LinkedHashMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(selection.sql() + RowLock.clause(connection, rows))) {
      bound.bind(select, selection.parameters());
      try (ResultSet results = select.executeQuery()) {
        while (results.next()) {
          List<Object> key = new ArrayList<>();
          int at = 1;
          for (int i = 0; i < table.id().size(); i++) {
            key.add(results.getObject(at++));
          }
          String instance = table.instance() == null ? null : results.getString(at++);
          String variable = table.variable() == null ? null : results.getString(at++);
          Object removalTime = dated ? results.getTimestamp(at++) : null;
          String root = rooted ? results.getString(at) : null;
          found.putIfAbsent(key, new Found(key, instance, variable, removalTime, root));
        }
      }
    }
    return List.copyOf(found.values());
  }

  private int run(String text, List<Integer> parameters, List<Found> rows) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(text)) {
      bindKeys(statement, bound.bind(statement, parameters), rows);
      return statement.executeUpdate();
    }
  }

  private void captureUpdate(Statement.Update update, List<Found> rows) throws SQLException {
    List<Column> columns = new ArrayList<>();
    List<String> computed = new ArrayList<>();
    for (Map.Entry<String, Source> entry : update.set().entrySet()) {
      columns.add(new Column(entry.getKey(), false));
      if (!WritePlan.Written.isPlain(entry.getValue())) {
        computed.add(entry.getKey());
      }
    }
    Map<List<Object>, Map<String, Object>> reread =
        computed.isEmpty() ? Map.of() : reread(update, computed, rows);
    for (Found row : rows) {
      Object[] values = new Object[columns.size()];
      int at = 0;
      for (Map.Entry<String, Source> entry : update.set().entrySet()) {
        values[at++] =
            computed.contains(entry.getKey())
                ? reread.get(row.key).get(entry.getKey())
                : WritePlan.value(entry.getValue(), bound.values());
      }
      capture.happened(
          CapturedRow.written(
              Operation.UPDATE,
              table,
              RowId.of(row.key),
              row.instance,
              row.variable,
              columns,
              values));
    }
  }

  /** What the database made of expressions like {@code 1 + REV_}. */
  private Map<List<Object>, Map<String, Object>> reread(
      Statement.Update update, List<String> computed, List<Found> rows) throws SQLException {
    List<String> columns = new ArrayList<>(table.id());
    columns.addAll(computed);
    String text =
        "select "
            + String.join(", ", columns)
            + " from "
            + update.table().written()
            + keys(rows.size());
    Map<List<Object>, Map<String, Object>> result = new LinkedHashMap<>();
    try (PreparedStatement select = connection.prepareStatement(text)) {
      bindKeys(select, 1, rows);
      try (ResultSet results = select.executeQuery()) {
        while (results.next()) {
          List<Object> key = new ArrayList<>();
          for (int i = 1; i <= table.id().size(); i++) {
            key.add(results.getObject(i));
          }
          Map<String, Object> values = new LinkedHashMap<>();
          for (String column : computed) {
            values.put(column, results.getObject(column));
          }
          result.put(key, values);
        }
      }
    }
    return result;
  }

  private String updateText(Statement.Update update, int rows) {
    StringBuilder text = new StringBuilder("update ").append(update.table().written());
    String separator = " set ";
    for (Map.Entry<String, Source> entry : update.set().entrySet()) {
      text.append(separator).append(entry.getKey()).append(" = ").append(text(entry.getValue()));
      separator = ", ";
    }
    return text.append(keys(rows)).toString();
  }

  private static String text(Source source) {
    if (source instanceof Source.Parameter) {
      return "?";
    } else if (source instanceof Source.Literal literal) {
      return literal.value() instanceof String string
          ? "'" + string.replace("'", "''") + "'"
          : String.valueOf(literal.value());
    } else if (source instanceof Source.Column column) {
      return column.name();
    } else if (source instanceof Source.Expression expression) {
      return expression.text();
    }
    return "null";
  }

  private static List<Integer> parameters(Statement.Update update) {
    List<Integer> parameters = new ArrayList<>();
    for (Source source : update.set().values()) {
      if (source instanceof Source.Parameter parameter) {
        parameters.add(parameter.index());
      } else if (source instanceof Source.Expression expression) {
        parameters.addAll(expression.parameters());
      }
    }
    return parameters;
  }

  private String keys(int rows) {
    if (table.id().size() == 1) {
      return " where " + table.id().get(0) + " in (?" + ", ?".repeat(rows - 1) + ")";
    }
    String one = "(" + String.join(" = ? and ", table.id()) + " = ?)";
    return " where " + one + (" or " + one).repeat(rows - 1);
  }

  private static void bindKeys(PreparedStatement statement, int from, List<Found> rows)
      throws SQLException {
    int place = from;
    for (Found row : rows) {
      for (Object part : row.key) {
        statement.setObject(place++, part);
      }
    }
  }
}
