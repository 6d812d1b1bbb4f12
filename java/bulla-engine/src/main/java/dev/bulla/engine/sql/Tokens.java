package dev.bulla.engine.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A SQL text cut into words, numbers, strings, parameters and signs; comments are dropped. */
final class Tokens {

  enum Kind {
    WORD,
    QUOTED,
    NUMBER,
    STRING,
    PARAMETER,
    SIGN
  }

  /**
   * One token.
   *
   * @param text words in upper case, everything else as written
   * @param number of a parameter its JDBC index, else 0
   * @param partner of a parenthesis the position of the other one, else -1
   */
  record Token(Kind kind, String text, int start, int end, int number, int partner) {

    boolean is(String word) {
      return (kind == Kind.WORD || kind == Kind.SIGN) && text.equals(word);
    }

    boolean isAny(String... words) {
      for (String word : words) {
        if (is(word)) {
          return true;
        }
      }
      return false;
    }

    boolean isName() {
      return kind == Kind.WORD || kind == Kind.QUOTED;
    }
  }

  private final String sql;
  private final List<Token> list;

  Tokens(String sql) {
    this.sql = sql;
    this.list = paired(cut(sql));
  }

  int size() {
    return list.size();
  }

  Token get(int at) {
    return list.get(at);
  }

  boolean is(int at, String word) {
    return at >= 0 && at < list.size() && list.get(at).is(word);
  }

  /** The text between two positions, the second one excluded. */
  String text(int from, int to) {
    return from >= to ? "" : sql.substring(get(from).start(), get(to - 1).end());
  }

  List<Integer> parameters(int from, int to) {
    List<Integer> found = new ArrayList<>();
    for (int at = from; at < to; at++) {
      if (get(at).kind() == Kind.PARAMETER) {
        found.add(get(at).number());
      }
    }
    return found;
  }

  /** The first of the words outside parentheses, or {@code to}. */
  int find(int from, int to, String... words) {
    for (int at = from; at < to; at = next(at)) {
      if (get(at).isAny(words)) {
        return at;
      }
    }
    return to;
  }

  /** The position behind this token, or behind the parenthesis or CASE that it opens. */
  int next(int at) {
    if (get(at).is("(")) {
      return get(at).partner() + 1;
    }
    if (get(at).is("CASE")) {
      int end = at + 1;
      while (end < size() && !get(end).is("END")) {
        end = next(end);
      }
      return Math.min(end + 1, size());
    }
    return at + 1;
  }

  SqlSyntaxException unexpected(int at, String wanted) {
    String found = at < size() ? "'" + get(at).text() + "'" : "the end";
    int place = at < size() ? get(at).start() : sql.length();
    return new SqlSyntaxException(
        "expected " + wanted + " at character " + (place + 1) + ", found " + found);
  }

  private static List<Token> cut(String sql) {
    List<Token> found = new ArrayList<>();
    int parameters = 0;
    int at = 0;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
        continue;
      }
      if (sql.startsWith("--", at)) {
        int end = sql.indexOf('\n', at);
        at = end < 0 ? sql.length() : end;
        continue;
      }
      if (sql.startsWith("/*", at)) {
        int end = sql.indexOf("*/", at + 2);
        at = end < 0 ? sql.length() : end + 2;
        continue;
      }
      Kind kind;
      int end;
      if (c == '?') {
        kind = Kind.PARAMETER;
        end = at + 1;
      } else if (c == '\'') {
        kind = Kind.STRING;
        end = quoteEnd(sql, at, '\'');
      } else if (c == '"' || c == '`' || c == '[') {
        kind = Kind.QUOTED;
        end = quoteEnd(sql, at, c == '[' ? ']' : c);
      } else if (Character.isDigit(c)) {
        kind = Kind.NUMBER;
        end = wordEnd(sql, at, true);
      } else if (isWord(c)) {
        kind = Kind.WORD;
        end = wordEnd(sql, at, false);
      } else {
        kind = Kind.SIGN;
        end = at + signLength(sql, at);
      }
      String text = sql.substring(at, end);
      found.add(
          new Token(
              kind,
              kind == Kind.WORD ? text.toUpperCase(Locale.ROOT) : text,
              at,
              end,
              kind == Kind.PARAMETER ? ++parameters : 0,
              -1));
      at = end;
    }
    return found;
  }

  private static List<Token> paired(List<Token> tokens) {
    List<Integer> open = new ArrayList<>();
    for (int at = 0; at < tokens.size(); at++) {
      Token token = tokens.get(at);
      if (token.is("(")) {
        open.add(at);
      } else if (token.is(")")) {
        if (open.isEmpty()) {
          throw new SqlSyntaxException(
              "a parenthesis closes at character " + (token.start() + 1) + " that none opened");
        }
        int partner = open.remove(open.size() - 1);
        tokens.set(at, with(token, partner));
        tokens.set(partner, with(tokens.get(partner), at));
      }
    }
    if (!open.isEmpty()) {
      throw new SqlSyntaxException(
          "the parenthesis at character "
              + (tokens.get(open.get(0)).start() + 1)
              + " is never closed");
    }
    return tokens;
  }

  private static Token with(Token token, int partner) {
    return new Token(
        token.kind(), token.text(), token.start(), token.end(), token.number(), partner);
  }

  private static int quoteEnd(String sql, int from, char quote) {
    int at = from + 1;
    while (at < sql.length()) {
      if (sql.charAt(at) == quote) {
        if (at + 1 < sql.length() && sql.charAt(at + 1) == quote) {
          at += 2;
          continue;
        }
        return at + 1;
      }
      at++;
    }
    throw new SqlSyntaxException("the quote at character " + (from + 1) + " is never closed");
  }

  private static int wordEnd(String sql, int from, boolean number) {
    int at = from;
    while (at < sql.length() && (isWord(sql.charAt(at)) || (number && sql.charAt(at) == '.'))) {
      at++;
    }
    return at;
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c == '#' || c == '@';
  }

  private static int signLength(String sql, int at) {
    for (String sign : new String[] {"<=", ">=", "<>", "!=", "||", "::"}) {
      if (sql.startsWith(sign, at)) {
        return 2;
      }
    }
    return 1;
  }
}
