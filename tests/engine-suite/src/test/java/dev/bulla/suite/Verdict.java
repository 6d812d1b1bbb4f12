package dev.bulla.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where what is expected and what came of the tests differ, a sentence each. */
final class Verdict {

  private Verdict() {}

  /**
   * Compares.
   *
   * @param expected the tests that fail, each with the reason
   * @param known all test classes that there are
   * @param ran the tests that ran, {@code class#method}
   * @param failures those of them that failed, each with the cause
   */
  static List<String> differences(
      Map<String, String> expected,
      Set<String> known,
      Set<String> ran,
      Map<String, String> failures) {
    List<String> differences = new ArrayList<>();
    failures.forEach(
        (test, cause) -> {
          if (!expected.containsKey(test)) {
            differences.add(test + " failed: " + cause);
          }
        });
    expected.forEach(
        (test, reason) -> {
          if (ran.contains(test) && !failures.containsKey(test)) {
            differences.add(test + " is expected to fail (" + reason + ") and passed");
          } else if (!known.contains(classOf(test)) || ranInPart(test, ran)) {
            differences.add(test + " is expected to fail and is no test");
          }
        });
    return differences;
  }

  /** Whether other tests of its class ran, and it did not. */
  private static boolean ranInPart(String test, Set<String> ran) {
    return !ran.contains(test)
        && ran.stream().anyMatch(other -> classOf(other).equals(classOf(test)));
  }

  private static String classOf(String test) {
    return test.substring(0, test.indexOf('#'));
  }
}
