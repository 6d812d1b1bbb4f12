package dev.bulla.suite;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngines;
import org.camunda.bpm.engine.test.util.ProvidedProcessEngineRule;
import org.junit.ClassRule;
import org.junit.runner.Description;
import org.junit.runner.notification.RunListener;

/** Begins a new database every few tests: a ledger only grows, and each audit reads all of it. */
final class FreshDatabase extends RunListener {

  private static final int TESTS = 25;

  private int tests;

  @Override
  public void testStarted(Description test) throws ReflectiveOperationException {
    Audits.during(test.getClassName() + "#" + test.getMethodName());
    if (++tests >= TESTS && !hasEngineOfClass(test.getTestClass())) {
      begin();
    }
  }

  /** Between two classes no engine is in use. */
  @Override
  public void testSuiteStarted(Description suite) throws ReflectiveOperationException {
    if (suite.getTestClass() != null && tests >= TESTS) {
      begin();
    }
  }

  private void begin() throws ReflectiveOperationException {
    tests = 0;
    Field cached = ProvidedProcessEngineRule.class.getDeclaredField("cachedProcessEngine");
    cached.setAccessible(true);
    List<ProcessEngine> engines = new ArrayList<>(ProcessEngines.getProcessEngines().values());
    if (cached.get(null) instanceof ProcessEngine engine && !engines.contains(engine)) {
      engines.add(engine);
    }
    engines.forEach(ProcessEngine::close);
    cached.set(null, null);
    Installation.forget();
  }

  /** Whether an engine serves all tests of a class: it is in use between them. */
  private static boolean hasEngineOfClass(Class<?> test) {
    for (Class<?> at = test; at != null; at = at.getSuperclass()) {
      for (Field field : at.getDeclaredFields()) {
        boolean engine =
            field.isAnnotationPresent(ClassRule.class)
                || field.getType().getName().startsWith("org.camunda");
        if (engine && Modifier.isStatic(field.getModifiers())) {
          return true;
        }
      }
    }
    return false;
  }
}
