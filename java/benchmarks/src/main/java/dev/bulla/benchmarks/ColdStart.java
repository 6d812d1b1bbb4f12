package dev.bulla.benchmarks;

import dev.bulla.Sealer;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How long a JVM takes from its start to the first sealed value: with the JCE, with a portable
 * envelope, with the stored form (which reads its keys from files and makes a data key), and to do
 * nothing at all. Each JVM is a fresh one with nothing in its class path but what it needs; they
 * take turns, in changing order, and the JCE is measured twice, as a control.
 *
 * <p>Arguments: rounds, by default 40.
 */
public final class ColdStart {
  private static final List<String> SIDES =
      List.of("nothing", "jce", "jce again", "portable", "stored");

  private ColdStart() {}

  /** Measures and prints a table, in Markdown; ends with 1 if a first value is slower. */
  public static void main(String[] arguments) throws IOException {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 40;
    Map<String, List<double[]>> table = new LinkedHashMap<>();
    SIDES.forEach(side -> table.put(side, new ArrayList<>()));
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    String k = Base64.getUrlEncoder().withoutPadding().encodeToString(key);
    try (Installation installation = new Installation()) {
      for (int round = -2; round < rounds; round++) {
        for (int i = 0; i < SIDES.size(); i++) {
          String side = SIDES.get(Math.floorMod(i + round, SIDES.size()));
          String argument =
              switch (side) {
                case "stored" -> installation.file().toString();
                case "portable" -> "{\"kty\":\"oct\",\"k\":\"" + k + "\"}";
                default -> k;
              };
          installation.forgetDataKeys();
          double[] taken = start(side.equals("jce again") ? "jce" : side, argument);
          if (round >= 0) {
            table.get(side).add(taken);
          }
        }
      }
    }
    System.exit(print(table) ? 0 : 1);
  }

  private static double[] start(String side, String argument) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                location(ColdStart.class) + File.pathSeparator + location(Sealer.class),
                FirstValue.class.getName(),
                side,
                argument)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    long start = System.nanoTime();
    Process process = builder.start();
    try (BufferedReader said = process.inputReader(StandardCharsets.US_ASCII)) {
      String length = said.readLine();
      long end = System.nanoTime();
      String processor = said.readLine();
      if (length == null || processor == null) {
        throw new IOException("a JVM did not seal; what it says stands above");
      }
      return new double[] {(end - start) / 1e6, Long.parseLong(processor) / 1e6};
    } finally {
      process.onExit().join();
    }
  }

  private static String location(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return Path.of(URI.create(source.getLocation().toString())).toString();
  }

  private static boolean print(Map<String, List<double[]>> table) {
    System.out.println("| first value by | time | times the JCE's | processor time | times |");
    System.out.println("|---|---:|---:|---:|---:|");
    boolean kept = true;
    for (String side : SIDES) {
      double[] ratios = new double[2];
      for (int i = 0; i < 2; i++) {
        ratios[i] = median(table.get(side), i) / median(table.get("jce"), i);
      }
      System.out.printf(
          Locale.ROOT,
          "| %s | %.0f ms | %.2f | %.0f ms | %.2f |%n",
          side,
          median(table.get(side), 0),
          ratios[0],
          median(table.get(side), 1),
          ratios[1]);
      kept &= ratios[1] <= 1 || !List.of("portable", "stored").contains(side);
    }
    return kept;
  }

  private static double median(List<double[]> taken, int which) {
    return Ratio.median(taken.stream().mapToDouble(each -> each[which]).toArray());
  }
}
