package dev.bulla.suite;

import java.lang.reflect.Field;
import org.camunda.bpm.engine.ProcessEngines;
import org.camunda.bpm.engine.test.util.ProvidedProcessEngineRule;
import org.junit.runner.Description;
import org.junit.runner.notification.RunListener;

/**
 * Begins a new database every few test classes: a ledger only grows, and each audit reads all of
 * it.
 */
final class FreshDatabase extends RunListener {

  private static final int TESTS = 40;

  private String running = "";
  private int tests;

  @Override
  public void testStarted(Description test) throws ReflectiveOperationException {
    Audits.during(test.getClassName() + "#" + test.getMethodName());
    tests++;
  }

  /** Between two classes no engine is in use. */
  @Override
  public void testSuiteStarted(Description suite) throws ReflectiveOperationException {
    if (suite.getTestClass() == null || suite.getClassName().equals(running)) {
      return;
    }
    running = suite.getClassName();
    if (tests >= TESTS) {
      tests = 0;
      ProcessEngines.destroy();
      Field cached = ProvidedProcessEngineRule.class.getDeclaredField("cachedProcessEngine");
      cached.setAccessible(true);
      cached.set(null, null);
      Installation.forget();
    }
  }
}
