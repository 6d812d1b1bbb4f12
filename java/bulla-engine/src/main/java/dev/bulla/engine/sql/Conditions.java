package dev.bulla.engine.sql;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Questions to a condition tree. */
final class Conditions {

  private Conditions() {}

  static Condition all(List<Condition> parts) {
    return parts.size() == 1 ? parts.get(0) : new Condition.All(List.copyOf(parts));
  }

  static Optional<Map<String, Source>> equalities(Condition condition) {
    Map<String, Source> found = new LinkedHashMap<>();
    return collect(condition, found) ? Optional.of(found) : Optional.empty();
  }

  private static boolean collect(Condition condition, Map<String, Source> found) {
    if (condition instanceof Condition.All all) {
      return all.parts().stream().allMatch(part -> collect(part, found));
    }
    return condition instanceof Condition.Comparison comparison
        && comparison.operator().equals("=")
        && comparison.left() instanceof Source.Column column
        && isValue(comparison.right().get(0))
        && found.put(column.name(), comparison.right().get(0)) == null;
  }

  private static boolean isValue(Source source) {
    return source instanceof Source.Parameter || source instanceof Source.Literal;
  }
}
