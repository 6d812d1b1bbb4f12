package dev.bulla.suite;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.runner.Description;
import org.junit.runner.notification.Failure;
import org.junit.runner.notification.RunListener;

/** What came of the tests, told as they run. */
final class Results extends RunListener {

  private final Map<String, String> failures = new TreeMap<>();
  private final Set<String> names = new HashSet<>();
  private String running = "";
  private int run;
  private int assumptions;

  @Override
  public void testStarted(Description test) {
    names.add(name(test));
    String name = test.getClassName();
    if (!name.equals(running) || run % 50 == 0) {
      running = name;
      System.out.println("[suite] " + run + " tests, " + failures.size() + " failed; " + name);
    }
  }

  @Override
  public void testFinished(Description test) {
    run++;
  }

  @Override
  public void testFailure(Failure failure) {
    names.add(name(failure.getDescription()));
    String cause = cause(failure.getException());
    if (failures.putIfAbsent(name(failure.getDescription()), cause) == null) {
      System.out.println("[suite] failed: " + name(failure.getDescription()) + " | " + cause);
    }
  }

  @Override
  public void testAssumptionFailure(Failure failure) {
    assumptions++;
  }

  /** The tests that failed, each with the first lines of its cause. */
  Map<String, String> failures() {
    return failures;
  }

  /** The tests that were begun. */
  Set<String> names() {
    return names;
  }

  int run() {
    return run;
  }

  int assumptions() {
    return assumptions;
  }

  private static String name(Description test) {
    return test.getClassName() + "#" + test.getMethodName();
  }

  private static String cause(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message =
        String.valueOf(root.getMessage()).lines().limit(3).collect(Collectors.joining(" / "));
    return root.getClass().getSimpleName() + ": " + message;
  }
}
