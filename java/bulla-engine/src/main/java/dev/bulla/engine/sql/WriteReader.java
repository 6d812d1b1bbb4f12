package dev.bulla.engine.sql;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads INSERT, UPDATE and DELETE in the forms of H2, PostgreSQL, MySQL, Oracle, DB2 and SQL
 * Server.
 */
final class WriteReader {

  private static final String[] TAIL = {"LIMIT", "FETCH", "OPTION", "ORDER", "RETURNING"};

  private final Tokens tokens;
  private final int end;
  private final QueryReader queries;
  private final ExpressionReader expressions;

  WriteReader(Tokens tokens, int end) {
    this.tokens = tokens;
    this.end = end;
    this.queries = new QueryReader(tokens);
    this.expressions = queries.expressions();
  }

  Statement insert() {
    int at = expect(1, "INTO");
    int columnsAt = tokens.find(at, end, "(", "VALUES", "SELECT");
    Table table = table(at, columnsAt);
    if (!tokens.is(columnsAt, "(")) {
      throw tokens.unexpected(columnsAt, "a column list");
    }
    List<String> columns = new ArrayList<>();
    int columnsEnd = tokens.get(columnsAt).partner();
    for (int[] part : expressions.split(columnsAt + 1, columnsEnd, ",")) {
      columns.add(columnName(part[0], part[1]));
    }
    int valuesAt = expect(columnsEnd + 1, "VALUES");
    if (!tokens.is(valuesAt, "(")) {
      throw tokens.unexpected(valuesAt, "a list of values");
    }
    int valuesEnd = tokens.get(valuesAt).partner();
    if (valuesEnd + 1 != end) {
      throw tokens.unexpected(valuesEnd + 1, "the end after one row of values");
    }
    List<int[]> values = expressions.split(valuesAt + 1, valuesEnd, ",");
    if (values.size() != columns.size()) {
      throw new SqlSyntaxException(columns.size() + " columns but " + values.size() + " values");
    }
    Map<String, Source> sources = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      Source source = expressions.source(values.get(i)[0], values.get(i)[1]);
      if (sources.put(columns.get(i), source) != null) {
        throw new SqlSyntaxException("column " + columns.get(i) + " is named twice");
      }
    }
    return new Statement.Insert(table, sources);
  }

  /**
   * {@code UPDATE [TOP (n)] target [joins] SET … [FROM tables] [WHERE …] [LIMIT n]}; with FROM the
   * target is an alias of one of its tables (SQL Server).
   */
  Statement update() {
    int targetAt = afterTop(1);
    int setAt = tokens.find(targetAt, end, "SET");
    int fromAt = tokens.find(setAt, end, "FROM");
    int whereAt = tokens.find(setAt, end, "WHERE");
    int tailAt = tokens.find(setAt, end, TAIL);
    int setEnd = Math.min(Math.min(fromAt, whereAt), tailAt);
    if (setAt == end) {
      throw tokens.unexpected(end, "SET");
    }
    int tablesFrom = targetAt;
    int tablesTo = setAt;
    String alias = null;
    if (fromAt < whereAt) {
      alias = columnName(targetAt, setAt);
      tablesFrom = fromAt + 1;
      tablesTo = Math.min(whereAt, tailAt);
    }
    From from = queries.from(tablesFrom, tablesTo);
    Table table = target(from, alias, targetAt);
    Map<String, Source> set = new LinkedHashMap<>();
    for (int[] part : expressions.split(setAt + 1, setEnd, ",")) {
      int equals = tokens.find(part[0], part[1], "=");
      if (equals == part[1]) {
        throw tokens.unexpected(part[0], "column = value");
      }
      String column = columnName(part[0], equals);
      Source source = expressions.source(equals + 1, part[1]);
      if (set.put(column, source) != null) {
        throw new SqlSyntaxException("column " + column + " is set twice");
      }
    }
    return new Statement.Update(table, set, rows(from, table, tablesFrom, tablesTo, setEnd));
  }

  /**
   * {@code DELETE [TOP (n)] [alias] FROM tables [WHERE …] [LIMIT n]}; with an alias it says from
   * which of the joined tables (MySQL, SQL Server).
   */
  Statement delete() {
    int afterTop = afterTop(1);
    int fromAt = tokens.find(afterTop, end, "FROM");
    if (fromAt == end) {
      throw tokens.unexpected(end, "FROM");
    }
    int aliasEnd = tokens.is(fromAt - 1, "*") ? fromAt - 2 : fromAt;
    String alias = fromAt == afterTop ? null : columnName(afterTop, aliasEnd);
    int tablesTo = Math.min(tokens.find(fromAt, end, "WHERE"), tokens.find(fromAt, end, TAIL));
    From from = queries.from(fromAt + 1, tablesTo);
    Table table = target(from, alias, fromAt + 1);
    return new Statement.Delete(table, rows(from, table, fromAt + 1, tablesTo, tablesTo));
  }

  private Statement.Rows rows(From from, Table table, int tablesFrom, int tablesTo, int whereFrom) {
    int tailAt = tokens.find(whereFrom, end, TAIL);
    int whereAt = tokens.find(whereFrom, tailAt, "WHERE");
    List<Condition> conditions = new ArrayList<>(from.conditions());
    if (whereAt < tailAt) {
      conditions.add(expressions.condition(whereAt + 1, tailAt));
    }
    List<Table> joined = new ArrayList<>(from.tables());
    joined.remove(table);
    int topEnd = afterTop(1);
    List<Integer> parameters = new ArrayList<>(tokens.parameters(1, topEnd));
    parameters.addAll(tokens.parameters(tablesFrom, tablesTo));
    parameters.addAll(tokens.parameters(whereAt, end));
    boolean limited =
        topEnd > 1
            || tokens.find(tailAt, end, "LIMIT", "FETCH") < end
            || tokens.find(whereAt, end, "ROWNUM") < end;
    boolean derived = !from.inner().isEmpty();
    return new Statement.Rows(
        derived ? withInner(conditions, from) : Conditions.all(conditions),
        joined,
        limited,
        tokens.text(tablesFrom, tablesTo),
        tokens.text(whereAt, end),
        tokens.text(1, topEnd),
        writtenAlias(table),
        List.copyOf(parameters));
  }

  /** A derived table restricts the rows like a condition does. */
  private static Condition withInner(List<Condition> conditions, From from) {
    List<Condition> all = new ArrayList<>(conditions);
    for (Query query : from.inner()) {
      all.add(new Condition.OverQuery(null, query));
    }
    return new Condition.All(List.copyOf(all));
  }

  private static String writtenAlias(Table table) {
    String written = table.written();
    String last = written.substring(written.lastIndexOf('.') + 1);
    return Table.unquoted(last).equals(table.alias()) ? written : table.alias();
  }

  private Table target(From from, String alias, int at) {
    if (alias == null) {
      return from.tables().stream()
          .findFirst()
          .orElseThrow(() -> tokens.unexpected(at, "a table name"));
    }
    return from.tables().stream()
        .filter(table -> table.alias().equals(alias) || table.name().equals(alias))
        .findFirst()
        .orElseThrow(
            () -> new SqlSyntaxException(alias + " is none of the tables of the FROM clause"));
  }

  private Table table(int from, int to) {
    From tables = queries.from(from, to);
    if (tables.tables().size() != 1) {
      throw tokens.unexpected(from, "one table name");
    }
    return tables.tables().get(0);
  }

  private int afterTop(int at) {
    return tokens.is(at, "TOP") ? tokens.next(at + 1) : at;
  }

  private int expect(int at, String word) {
    if (!tokens.is(at, word)) {
      throw tokens.unexpected(at, word);
    }
    return at + 1;
  }

  private String columnName(int from, int to) {
    if (expressions.source(from, to) instanceof Source.Column column) {
      return column.name();
    }
    throw tokens.unexpected(from, "a name");
  }
}
