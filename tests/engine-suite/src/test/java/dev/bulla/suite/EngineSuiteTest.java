package dev.bulla.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.runner.JUnitCore;

class EngineSuiteTest {

  @Test
  void the_engines_own_tests_pass_but_for_those_that_compare_sealed_values() throws IOException {
    EngineTests tests =
        EngineTests.named(System.getProperty("suite", "some"), reasons("suite.notrun"));
    long begin = System.nanoTime();
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
        "[suite] %d tests of %d classes, %d failed, %d not applicable, %d classes skipped, in %d min%n",
        results.run(),
        tests.classes().size(),
        results.failures().size(),
        results.assumptions(),
        tests.skipped().size(),
        Duration.ofNanos(System.nanoTime() - begin).toMinutes());

    System.out.println("[suite] " + Audits.summary());

    assertEquals(
        "",
        String.join(
            "\n",
            Verdict.differences(
                reasons("suite.expected"), tests.known(), results.names(), results.failures())),
        "expected.txt and reality differ");
    assertEquals("", String.join("\n", Audits.findings()), "the audits found something");
  }

  private static Map<String, String> reasons(String property) throws IOException {
    return Reasons.read(Path.of(System.getProperty(property)));
  }
}
