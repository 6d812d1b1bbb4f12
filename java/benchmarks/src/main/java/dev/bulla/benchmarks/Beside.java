package dev.bulla.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Bulla beside others in one run of JMH: processor time and garbage of each operation, and how many
 * times as long the other takes. A round measures every operation in a fresh process; the figures
 * are medians over the rounds, of ratios within a round.
 *
 * <p>Arguments: rounds (by default 3), and a pattern of the benchmarks (by default the stored form,
 * portable envelopes and statements). It ends with 1 if a bound is not kept.
 */
public final class Beside {
  private static final String ALL = "(Stored|Portable|Signature)Benchmark";
  private static final Pattern NAME = Pattern.compile(".*\\.(\\w+)Benchmark\\.(\\w+?)By(\\w+)");

  /** What a ratio is to be at least. A part that is empty holds for all. */
  private record Bound(
      String subject, String operation, String parameters, String peer, double least) {
    boolean isOf(Row row, String other) {
      return row.subject.equals(subject)
          && row.operation.startsWith(operation)
          && row.parameters.startsWith(parameters)
          && other.startsWith(peer);
    }
  }

  private static final List<Bound> BOUNDS =
      List.of(
          new Bound("Stored", "", "1024", "EncryptionSdk", 15),
          new Bound("Stored", "", "1024", "Tink", 5),
          new Bound("Stored", "", "1048576", "EncryptionSdk", 1.5),
          new Bound("Portable", "", "", "Nimbus", 10),
          new Bound("Signature", "", "", "Nimbus", 4),
          new Bound("Signature", "sign", "", "SignedObject", 30));

  private final Map<Row, Map<String, Cell>> table = new LinkedHashMap<>();

  private Beside() {}

  /** Measures and prints the tables, in Markdown. */
  public static void main(String[] arguments) throws RunnerException {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
    String pattern = arguments.length > 1 ? arguments[1] : ALL;
    Beside beside = new Beside();
    for (int round = 1; round <= rounds; round++) {
      System.err.printf("round %d of %d%n", round, rounds);
      beside.add(new Runner(options(pattern)).run());
    }
    System.exit(beside.print(System.out) ? 0 : 1);
  }

  private static Options options(String pattern) {
    return new OptionsBuilder()
        .include(pattern)
        .mode(Mode.AverageTime)
        .forks(1)
        .warmupIterations(3)
        .warmupTime(TimeValue.seconds(1))
        .measurementIterations(3)
        .measurementTime(TimeValue.seconds(1))
        .addProfiler(ProcessorTime.class)
        .addProfiler(GCProfiler.class)
        .verbosity(VerboseMode.SILENT)
        .build();
  }

  private void add(Collection<RunResult> results) {
    for (RunResult result : results) {
      Matcher named = NAME.matcher(result.getParams().getBenchmark());
      if (!named.matches()) {
        throw new IllegalStateException("not subject.operationBySide: " + named);
      }
      String parameters =
          result.getParams().getParamsKeys().stream()
              .map(result.getParams()::getParam)
              .collect(Collectors.joining(" "));
      table
          .computeIfAbsent(
              new Row(named.group(1), parameters, named.group(2)), row -> new LinkedHashMap<>())
          .computeIfAbsent(named.group(3), side -> new Cell())
          .add(result);
    }
  }

  private boolean print(PrintStream out) {
    boolean kept = true;
    String subject = "";
    for (var entry : table.entrySet()) {
      Row row = entry.getKey();
      if (!row.subject.equals(subject)) {
        subject = row.subject;
        out.printf("%n### %s%n%n", subject);
        out.println("| | by | processor time | garbage | times Bulla | at least |");
        out.println("|---|---|---:|---:|---:|---:|");
      }
      Cell bulla = entry.getValue().get("Bulla");
      for (var side : entry.getValue().entrySet()) {
        kept &= print(out, row, side.getKey(), side.getValue(), bulla);
      }
    }
    return kept;
  }

  private static boolean print(PrintStream out, Row row, String side, Cell cell, Cell bulla) {
    double ratio = cell == bulla ? 1 : cell.ratio(bulla);
    double least =
        BOUNDS.stream().filter(bound -> bound.isOf(row, side)).mapToDouble(Bound::least).sum();
    boolean kept = ratio >= least;
    out.printf(
        Locale.ROOT,
        "| %s %s | %s | %.2f µs | %,.0f B | %s | %s |%n",
        row.operation,
        row.parameters,
        side,
        Ratio.median(cell.time()) / 1000,
        Ratio.median(cell.garbage()),
        cell == bulla ? "" : "%.1f".formatted(ratio),
        least == 0 ? "" : "%s%s".formatted(least, kept ? "" : ", not kept"));
    return kept;
  }

  /** What is done, with which parameters. */
  private record Row(String subject, String parameters, String operation) {}

  /** What one side took for it in each round. */
  private static final class Cell {
    private final List<Double> times = new ArrayList<>();
    private final List<Double> bytes = new ArrayList<>();

    void add(RunResult result) {
      times.add(result.getSecondaryResults().get(ProcessorTime.NAME).getScore());
      bytes.add(result.getSecondaryResults().get("gc.alloc.rate.norm").getScore());
    }

    double[] time() {
      return times.stream().mapToDouble(Double::doubleValue).toArray();
    }

    double[] garbage() {
      return bytes.stream().mapToDouble(Double::doubleValue).toArray();
    }

    double ratio(Cell bulla) {
      double[] ratios = time();
      for (int i = 0; i < ratios.length; i++) {
        ratios[i] /= bulla.times.get(i);
      }
      return Ratio.median(ratios);
    }
  }
}
