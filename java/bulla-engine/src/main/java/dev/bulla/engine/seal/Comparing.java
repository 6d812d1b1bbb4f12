package dev.bulla.engine.seal;

import dev.bulla.engine.sql.Condition;
import dev.bulla.engine.sql.Query;
import dev.bulla.engine.sql.Source;
import dev.bulla.engine.sql.Table;
import java.util.ArrayList;
import java.util.List;

/** Finds where a query compares sealed columns, and what it says of the variable there. */
final class Comparing {

  /**
   * A table as a query means it.
   *
   * @param table with sealed columns
   * @param alias by which the query knows it
   * @param query that names it
   */
  private record Meant(SealedTable table, String alias, Query query) {

    @SuppressWarnings("ReferenceEquality") // The same alias in two queries means two tables.
    boolean isSame(Meant other) {
      return other != null && alias.equals(other.alias) && query == other.query;
    }
  }

  /** That a column of a table has one of these values. */
  private record Fact(Meant meant, String column, List<Source> values, boolean ignoreCase) {}

  private record Scope(Query query, Scope outer) {}

  private final List<SearchPlan.Use> uses = new ArrayList<>();

  private Comparing() {}

  /** Every comparison with a sealed column, at any level. */
  static List<SearchPlan.Use> in(Query query) {
    Comparing comparing = new Comparing();
    comparing.query(query, null, List.of());
    return comparing.uses;
  }

  private void query(Query query, Scope outer, List<Fact> facts) {
    Scope scope = new Scope(query, outer);
    query.inner().forEach(inner -> query(inner, scope, facts));
    List<Fact> here = condition(query.condition(), scope, facts);
    for (Source.Column column : query.order()) {
      Source.Column sorted = named(query, column);
      Meant meant = meant(sorted, scope);
      if (meant != null && meant.table.isCompared(sorted.name())) {
        refuse(meant, sorted.name(), here, "sorted by");
      }
    }
  }

  /** The column that an ORDER BY means, which may name an output of this or an inner query. */
  private static Source.Column named(Query query, Source.Column column) {
    for (Query.Output output : query.outputs()) {
      if (column.name().equals(output.name())) {
        if (output.source() instanceof Source.Column found && !found.equals(column)) {
          return found.name().equals("*") ? column : found;
        }
        if (output.source() instanceof Source.Expression computed
            && !computed.columns().isEmpty()) {
          return computed.columns().get(0);
        }
      }
    }
    for (Query inner : query.inner()) {
      Source.Column found = named(inner, column);
      if (!found.equals(column)) {
        return found;
      }
    }
    return column;
  }

  /** Walks a condition; returns what holds besides it for the whole. */
  private List<Fact> condition(Condition condition, Scope scope, List<Fact> outer) {
    List<Fact> facts = new ArrayList<>(outer);
    List<Condition> parts = flat(condition, new ArrayList<>());
    for (Condition part : parts) {
      if (part instanceof Condition.Comparison comparison) {
        Fact fact = fact(comparison, scope);
        if (fact != null) {
          facts.add(fact);
        }
      }
    }
    for (Condition part : parts) {
      if (part instanceof Condition.Any any) {
        any.parts().forEach(inner -> condition(inner, scope, facts));
      } else if (part instanceof Condition.Not not) {
        condition(not.part(), scope, facts);
      } else if (part instanceof Condition.OverQuery over) {
        if (over.left() != null) {
          opaque(columns(over.left()), scope, facts);
        }
        query(over.query(), scope, facts);
      } else if (part instanceof Condition.Opaque opaque) {
        opaque(opaque.expression().columns(), scope, facts);
      } else if (part instanceof Condition.Comparison comparison) {
        comparison(comparison, scope, facts);
      }
    }
    return facts;
  }

  private static List<Condition> flat(Condition condition, List<Condition> parts) {
    if (condition instanceof Condition.All all) {
      all.parts().forEach(part -> flat(part, parts));
    } else {
      parts.add(condition);
    }
    return parts;
  }

  private Fact fact(Condition.Comparison comparison, Scope scope) {
    boolean equal = comparison.operator().equals("=") || comparison.operator().equals("IN");
    List<Source.Column> columns = columns(comparison.left());
    if (!equal || columns.size() != 1) {
      return null;
    }
    Meant meant = meant(columns.get(0), scope);
    boolean ignoreCase = comparison.left() instanceof Source.Expression;
    return meant == null
        ? null
        : new Fact(meant, columns.get(0).name(), plain(comparison.right()), ignoreCase);
  }

  /** {@code UPPER(?)} stands for its parameter. */
  private static List<Source> plain(List<Source> values) {
    List<Source> plain = new ArrayList<>();
    for (Source value : values) {
      plain.add(
          value instanceof Source.Expression computed && computed.parameters().size() == 1
              ? new Source.Parameter(computed.parameters().get(0))
              : value);
    }
    return plain;
  }

  private void comparison(Condition.Comparison comparison, Scope scope, List<Fact> facts) {
    String operator = comparison.operator();
    if (operator.endsWith("ISNULL")) {
      return;
    }
    if (comparison.left() instanceof Source.Column column) {
      Meant meant = meant(column, scope);
      if (meant != null) {
        compared(comparison, column.name(), meant, facts);
      }
    } else if (!isTypeInAnyCase(comparison, scope, facts)) {
      opaque(columns(comparison.left()), scope, facts);
    }
    comparison.right().forEach(value -> opaque(columns(value), scope, facts));
  }

  /** {@code lower(VAR_TYPE_) in (…)}: what stands before a sealed type is in lower case already. */
  private boolean isTypeInAnyCase(Condition.Comparison comparison, Scope scope, List<Fact> facts) {
    List<Source.Column> columns = columns(comparison.left());
    Meant meant = columns.size() == 1 ? meant(columns.get(0), scope) : null;
    boolean isType =
        meant != null
            && meant.table.values() != null
            && columns.get(0).name().equals(meant.table.values().type());
    boolean reworded =
        comparison.left() instanceof Source.Expression computed
            && QueryText.isOwnType(computed.text(), comparison.operator());
    if (isType && !reworded) {
      compared(comparison, columns.get(0).name(), meant, facts);
    }
    return isType;
  }

  private void compared(
      Condition.Comparison comparison, String column, Meant meant, List<Fact> facts) {
    boolean isType = meant.table.values() != null && column.equals(meant.table.values().type());
    boolean isEquality = comparison.operator().matches("(NOT )?IN|=|<>");
    boolean bound =
        comparison.right().stream().allMatch(value -> value instanceof Source.Parameter);
    SearchPlan.Variable variable = variable(meant, facts);
    if (isType && isEquality && bound) {
      uses.add(new SearchPlan.TypeUse(variable, indexes(comparison)));
    } else if (meant.table.isCompared(column)) {
      boolean taggable =
          !column.equals(SealedTable.TEXT2) && !meant.table.numbers().contains(column);
      if (isEquality && bound && taggable) {
        uses.add(
            new SearchPlan.ValueUse(variable, column, indexes(comparison), type(meant, facts)));
      } else if (!isEmptyText(comparison, column)) {
        refuse(meant, column, facts, "compared by " + comparison.operator() + " with");
      }
    }
  }

  /** Databases without an empty string mark it in TEXT2_; sealed values have it in their tag. */
  private static boolean isEmptyText(Condition.Comparison comparison, String column) {
    return column.equals(SealedTable.TEXT2)
        && comparison.operator().equals("=")
        && comparison.right().get(0) instanceof Source.Literal;
  }

  private static List<Integer> indexes(Condition.Comparison comparison) {
    return comparison.right().stream().map(value -> ((Source.Parameter) value).index()).toList();
  }

  private void opaque(List<Source.Column> columns, Scope scope, List<Fact> facts) {
    for (Source.Column column : columns) {
      Meant meant = meant(column, scope);
      if (meant != null && meant.table.isCompared(column.name())) {
        refuse(meant, column.name(), facts, "compared by an expression with");
      }
    }
  }

  private void refuse(Meant meant, String column, List<Fact> facts, String how) {
    boolean text = meant.table.texts().contains(column);
    SearchPlan.Variable variable = text ? null : variable(meant, facts);
    uses.add(new SearchPlan.Refusal(variable, meant.table.name() + "." + column, how));
  }

  private static SearchPlan.Variable variable(Meant meant, List<Fact> facts) {
    String nameColumn = meant.table.values() == null ? null : meant.table.values().name();
    for (Fact fact : facts) {
      if (fact.column.equals(nameColumn) && fact.meant.isSame(meant)) {
        return new SearchPlan.Variable(fact.values, fact.ignoreCase);
      }
    }
    return new SearchPlan.Variable(List.of(), false);
  }

  private static Source type(Meant meant, List<Fact> facts) {
    String typeColumn = meant.table.values() == null ? null : meant.table.values().type();
    // the innermost comes last: each alternative of a condition has a type of its own
    Source type = null;
    for (Fact fact : facts) {
      if (fact.column.equals(typeColumn) && fact.meant.isSame(meant) && fact.values.size() == 1) {
        type = fact.values.get(0);
      }
    }
    return type;
  }

  private static List<Source.Column> columns(Source source) {
    if (source instanceof Source.Column column) {
      return List.of(column);
    }
    return source instanceof Source.Expression computed ? computed.columns() : List.of();
  }

  private static Meant meant(Source.Column column, Scope scope) {
    for (Scope at = scope; at != null; at = at.outer) {
      Meant meant = among(column, at.query);
      if (meant != null) {
        return meant.table == null ? null : meant;
      }
    }
    return null;
  }

  /** The table among those of a query; one without a sealed table where the alias is another's. */
  private static Meant among(Source.Column column, Query query) {
    for (Table table : query.tables()) {
      SealedTable sealed = SealedTable.named(table.name());
      if (column.qualifier() == null) {
        if (sealed != null && isOf(sealed, column.name())) {
          return new Meant(sealed, table.alias(), query);
        }
      } else if (table.alias().equals(column.qualifier())) {
        return new Meant(sealed, table.alias(), query);
      }
    }
    for (Query inner : query.inner()) {
      Meant meant = among(column, inner);
      if (meant != null) {
        return meant;
      }
    }
    return null;
  }

  private static boolean isOf(SealedTable table, String column) {
    SealedTable.Values values = table.values();
    return table.isCompared(column)
        || (values != null && (column.equals(values.type()) || column.equals(values.name())));
  }
}
