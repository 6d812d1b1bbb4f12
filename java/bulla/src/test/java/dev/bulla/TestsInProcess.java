package dev.bulla;

import static org.junit.platform.engine.discovery.ClassNameFilter.excludeClassNamePatterns;
import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs the tests of this module that do not start processes, in a process of its own. */
final class TestsInProcess {
  private TestsInProcess() {}

  public static void main(String[] arguments) {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(selectPackage("dev.bulla"))
                .filters(
                    includeClassNamePatterns(".*Test"),
                    excludeClassNamePatterns(".*(JniChecks|NativeLibrary)Test"))
                .build(),
            listener);
    TestExecutionSummary summary = listener.getSummary();
    summary.getFailures().forEach(failure -> System.out.println(failure.getException()));
    String some = summary.getTestsSucceededCount() > 50 ? "all" : "too few";
    System.out.printf("%s tests, %d failed%n", some, summary.getTestsFailedCount());
  }
}
