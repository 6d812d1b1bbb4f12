package dev.bulla.demo;

import dev.bulla.Finding;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Something that the owner of the database does to the past, and what an audit has to say of it.
 */
sealed interface Attack {

  /** What is done, in a few words. */
  String name();

  /** What an audit must find: all of these, and nothing else. */
  List<Expected> expected();

  /** Statements in the database. */
  record Statements(String name, List<Sql> statements, List<Expected> expected) implements Attack {

    /** Whether only rows of the engine are changed, neither the ledger nor the schema. */
    boolean onlyRows() {
      return statements.stream()
          .map(Sql::text)
          .noneMatch(sql -> sql.contains("BULLA_") || sql.startsWith("ALTER"));
    }
  }

  /** An older copy of the database put in the place of the newest. */
  record OlderBackup(String name, List<Expected> expected) implements Attack {}

  /**
   * A finding to be made.
   *
   * @param kinds what it may be called
   * @param table where
   * @param row the row's id, null if the finding is about no row
   * @param columns the columns that it names
   * @param variable the variable, null if that does not matter
   * @param older whether the row stands as it once did: then at least one finding must be made, and
   *     each may name some of the columns
   */
  record Expected(
      Set<String> kinds,
      String table,
      String row,
      Set<String> columns,
      String variable,
      boolean older) {

    static Expected of(String kind, String table, String row) {
      return new Expected(Set.of(kind), table, row, Set.of(), null, false);
    }

    static Expected older(String table, String row, Set<String> columns) {
      Set<String> kinds = Set.of("ROLLED_BACK", "VALUE_CHANGED", "METADATA_CHANGED");
      return new Expected(kinds, table, row, columns, null, true);
    }

    Expected in(String... columns) {
      return new Expected(kinds, table, row, Set.of(columns), variable, older);
    }

    Expected ofVariable(String variable) {
      return new Expected(kinds, table, row, columns, variable, older);
    }

    boolean isMetBy(Finding found) {
      Set<String> named =
          found.column() == null ? Set.of() : Set.of(found.column().split(", ", -1));
      return kinds.contains(found.kind())
          && Objects.equals(table, found.table())
          && Objects.equals(row, found.row())
          && (older ? columns.containsAll(named) : columns.equals(named))
          && (variable == null || variable.equals(found.variable()));
    }

    @Override
    public String toString() {
      return Stream.of(
              String.join("|", new TreeSet<>(kinds)),
              table,
              row,
              String.join(", ", new TreeSet<>(columns)),
              variable)
          .filter(part -> part != null && !part.isEmpty())
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
