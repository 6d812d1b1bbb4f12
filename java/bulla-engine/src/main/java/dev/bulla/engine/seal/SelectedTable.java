package dev.bulla.engine.seal;

import dev.bulla.engine.sql.Condition;
import dev.bulla.engine.sql.Query;
import dev.bulla.engine.sql.Source;
import dev.bulla.engine.sql.Table;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds the table with sealed columns whose rows a query returns. */
final class SelectedTable {

  private SelectedTable() {}

  /** The table, or null. */
  static SealedTable of(Query query) {
    SealedTable table = find(query);
    if (table == null || table.texts().isEmpty()) {
      return table;
    }
    Set<String> mixed = new HashSet<>();
    collectMixed(query, table, mixed);
    return table.mixed(mixed);
  }

  /** What other tables give the name of a sealed column. */
  private static void collectMixed(Query query, SealedTable table, Set<String> mixed) {
    boolean other =
        !query.tables().isEmpty()
            && query.tables().stream().allMatch(t -> SealedTable.named(t.name()) == null);
    for (Query.Output output : query.outputs()) {
      if (other && table.texts().contains(output.name())) {
        mixed.add(output.name());
      }
    }
    query.inner().forEach(inner -> collectMixed(inner, table, mixed));
  }

  private static SealedTable find(Query query) {
    for (Query.Output output : query.outputs()) {
      if (output.source() instanceof Source.Column column) {
        SealedTable table = of(query, column);
        if (table != null) {
          return table;
        }
      }
    }
    return null;
  }

  /** The value of ID_ where the query asks for one row by its id, or null. */
  static Source idOf(Query query) {
    List<Condition> parts = new ArrayList<>();
    parts.add(query.condition());
    for (int at = 0; at < parts.size(); at++) {
      if (parts.get(at) instanceof Condition.All all) {
        parts.addAll(all.parts());
      } else if (parts.get(at) instanceof Condition.Comparison comparison
          && comparison.operator().equals("=")
          && comparison.left() instanceof Source.Column column
          && column.name().equals(SealedTable.ID)) {
        return comparison.right().get(0);
      }
    }
    return null;
  }

  private static SealedTable of(Query query, Source.Column column) {
    for (Table table : query.tables()) {
      boolean meant = column.qualifier() == null || table.alias().equals(column.qualifier());
      SealedTable sealed = meant ? SealedTable.named(table.name()) : null;
      if (sealed != null && has(sealed, column.name())) {
        return sealed;
      }
      if (meant && column.qualifier() != null) {
        return null;
      }
    }
    for (Query inner : query.inner()) {
      SealedTable sealed = find(inner);
      if (sealed != null) {
        return sealed;
      }
    }
    return null;
  }

  private static boolean has(SealedTable table, String column) {
    return column.equals("*")
        || table.isCompared(column)
        || table.bytes().stream().anyMatch(part -> part.column().equals(column));
  }
}
