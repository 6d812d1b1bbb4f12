package dev.bulla.suite;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.camunda.bpm.engine.test.util.PluggableProcessEngineTest;
import org.junit.Test;

/** The test classes in the engine's test jar. */
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

  /** The ones that are asked for: {@code some}, {@code all}, or a pattern of class names. */
  static EngineTests named(String which) {
    Pattern pattern =
        switch (which) {
          case "some" -> SOME;
          case "all" -> Pattern.compile(".*");
          default -> Pattern.compile(which);
        };
    EngineTests tests = new EngineTests();
    try (JarFile jar = new JarFile(jarOf(PluggableProcessEngineTest.class).toFile())) {
      SourceFolder.unpack(jar);
      jar.stream()
          .map(JarEntry::getName)
          .filter(name -> name.endsWith("Test.class") && !name.contains("$"))
          .map(name -> name.replace('/', '.').replaceAll("[.]class$", ""))
          .sorted()
          .peek(tests.known::add)
          .filter(name -> pattern.matcher(name).matches())
          .forEach(tests::add);
    } catch (IOException e) {
      throw new IllegalStateException("the engine's test jar cannot be read", e);
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

  /** Classes that cannot be loaded, each with what is missing. */
  List<String> skipped() {
    return skipped;
  }

  @SuppressWarnings("ReturnValueIgnored") // what the fields need is loaded, or found missing
  private void add(String name) {
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

  private static Path jarOf(Class<?> type) {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath());
  }
}
