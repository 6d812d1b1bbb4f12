package dev.bulla.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.runner.JUnitCore;

class EngineSuiteTest {

  @Test
  void the_engines_own_tests_pass_but_for_those_that_compare_sealed_values() throws IOException {
    EngineTests tests = EngineTests.named(System.getProperty("suite", "some"));
    Results results = new Results();
    JUnitCore core = new JUnitCore();
    core.addListener(results);
    core.addListener(new FreshDatabase());
    for (Class<?> type : tests.classes()) {
      // One by one: parameters of a class are worked out before its run begins, some by an engine.
      core.run(type);
    }

    tests.skipped().forEach(skipped -> System.out.println("[suite] skipped: " + skipped));
    System.out.printf(
        "[suite] %d tests of %d classes, %d failed, %d not applicable, %d classes skipped%n",
        results.run(),
        tests.classes().length,
        results.failures().size(),
        results.assumptions(),
        tests.skipped().size());

    System.out.println("[suite] " + Audits.summary());

    Set<String> ran =
        Arrays.stream(tests.classes()).map(Class::getName).collect(Collectors.toSet());
    Map<String, String> expected = Expected.read(Path.of(System.getProperty("suite.expected")));
    Set<String> expectedHere =
        expected.keySet().stream()
            .filter(test -> ran.contains(test.substring(0, test.indexOf('#'))))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(
        String.join("\n", expectedHere),
        String.join("\n", results.failures().keySet()),
        "expected.txt and reality differ");
    assertEquals("", String.join("\n", Audits.findings()), "the audits found something");
  }
}
