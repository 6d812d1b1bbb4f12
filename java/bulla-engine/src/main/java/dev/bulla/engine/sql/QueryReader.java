package dev.bulla.engine.sql;

import java.util.ArrayList;
import java.util.List;

/** Reads SELECT and FROM clauses. */
final class QueryReader {

  private static final String[] SET_OPERATIONS = {"UNION", "INTERSECT", "EXCEPT", "MINUS"};
  private static final String[] AFTER_FROM = {
    "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR", "OPTION"
  };
  private static final String[] AFTER_WHERE = {
    "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR", "OPTION"
  };
  private static final String[] JOIN = {
    ",", "JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "OUTER", "STRAIGHT_JOIN"
  };

  private final Tokens tokens;
  private final ExpressionReader expressions;

  QueryReader(Tokens tokens) {
    this.tokens = tokens;
    this.expressions = new ExpressionReader(tokens, this);
  }

  ExpressionReader expressions() {
    return expressions;
  }

  boolean startsQuery(int at) {
    int inner = at;
    while (tokens.is(inner, "(")) {
      inner++;
    }
    return tokens.is(inner, "SELECT");
  }

  Query query(int from, int to) {
    int setAt = tokens.find(from, to, SET_OPERATIONS);
    if (setAt < to) {
      int rest = tokens.is(setAt + 1, "ALL") ? setAt + 2 : setAt + 1;
      Query first = query(from, setAt);
      List<Query> inner = new ArrayList<>(first.inner());
      inner.add(query(rest, to));
      return new Query(first.tables(), inner, first.condition(), first.outputs(), first.order());
    }
    if (tokens.is(from, "(")) {
      return query(from + 1, tokens.get(from).partner());
    }
    if (!tokens.is(from, "SELECT")) {
      throw tokens.unexpected(from, "SELECT");
    }
    int fromAt = tokens.find(from, to, "FROM");
    int tablesEnd = tokens.find(fromAt, to, AFTER_FROM);
    List<Query> inner = new ArrayList<>();
    List<Query.Output> outputs = outputs(from + 1, fromAt, inner);
    From tables =
        fromAt == to ? new From(List.of(), List.of(), List.of()) : from(fromAt + 1, tablesEnd);
    inner.addAll(tables.inner());
    List<Condition> conditions = new ArrayList<>(tables.conditions());
    for (int at = tablesEnd; at < to; at = tokens.next(at)) {
      if (tokens.get(at).isAny("WHERE", "HAVING")) {
        conditions.add(expressions.condition(at + 1, tokens.find(at + 1, to, AFTER_WHERE)));
      }
    }
    return new Query(tables.tables(), inner, Conditions.all(conditions), outputs, order(from, to));
  }

  /** A list of tables, joins and derived tables. */
  From from(int from, int to) {
    List<Table> tables = new ArrayList<>();
    List<Query> inner = new ArrayList<>();
    List<Condition> conditions = new ArrayList<>();
    int at = from;
    while (at < to) {
      if (tokens.get(at).isAny(JOIN)) {
        at++;
      } else if (tokens.is(at, "ON")) {
        int end = tokens.find(at + 1, to, JOIN);
        conditions.add(expressions.condition(at + 1, end));
        at = end;
      } else if (tokens.get(at).isAny("USING", "WITH")) {
        at = tokens.next(at + 1);
      } else if (tokens.is(at, "(")) {
        int end = tokens.get(at).partner();
        if (startsQuery(at)) {
          inner.add(query(at + 1, end));
        } else {
          From nested = from(at + 1, end);
          tables.addAll(nested.tables());
          inner.addAll(nested.inner());
          conditions.addAll(nested.conditions());
        }
        at = afterAlias(end + 1, to);
      } else if (tokens.get(at).isName()) {
        int end = at + 1;
        while (end + 1 < to && tokens.is(end, ".")) {
          end += 2;
        }
        int next = afterAlias(end, to);
        String alias = next > end ? tokens.get(next - 1).text() : null;
        tables.add(Table.of(tokens.text(at, end), alias));
        at = next;
      } else {
        throw tokens.unexpected(at, "a table");
      }
    }
    return new From(List.copyOf(tables), List.copyOf(inner), List.copyOf(conditions));
  }

  private int afterAlias(int at, int to) {
    int name = at < to && tokens.is(at, "AS") ? at + 1 : at;
    boolean alias =
        name < to
            && tokens.get(name).isName()
            && !tokens.get(name).isAny(JOIN)
            && !tokens.get(name).isAny("ON", "USING", "WITH", "SET");
    return alias ? name + 1 : at;
  }

  private List<Query.Output> outputs(int from, int to, List<Query> inner) {
    int start = from;
    while (start < to && tokens.get(start).isAny("DISTINCT", "ALL", "TOP")) {
      start = tokens.is(start, "TOP") ? tokens.next(start + 1) : start + 1;
    }
    List<Query.Output> outputs = new ArrayList<>();
    for (int[] part : expressions.split(start, to, ",")) {
      collectQueries(part[0], part[1], inner);
      int last = part[1] - 1;
      boolean named =
          last > part[0]
              && tokens.get(last).isName()
              && !tokens.is(last - 1, ".")
              && !tokens.is(last, "END");
      int end = named ? (tokens.is(last - 1, "AS") ? last - 1 : last) : part[1];
      Source source = expressions.source(part[0], end);
      Source.Column column = source instanceof Source.Column found ? found : null;
      String name =
          named ? Table.unquoted(tokens.get(last).text()) : column == null ? null : column.name();
      outputs.add(new Query.Output(source, name));
    }
    return List.copyOf(outputs);
  }

  /** Subqueries anywhere in an expression. */
  void collectQueries(int from, int to, List<Query> inner) {
    for (int at = from; at < to; at++) {
      if (tokens.is(at, "(") && startsQuery(at)) {
        inner.add(query(at + 1, tokens.get(at).partner()));
        at = tokens.get(at).partner();
      }
    }
  }

  /** The columns of ORDER BY clauses of this query and of the windows in its select list. */
  private List<Source.Column> order(int from, int to) {
    List<Source.Column> columns = new ArrayList<>();
    for (int at = from; at + 1 < to; at++) {
      if (tokens.is(at, "(") && startsQuery(at)) {
        at = tokens.get(at).partner();
      } else if (tokens.is(at, "ORDER") && tokens.is(at + 1, "BY")) {
        int end = at + 2;
        while (end < to
            && !tokens.is(end, ")")
            && !tokens.get(end).isAny("LIMIT", "OFFSET", "FETCH", "FOR", "OPTION")) {
          end = tokens.next(end);
        }
        columns.addAll(expressions.columns(at + 2, end));
        at = end - 1;
      }
    }
    return List.copyOf(columns);
  }
}
