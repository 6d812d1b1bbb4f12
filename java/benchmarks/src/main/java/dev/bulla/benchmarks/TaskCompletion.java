package dev.bulla.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the plugin costs when a task is completed with five strings and two JSON documents.
 *
 * <p>A fork is three processes, one with the plugin and two without, that complete tasks in turns
 * of a few hundred, in changing order. A round is one turn of each; the figure is the ratio of
 * their times, the control that of the two without. The forks of both databases take turns too.
 *
 * <p>Arguments: forks, rounds, tasks in a turn; by default 5, 20, 100.
 */
public final class TaskCompletion {
  private static final List<String> DATABASES = List.of("memory", "file");
  private static final double BOUND = 1.10;

  private final int forks;
  private final int rounds;
  private final int tasks;
  private final Path work;

  private TaskCompletion(int forks, int rounds, int tasks, Path work) {
    this.forks = forks;
    this.rounds = rounds;
    this.tasks = tasks;
    this.work = work;
  }

  /** Measures, prints a table, and ends with 1 if a bound is not kept. */
  public static void main(String[] arguments) throws IOException {
    int forks = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20;
    int tasks = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 100;
    Path work = Files.createTempDirectory("bulla-completion");
    boolean kept = new TaskCompletion(forks, rounds, tasks, work).run(System.out);
    System.exit(kept ? 0 : 1);
  }

  private boolean run(PrintStream out) throws IOException {
    List<Series> series = DATABASES.stream().map(Series::new).toList();
    for (int fork = 0; fork < forks; fork++) {
      for (Series each : series) {
        fork(each, fork);
        out.printf(
            Locale.ROOT,
            "fork %d, H2 in %s: with the plugin %.3f times, control %.3f%n",
            fork + 1,
            each.database,
            Ratio.median(each.sealed.get(fork)),
            Ratio.median(each.control.get(fork)));
      }
    }
    out.printf(
        "%n%-10s %14s %14s %10s %22s %10s %22s%n",
        "H2 in", "without, ms", "with, ms", "ratio", "2.5 % .. 95 %", "control", "2.5 % .. 95 %");
    boolean kept = true;
    for (Series each : series) {
      kept &= each.print(out);
    }
    out.printf(
        Locale.ROOT,
        "%nThe upper bound of the ratio is to be at most %.2f: %s.%n",
        BOUND,
        kept ? "kept" : "not kept");
    return kept;
  }

  private void fork(Series series, int fork) throws IOException {
    Path directory = work.resolve(series.database + "-" + fork);
    try (Engine off = new Engine("off", series.database, directory.resolve("off"));
        Engine on = new Engine("on", series.database, directory.resolve("on"));
        Engine control = new Engine("off", series.database, directory.resolve("control"))) {
      List<Engine> engines = List.of(off, on, control);
      for (int i = 0; i < rounds / 2; i++) {
        turn(engines, i);
      }
      double[] sealed = new double[rounds];
      double[] controls = new double[rounds];
      for (int i = 0; i < rounds; i++) {
        turn(engines, i);
        sealed[i] = on.last / off.last;
        controls[i] = control.last / off.last;
        series.off.add(off.last / tasks / 1e6);
        series.on.add(on.last / tasks / 1e6);
      }
      series.sealed.add(sealed);
      series.control.add(controls);
    }
  }

  private void turn(List<Engine> engines, int round) throws IOException {
    for (int i = 0; i < engines.size(); i++) {
      engines.get((i + round) % engines.size()).complete(tasks);
    }
  }

  /** What was measured on one kind of database. */
  private static final class Series {
    private final String database;
    private final List<double[]> sealed = new ArrayList<>();
    private final List<double[]> control = new ArrayList<>();
    private final List<Double> off = new ArrayList<>();
    private final List<Double> on = new ArrayList<>();

    Series(String database) {
      this.database = database;
    }

    boolean print(PrintStream out) {
      Ratio ratio = Ratio.of(sealed);
      Ratio noise = Ratio.of(control);
      out.printf(
          Locale.ROOT,
          "%-10s %14.2f %14.2f %10.3f %22s %10.3f %22s%n",
          database,
          median(off),
          median(on),
          ratio.median(),
          "%.3f .. %.3f".formatted(ratio.lower(), ratio.upper()),
          noise.median(),
          "%.3f .. %.3f".formatted(noise.lower(), noise.upper()));
      return ratio.upper() <= BOUND;
    }

    private static double median(List<Double> values) {
      return Ratio.median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
  }

  /** An engine in a process of its own. */
  private static final class Engine implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final PrintStream orders;
    private double last;

    Engine(String plugin, String database, Path directory) throws IOException {
      Files.createDirectories(directory);
      String url =
          database.equals("memory")
              ? "jdbc:h2:mem:benchmark;DB_CLOSE_DELAY=-1"
              : "jdbc:h2:file:" + directory.resolve("benchmark");
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xms1g",
                  "-Xmx1g",
                  "-XX:+UseSerialGC",
                  "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Completions.class.getName(),
                  plugin,
                  url,
                  directory.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      answers = process.inputReader(StandardCharsets.US_ASCII);
      orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.US_ASCII);
      if (!"ready".equals(answers.readLine())) {
        throw new IOException("an engine did not start; what it says stands above");
      }
    }

    void complete(int tasks) throws IOException {
      orders.println(tasks);
      String nanoseconds = answers.readLine();
      if (nanoseconds == null) {
        throw new IOException("an engine ended; what it says stands above");
      }
      last = Long.parseLong(nanoseconds);
    }

    @Override
    public void close() {
      orders.close();
      process.onExit().join();
    }
  }
}
