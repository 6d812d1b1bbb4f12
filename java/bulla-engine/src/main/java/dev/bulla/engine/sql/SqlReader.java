package dev.bulla.engine.sql;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Tells what a SQL text does. Each text is parsed once. */
public final class SqlReader {

  /** An engine maps some thousand texts; lists of parameters of every length multiply them. */
  private static final int CACHED = 20_000;

  private static final ConcurrentMap<String, Statement> PLANS = new ConcurrentHashMap<>();

  private SqlReader() {}

  /**
   * What this SQL text does.
   *
   * @param sql as it goes to the driver, with {@code ?} for parameters
   * @return the same object for the same text, as long as it is cached; never null
   */
  public static Statement plan(String sql) {
    Statement known = PLANS.get(sql);
    if (known != null) {
      return known;
    }
    Statement read = read(sql);
    if (PLANS.size() >= CACHED) {
      PLANS.clear();
    }
    PLANS.put(sql, read);
    return read;
  }

  static Statement read(String sql) {
    try {
      Tokens tokens = new Tokens(sql);
      if (tokens.size() == 0) {
        return new Statement.Other("");
      }
      int end = tokens.is(tokens.size() - 1, ";") ? tokens.size() - 1 : tokens.size();
      if (tokens.find(0, end, ";") < end) {
        return new Statement.NotUnderstood("several statements in one text");
      }
      return switch (tokens.get(0).text()) {
        case "INSERT" -> new WriteReader(tokens, end).insert();
        case "UPDATE" -> new WriteReader(tokens, end).update();
        case "DELETE" -> new WriteReader(tokens, end).delete();
        case "SELECT", "(" -> new Statement.Select(new QueryReader(tokens).query(0, end));
        case "CREATE", "LOCK", "SET", "SHOW" -> new Statement.Other(tokens.get(0).text());
        default ->
            new Statement.NotUnderstood(tokens.get(0).text() + " is not a form the reader knows");
      };
    } catch (SqlSyntaxException unknown) {
      return new Statement.NotUnderstood(unknown.getMessage());
    }
  }
}
