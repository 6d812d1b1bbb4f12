package dev.bulla.demo;

import dev.bulla.Finding;
import dev.bulla.Finding.Severity;
import dev.bulla.demo.Attack.Expected;
import java.util.Arrays;
import java.util.List;

/**
 * What an audit's findings say of an attack.
 *
 * @param made the expected findings that were made
 * @param missed the expected findings that were not made
 * @param falseAlarms findings that the attack does not explain
 */
record Verdict(List<Finding> made, List<Expected> missed, List<Finding> falseAlarms) {

  static Verdict on(Attack attack, List<Finding> findings) {
    return new Verdict(
        findings.stream().filter(found -> isExpected(attack, found)).toList(),
        attack.expected().stream()
            .filter(expected -> findings.stream().noneMatch(found -> matches(expected, found)))
            .toList(),
        findings.stream()
            .filter(found -> found.severity() != Severity.INFO)
            .filter(found -> !isExpected(attack, found))
            .filter(found -> !attack.consequences().contains(found.kind()))
            .toList());
  }

  boolean located() {
    return missed.isEmpty();
  }

  private static boolean isExpected(Attack attack, Finding found) {
    return attack.expected().stream().anyMatch(expected -> matches(expected, found));
  }

  private static boolean matches(Expected expected, Finding found) {
    return expected.kind().equals(found.kind())
        && (expected.table() == null || expected.table().equals(found.table()))
        && (expected.row() == null || expected.row().equals(found.row()))
        && (expected.column() == null
            || (found.column() != null
                && Arrays.asList(found.column().split(", ", -1)).contains(expected.column())))
        && (expected.record() == null || expected.record().equals(found.record()));
  }
}
