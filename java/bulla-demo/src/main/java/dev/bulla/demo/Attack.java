package dev.bulla.demo;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Something that the owner of the database does to the past, and what an audit has to say of it.
 */
sealed interface Attack {

  /** What is done, in a few words. */
  String name();

  /** What an audit must find: all of these. */
  List<Expected> expected();

  /** Kinds of findings that may follow from the deed besides; any other one is a false alarm. */
  Set<String> consequences();

  /** Statements in the database. */
  record Statements(
      String name, List<Sql> statements, List<Expected> expected, Set<String> consequences)
      implements Attack {

    /** Whether only rows of the engine are changed, neither the ledger nor the schema. */
    boolean onlyRows() {
      return statements.stream()
          .map(Sql::text)
          .noneMatch(sql -> sql.contains("BULLA_") || sql.startsWith("ALTER"));
    }
  }

  /** An older copy of the database put in the place of the newest. */
  record OlderBackup(String name, List<Expected> expected, Set<String> consequences)
      implements Attack {}

  /**
   * A finding to be made. What is null may be anything.
   *
   * @param kind the finding's kind
   * @param table where
   * @param row the row's id
   * @param column the column
   * @param record the record, as {@code <log>#<seq>}
   */
  record Expected(String kind, String table, String row, String column, String record) {
    @Override
    public String toString() {
      return Arrays.stream(new String[] {kind, table, row, column, record})
          .filter(part -> part != null)
          .collect(Collectors.joining(" "));
    }
  }

  /** A statement and what is bound to it. */
  record Sql(String text, List<Object> values) {
    static Sql of(String text, Object... values) {
      return new Sql(text, Arrays.asList(values));
    }

    /** The statement for people: values in their places, long ones cut. */
    @Override
    public String toString() {
      StringBuilder shown = new StringBuilder();
      int next = 0;
      for (int at = 0; at < text.length(); at++) {
        char c = text.charAt(at);
        if (c == '?') {
          shown.append(literal(values.get(next++)));
        } else {
          shown.append(c);
        }
      }
      return shown.toString();
    }

    private static String literal(Object value) {
      if (value instanceof byte[] bytes) {
        return "X'…%d bytes'".formatted(bytes.length);
      }
      String text = String.valueOf(value);
      String cut = text.length() > 44 ? text.substring(0, 40) + "…" : text;
      return value instanceof Number || value == null ? cut : "'" + cut + "'";
    }
  }
}
