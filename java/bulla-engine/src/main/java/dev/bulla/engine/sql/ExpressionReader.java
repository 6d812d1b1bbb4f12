package dev.bulla.engine.sql;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads values and conditions. */
final class ExpressionReader {

  private static final Set<String> OPERATORS = Set.of("=", "<>", "!=", "<", "<=", ">", ">=");
  private static final Set<String> NOT_COLUMNS =
      Set.of(
          "AND",
          "AS",
          "ASC",
          "BETWEEN",
          "BY",
          "CASE",
          "COLLATE",
          "DESC",
          "DISTINCT",
          "ELSE",
          "END",
          "ESCAPE",
          "EXISTS",
          "FALSE",
          "FIRST",
          "FROM",
          "IN",
          "IS",
          "LAST",
          "LIKE",
          "NOT",
          "NULL",
          "NULLS",
          "OR",
          "OVER",
          "PARTITION",
          "ROWNUM",
          "SELECT",
          "THEN",
          "TRUE",
          "WHEN",
          "WHERE");

  private final Tokens tokens;
  private final QueryReader queries;

  ExpressionReader(Tokens tokens, QueryReader queries) {
    this.tokens = tokens;
    this.queries = queries;
  }

  /** Ranges between separators that stand outside parentheses and CASE. */
  List<int[]> split(int from, int to, String... separators) {
    List<int[]> parts = new ArrayList<>();
    int start = from;
    boolean between = false;
    for (int at = from; at < to; at = tokens.next(at)) {
      Tokens.Token token = tokens.get(at);
      if (token.is("BETWEEN")) {
        between = true;
      } else if (token.isAny(separators)) {
        if (between && token.is("AND")) {
          between = false;
          continue;
        }
        parts.add(new int[] {start, at});
        start = at + 1;
      }
    }
    parts.add(new int[] {start, to});
    return parts;
  }

  Source source(int from, int to) {
    int start = from;
    int end = to;
    while (end - start > 2 && tokens.is(start, "(") && tokens.get(start).partner() == end - 1) {
      start++;
      end--;
    }
    int collate = tokens.find(start, end, "COLLATE");
    if (collate > start) {
      end = collate;
    }
    if (start >= end) {
      throw tokens.unexpected(start, "a value");
    }
    if (end - start == 1) {
      return single(start);
    }
    boolean negative = end - start == 2 && tokens.is(start, "-");
    if (negative && tokens.get(start + 1).kind() == Tokens.Kind.NUMBER) {
      return new Source.Literal(number("-" + tokens.get(start + 1).text()));
    }
    if (isQualified(start, end)) {
      String qualifier = Table.unquoted(tokens.get(end - 3).text());
      return new Source.Column(qualifier, Table.unquoted(tokens.get(end - 1).text()));
    }
    return expression(from, to);
  }

  /** The columns in a range, those inside subqueries excepted. */
  List<Source.Column> columns(int from, int to) {
    List<Source.Column> found = new ArrayList<>();
    for (int at = from; at < to; at++) {
      if (tokens.is(at, "(") && queries.startsQuery(at)) {
        at = tokens.get(at).partner();
        continue;
      }
      boolean name = tokens.get(at).isName() && !tokens.is(at + 1, "(") && !tokens.is(at + 1, ".");
      if (!name || NOT_COLUMNS.contains(tokens.get(at).text()) || tokens.is(at - 1, "COLLATE")) {
        continue;
      }
      String qualifier = tokens.is(at - 1, ".") ? Table.unquoted(tokens.get(at - 2).text()) : null;
      found.add(new Source.Column(qualifier, Table.unquoted(tokens.get(at).text())));
    }
    return List.copyOf(found);
  }

  Condition condition(int from, int to) {
    if (from >= to) {
      throw tokens.unexpected(from, "a condition");
    }
    List<int[]> alternatives = split(from, to, "OR");
    if (alternatives.size() > 1) {
      return new Condition.Any(conditions(alternatives));
    }
    List<int[]> parts = split(from, to, "AND");
    if (parts.size() > 1) {
      return new Condition.All(conditions(parts));
    }
    if (tokens.is(from, "NOT")) {
      return new Condition.Not(condition(from + 1, to));
    }
    if (tokens.is(from, "(") && tokens.get(from).partner() == to - 1) {
      return queries.startsQuery(from)
          ? new Condition.Opaque(expression(from, to))
          : condition(from + 1, to - 1);
    }
    return predicate(from, to);
  }

  private List<Condition> conditions(List<int[]> ranges) {
    List<Condition> found = new ArrayList<>();
    for (int[] range : ranges) {
      found.add(condition(range[0], range[1]));
    }
    return List.copyOf(found);
  }

  private Condition predicate(int from, int to) {
    if (tokens.is(from, "EXISTS") && tokens.is(from + 1, "(")) {
      return new Condition.OverQuery(null, queries.query(from + 2, tokens.get(from + 1).partner()));
    }
    for (int at = from; at < to; at = tokens.next(at)) {
      Tokens.Token token = tokens.get(at);
      if (token.kind() == Tokens.Kind.SIGN && OPERATORS.contains(token.text())) {
        return comparison(from, at, token.text().equals("!=") ? "<>" : token.text(), at + 1, to);
      }
      if (token.isAny("LIKE", "IN", "BETWEEN", "IS")) {
        boolean before = tokens.is(at - 1, "NOT");
        return worded(from, before ? at - 1 : at, at, to, before);
      }
    }
    return opaque(from, to);
  }

  private Condition comparison(int from, int leftEnd, String operator, int rightFrom, int to) {
    List<Query> inner = new ArrayList<>();
    queries.collectQueries(from, to, inner);
    Source left = source(from, leftEnd);
    if (inner.isEmpty()) {
      Source right = source(rightFrom, to);
      boolean turned = !(left instanceof Source.Column) && right instanceof Source.Column;
      return turned && operator.matches("=|<>")
          ? new Condition.Comparison(right, operator, List.of(left))
          : new Condition.Comparison(left, operator, List.of(right));
    }
    List<Condition> parts = new ArrayList<>();
    parts.add(new Condition.Opaque(expression(from, to)));
    inner.forEach(query -> parts.add(new Condition.OverQuery(null, query)));
    return new Condition.All(List.copyOf(parts));
  }

  private Condition worded(int from, int leftEnd, int wordAt, int to, boolean negated) {
    Source left = source(from, leftEnd);
    String word = tokens.get(wordAt).text();
    String not = negated ? "NOT " : "";
    switch (word) {
      case "IS" -> {
        boolean isNot = tokens.is(wordAt + 1, "NOT");
        int valueAt = isNot ? wordAt + 2 : wordAt + 1;
        if (valueAt + 1 == to && tokens.is(valueAt, "NULL")) {
          return new Condition.Comparison(left, isNot ? "NOT ISNULL" : "ISNULL", List.of());
        }
        return opaque(from, to);
      }
      case "IN" -> {
        int open = wordAt + 1;
        if (!tokens.is(open, "(")) {
          return opaque(from, to);
        }
        int close = tokens.get(open).partner();
        if (queries.startsQuery(open)) {
          Condition in = new Condition.OverQuery(left, queries.query(open + 1, close));
          return negated ? new Condition.Not(in) : in;
        }
        List<Source> values = new ArrayList<>();
        for (int[] part : split(open + 1, close, ",")) {
          values.add(source(part[0], part[1]));
        }
        return new Condition.Comparison(left, not + "IN", List.copyOf(values));
      }
      case "LIKE" -> {
        int end = tokens.find(wordAt, to, "ESCAPE");
        return new Condition.Comparison(left, not + "LIKE", List.of(source(wordAt + 1, end)));
      }
      default -> {
        int and = tokens.find(wordAt, to, "AND");
        return new Condition.Comparison(
            left, not + "BETWEEN", List.of(source(wordAt + 1, and), source(and + 1, to)));
      }
    }
  }

  private Condition opaque(int from, int to) {
    List<Query> inner = new ArrayList<>();
    queries.collectQueries(from, to, inner);
    Condition itself = new Condition.Opaque(expression(from, to));
    if (inner.isEmpty()) {
      return itself;
    }
    List<Condition> parts = new ArrayList<>();
    parts.add(itself);
    inner.forEach(query -> parts.add(new Condition.OverQuery(null, query)));
    return new Condition.All(List.copyOf(parts));
  }

  private Source single(int at) {
    Tokens.Token token = tokens.get(at);
    return switch (token.kind()) {
      case PARAMETER -> new Source.Parameter(token.number());
      case NUMBER -> new Source.Literal(number(token.text()));
      case STRING ->
          new Source.Literal(
              token.text().substring(1, token.text().length() - 1).replace("''", "'"));
      case QUOTED -> new Source.Column(null, Table.unquoted(token.text()));
      case WORD ->
          switch (token.text()) {
            case "NULL" -> new Source.Null();
            case "TRUE" -> new Source.Literal(true);
            case "FALSE" -> new Source.Literal(false);
            default -> new Source.Column(null, token.text());
          };
      case SIGN -> {
        if (token.is("*")) {
          yield new Source.Column(null, "*");
        }
        throw tokens.unexpected(at, "a value");
      }
    };
  }

  private boolean isQualified(int from, int to) {
    if ((to - from) % 2 == 0) {
      return false;
    }
    for (int at = from; at < to; at++) {
      boolean dot = (at - from) % 2 == 1;
      boolean fits =
          dot
              ? tokens.is(at, ".")
              : tokens.get(at).isName() || (at == to - 1 && tokens.is(at, "*"));
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  private Source.Expression expression(int from, int to) {
    return new Source.Expression(
        tokens.text(from, to), columns(from, to), tokens.parameters(from, to));
  }

  private static Object number(String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException notWhole) {
      try {
        return new BigDecimal(text);
      } catch (NumberFormatException notNumber) {
        throw new SqlSyntaxException("'" + text + "' is not a number");
      }
    }
  }
}
