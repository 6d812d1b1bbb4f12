package dev.bulla.suite;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.ProcessEngines;
import org.camunda.bpm.engine.impl.test.TestHelper;
import org.camunda.bpm.engine.test.util.ProvidedProcessEngineRule;
import org.junit.ClassRule;
import org.junit.runner.Description;
import org.junit.runner.notification.RunListener;

/**
 * Begins a new database every few audits: a ledger only grows, and each audit reads all of it. To
 * build an engine takes as long as some ten tests.
 */
final class FreshDatabase extends RunListener {

  private static final int TESTS = 250;
  private static final int AUDITS = 75;

  private int tests;
  private int auditsBefore;

  @Override
  public void testStarted(Description test) throws ReflectiveOperationException {
    Audits.during(test.getClassName() + "#" + test.getMethodName());
    tests++;
    if (due() && !hasEngineOfClass(test.getTestClass())) {
      begin();
    }
  }

  /** Between two classes no engine is in use. */
  @Override
  public void testSuiteStarted(Description suite) throws ReflectiveOperationException {
    if (suite.getTestClass() != null) {
      forgetInitialisation();
      if (due()) {
        begin();
      }
    }
  }

  /**
   * Once some class has initialised the registry of engines, a class that destroys it would close
   * the engine that it is run on itself; alone it would not.
   */
  private static void forgetInitialisation() throws ReflectiveOperationException {
    ofRegistry("isInitialized").set(null, false);
    ((List<?>) ofRegistry("processEngineInfos").get(null)).clear();
    ((Map<?, ?>) ofRegistry("processEngineInfosByName").get(null)).clear();
    ((Map<?, ?>) ofRegistry("processEngineInfosByResourceUrl").get(null)).clear();
  }

  private static Field ofRegistry(String name) throws ReflectiveOperationException {
    Field field = ProcessEngines.class.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  private boolean due() {
    return tests >= TESTS || Audits.count() - auditsBefore >= AUDITS;
  }

  private void begin() throws ReflectiveOperationException {
    tests = 0;
    auditsBefore = Audits.count();
    Field cached = ProvidedProcessEngineRule.class.getDeclaredField("cachedProcessEngine");
    cached.setAccessible(true);
    SuitePlugin.closeEngines();
    TestHelper.closeProcessEngines();
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
