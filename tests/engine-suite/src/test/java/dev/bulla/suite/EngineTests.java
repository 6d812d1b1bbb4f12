package dev.bulla.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.camunda.bpm.engine.test.util.PluggableProcessEngineTest;
import org.junit.Test;

/** The test classes of the engine's test jar, unpacked. */
final class EngineTests {

  private static final Pattern SOME =
      Pattern.compile(
          "org[.]camunda[.]bpm[.]engine[.]test[.]"
              + "(api[.]variables[.].*"
              + "|history[.]HistoricVariableInstanceTest"
              + "|history[.]HistoricTaskInstanceTest"
              + "|api[.]runtime[.]RuntimeServiceTest"
              + "|api[.]runtime[.]message[.]MessageCorrelationTest"
              + "|api[.]task[.]TaskServiceTest)");

  private final Set<String> known = new HashSet<>();
  private final List<Class<?>> classes = new ArrayList<>();
  private final List<String> skipped = new ArrayList<>();

  private EngineTests() {}

  /**
   * The ones that are asked for.
   *
   * @param which {@code some}, {@code all}, or a pattern of class names
   * @param notRun those that cannot run here, each with the reason
   */
  static EngineTests named(String which, Map<String, String> notRun) {
    Pattern pattern =
        switch (which) {
          case "some" -> SOME;
          case "all" -> Pattern.compile(".*");
          default -> Pattern.compile(which);
        };
    EngineTests tests = new EngineTests();
    Path root = rootOf(PluggableProcessEngineTest.class);
    try (Stream<Path> files = Files.walk(root)) {
      files
          .map(file -> root.relativize(file).toString())
          .filter(name -> name.endsWith("Test.class") && !name.contains("$"))
          .map(name -> name.replace('/', '.').replaceAll("[.]class$", ""))
          .sorted()
          .peek(tests.known::add)
          .filter(name -> pattern.matcher(name).matches())
          .forEach(name -> tests.add(name, notRun.get(name)));
    } catch (IOException e) {
      throw new UncheckedIOException("the engine's tests cannot be read", e);
    }
    return tests;
  }

  /** The names of all, asked for or not. */
  Set<String> known() {
    return known;
  }

  List<Class<?>> classes() {
    return classes;
  }

  /** Classes that are not run, each with the reason. */
  List<String> skipped() {
    return skipped;
  }

  @SuppressWarnings("ReturnValueIgnored") // what the fields need is loaded, or found missing
  private void add(String name, String reason) {
    if (reason != null) {
      skipped.add(name + " (" + reason + ")");
      return;
    }
    try {
      Class<?> type = Class.forName(name, false, EngineTests.class.getClassLoader());
      boolean tests = false;
      for (Class<?> at = type; at != null; at = at.getSuperclass()) {
        at.getDeclaredFields();
        for (Method method : at.getDeclaredMethods()) {
          tests |= method.isAnnotationPresent(Test.class);
        }
      }
      if (tests && !Modifier.isAbstract(type.getModifiers())) {
        classes.add(type);
      }
    } catch (NoClassDefFoundError | ClassNotFoundException missing) {
      skipped.add(name + " (without " + missing.getMessage().replace('/', '.') + ")");
    }
  }

  private static Path rootOf(Class<?> type) {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath());
  }
}
