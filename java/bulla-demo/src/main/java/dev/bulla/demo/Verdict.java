package dev.bulla.demo;

import dev.bulla.Finding;
import dev.bulla.Finding.Severity;
import dev.bulla.demo.Attack.Expected;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an audit's findings say of an attack.
 *
 * @param made the expected findings that were made
 * @param missed what was expected and not found
 * @param falseAlarms all other findings: of another kind, in another place, or once too often
 */
record Verdict(List<Finding> made, List<Expected> missed, List<Finding> falseAlarms) {

  static Verdict on(Attack attack, List<Finding> findings) {
    Set<Expected> missed = new LinkedHashSet<>(attack.expected());
    List<Finding> made = new ArrayList<>();
    List<Finding> falseAlarms = new ArrayList<>();
    for (Finding found : findings) {
      Optional<Expected> met =
          attack.expected().stream()
              .filter(expected -> expected.isMetBy(found))
              .filter(expected -> expected.older() || missed.contains(expected))
              .findFirst();
      if (met.isPresent()) {
        missed.remove(met.get());
        made.add(found);
      } else if (found.severity() != Severity.INFO) {
        falseAlarms.add(found);
      }
    }
    return new Verdict(made, List.copyOf(missed), falseAlarms);
  }

  boolean located() {
    return missed.isEmpty();
  }

  /** The first of the findings made of each kind. */
  List<Finding> firstOfEachKind() {
    Set<String> shown = new LinkedHashSet<>();
    return made.stream().filter(found -> shown.add(found.kind())).toList();
  }
}
