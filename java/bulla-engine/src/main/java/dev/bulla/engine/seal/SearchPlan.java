package dev.bulla.engine.seal;

import dev.bulla.BullaException;
import dev.bulla.BullaException.Kind;
import dev.bulla.Rule;
import dev.bulla.engine.sql.Query;
import dev.bulla.engine.sql.Source;
import dev.bulla.engine.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How a query's comparisons with sealed columns are bound: values by their tags, types by their
 * stored names, everything else refused.
 *
 * @param uses the comparisons
 * @param held for each parameter from 0 on whether its value changes
 */
@SuppressWarnings("ArrayRecordComponent") // plans are not compared
record SearchPlan(List<Use> uses, boolean[] held) {

  /** A comparison. */
  sealed interface Use {}

  /**
   * The variable that a comparison is about.
   *
   * @param names what its name is compared with; empty where the query does not say
   * @param ignoreCase whether the name may stand there in any case
   */
  record Variable(List<Source> names, boolean ignoreCase) {}

  /** The type is compared with these parameters. */
  record TypeUse(Variable variable, List<Integer> parameters) implements Use {}

  /** The value, in this column, is compared with these parameters; its type stands in another. */
  record ValueUse(Variable variable, String column, List<Integer> parameters, Source type)
      implements Use {}

  /** What cannot be answered, unless the variable is plain; a null variable is always sealed. */
  record Refusal(Variable variable, String column, String how) implements Use {}

  /** The plan, or null if the query compares nothing that is sealed. */
  static SearchPlan of(Query query) {
    List<Use> uses = Comparing.in(query);
    return uses.isEmpty() ? null : new SearchPlan(uses, heldBy(uses));
  }

  /** A query that the reader did not understand is refused if a sealed table is in it. */
  static SearchPlan unknown(String sql, Statement.NotUnderstood statement) {
    String upper = sql.toUpperCase(Locale.ROOT);
    for (SealedTable table : SealedTable.all()) {
      if (upper.contains(table.name())) {
        String how = "part of a query that is not understood (" + statement.reason() + "), with";
        return new SearchPlan(List.of(new Refusal(null, table.name(), how)), new boolean[0]);
      }
    }
    return null;
  }

  /** Replaces bound values, or refuses. */
  void apply(Object[] values, Sealing sealing) {
    Object[] given = values.clone();
    for (Use use : uses) {
      if (use instanceof ValueUse value) {
        bindValue(value, given, values, sealing);
      } else if (use instanceof TypeUse type) {
        bindType(type, given, values, sealing);
      } else if (use instanceof Refusal refusal && isSealed(refusal.variable(), given, sealing)) {
        throw refused(refusal.variable(), given, refusal.column(), refusal.how());
      }
    }
  }

  private static boolean[] heldBy(List<Use> uses) {
    List<Integer> indexes = new ArrayList<>();
    for (Use use : uses) {
      if (use instanceof ValueUse value) {
        indexes.addAll(value.parameters());
      } else if (use instanceof TypeUse type) {
        indexes.addAll(type.parameters());
      }
    }
    boolean[] held = new boolean[indexes.stream().mapToInt(Integer::intValue).max().orElse(0)];
    indexes.forEach(index -> held[index - 1] = true);
    return held;
  }

  private static void bindType(TypeUse use, Object[] given, Object[] values, Sealing sealing) {
    if (use.variable().names().isEmpty()) {
      throw new BullaException(
          Kind.NOT_SEARCHABLE,
          "a query compares the type of variables that it does not name: sealed ones are stored"
              + " under other types than plain ones; let it name the variables, or use"
              + " lower(VAR_TYPE_) in (…) on a table of the history");
    }
    boolean sealed = isSealed(use.variable(), given, sealing);
    for (int index : use.parameters()) {
      if (sealed && given[index - 1] != null) {
        values[index - 1] = SealedTable.TYPE_PREFIX + given[index - 1];
      }
    }
  }

  private static void bindValue(ValueUse use, Object[] given, Object[] values, Sealing sealing) {
    if (SealedTable.TEXT.equals(use.column())
        || SealedTable.LONG.equals(use.column())
        || SealedTable.DOUBLE.equals(use.column())) {
      if (!isSealed(use.variable(), given, sealing)) {
        return;
      }
      String name = single(use.variable(), given);
      Object type = use.type() == null ? null : value(use.type(), given);
      if (name == null || type == null || sealing.rules().of(name) != Rule.SEARCHABLE) {
        throw refused(use.variable(), given, use.column(), "compared with");
      }
      for (int index : use.parameters()) {
        values[index - 1] =
            tag(use.column(), name, (String) type, given[index - 1], sealing.tags());
      }
      return;
    }
    if (sealing.rules().of(use.column()) != Rule.SEARCHABLE) {
      throw refused(null, given, use.column(), "compared with");
    }
    for (int index : use.parameters()) {
      String text = (String) given[index - 1];
      values[index - 1] =
          text == null ? null : sealing.tags().message(use.column(), MessageText.whole(text));
    }
  }

  private static Object tag(String column, String name, String type, Object value, Tags tags) {
    if (value == null) {
      return null;
    }
    return switch (column) {
      case SealedTable.LONG -> tags.number(name, type, ((Number) value).longValue());
      case SealedTable.DOUBLE -> tags.real(name, type, ((Number) value).doubleValue());
      default -> tags.text(name, type, value.toString());
    };
  }

  private static boolean isSealed(Variable variable, Object[] given, Sealing sealing) {
    if (variable == null || variable.names().isEmpty()) {
      return true;
    }
    for (Source name : variable.names()) {
      if (!(value(name, given) instanceof String text) || sealing.rules().of(text) != Rule.PLAIN) {
        return true;
      }
    }
    return false;
  }

  private static String single(Variable variable, Object[] given) {
    return variable.names().size() == 1
            && value(variable.names().get(0), given) instanceof String name
        ? name
        : null;
  }

  private static Object value(Source source, Object[] given) {
    if (source instanceof Source.Parameter parameter) {
      return given[parameter.index() - 1];
    }
    return source instanceof Source.Literal literal ? literal.value() : null;
  }

  private static BullaException refused(
      Variable variable, Object[] given, String column, String how) {
    List<String> names = new ArrayList<>();
    if (variable != null) {
      variable.names().forEach(name -> names.add("'" + value(name, given) + "'"));
    }
    String what =
        names.isEmpty()
            ? column
            : "variable" + (names.size() == 1 ? " " : "s ") + String.join(", ", names);
    return new BullaException(
        Kind.NOT_SEARCHABLE,
        what
            + " is sealed and cannot be "
            + how
            + " a value in a query; list it under policy.search in bulla.toml to find it by"
            + " equality, the only comparison that sealed values have");
  }
}
