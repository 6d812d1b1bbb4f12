package dev.bulla;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A Java program of the tests' classpath run in a process of its own. */
final class Fork {
  /** What the process printed, both streams in one, and its exit code. */
  record Outcome(int exit, String output) {}

  private final List<String> command = new ArrayList<>();

  private Fork(Path home) {
    command.add(home.resolve("bin").resolve("java").toString());
  }

  /** A process of the JDK that runs the tests. */
  static Fork ofThisJdk() {
    return new Fork(Path.of(System.getProperty("java.home")));
  }

  static Fork of(Path home) {
    return new Fork(home);
  }

  /** Where a JDK of this major version is installed: JAVA_HOME_n or a directory of /usr/lib/jvm. */
  static Optional<Path> home(int version) throws IOException {
    String named = System.getenv("JAVA_HOME_" + version);
    if (named != null) {
      return Optional.of(Path.of(named));
    }
    Path installed = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(installed)) {
      return Optional.empty();
    }
    try (Stream<Path> homes = Files.list(installed)) {
      return homes.filter(home -> isOfVersion(home, version)).findFirst();
    }
  }

  private static boolean isOfVersion(Path home, int version) {
    try {
      return Files.isExecutable(home.resolve("bin/java"))
          && Files.readString(home.resolve("release")).contains("JAVA_VERSION=\"" + version);
    } catch (IOException e) {
      return false;
    }
  }

  /** Puts another program before the JVM, such as one that runs it in other surroundings. */
  Fork inside(String... program) {
    command.addAll(0, List.of(program));
    return this;
  }

  Fork with(String option) {
    command.add(option);
    return this;
  }

  Outcome run(Class<?> main, String... arguments) throws IOException, InterruptedException {
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Outcome(process.waitFor(), output);
  }
}
