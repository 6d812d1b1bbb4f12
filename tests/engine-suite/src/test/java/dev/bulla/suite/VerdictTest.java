package dev.bulla.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class VerdictTest {

  private static final Set<String> KNOWN = Set.of("Orders", "Loans");

  @Test
  void a_failure_that_is_expected_is_no_difference() {
    assertEquals(List.of(), differences("Orders#sorts", Set.of("Orders#sorts"), "Orders#sorts"));
  }

  @Test
  void a_failure_that_is_not_expected_is_told_with_its_cause() {
    assertEquals(
        List.of("Orders#counts failed: 1 instead of 2"),
        differences(
            "Orders#sorts",
            Set.of("Orders#sorts", "Orders#counts"),
            "Orders#sorts",
            "Orders#counts"));
  }

  @Test
  void a_test_that_is_expected_to_fail_must_not_pass() {
    assertEquals(
        List.of("Orders#sorts is expected to fail (sorts) and passed"),
        differences("Orders#sorts", Set.of("Orders#sorts")));
  }

  @Test
  void a_test_that_is_expected_to_fail_must_be_there() {
    assertEquals(
        List.of("Orders#sorts is expected to fail and is no test"),
        differences("Orders#sorts", Set.of("Orders#counts")));
    assertEquals(
        List.of("Letters#sorts is expected to fail and is no test"),
        differences("Letters#sorts", Set.of("Orders#counts")));
  }

  @Test
  void a_test_of_a_class_that_was_not_run_may_be_expected_to_fail() {
    assertEquals(List.of(), differences("Orders#sorts", Set.of("Loans#counts")));
  }

  private static List<String> differences(String expected, Set<String> ran, String... failed) {
    Map<String, String> failures = new TreeMap<>();
    for (String test : failed) {
      failures.put(test, "1 instead of 2");
    }
    return Verdict.differences(Map.of(expected, "sorts"), KNOWN, ran, failures);
  }
}
