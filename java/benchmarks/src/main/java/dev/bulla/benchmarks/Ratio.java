package dev.bulla.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * The median of ratios that were measured in several forks, and how sure it is.
 *
 * @param median the median over all rounds of all forks
 * @param lower the 2.5 % point of the bootstrap's medians
 * @param upper the 95 % point: in 95 of 100 repetitions the median is at most this
 */
record Ratio(double median, double lower, double upper) {
  private static final int RESAMPLES = 10_000;

  /** Resamples the forks, and the rounds of each, because rounds of a fork resemble each other. */
  static Ratio of(List<double[]> forks) {
    Random random = new Random(20_090_401);
    double[] medians = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      List<Double> drawn = new ArrayList<>();
      for (int fork = 0; fork < forks.size(); fork++) {
        double[] rounds = forks.get(random.nextInt(forks.size()));
        for (int round = 0; round < rounds.length; round++) {
          drawn.add(rounds[random.nextInt(rounds.length)]);
        }
      }
      medians[i] = median(drawn.stream().mapToDouble(Double::doubleValue).toArray());
    }
    Arrays.sort(medians);
    double[] all = forks.stream().flatMapToDouble(Arrays::stream).toArray();
    return new Ratio(
        median(all), medians[(int) (RESAMPLES * 0.025)], medians[(int) (RESAMPLES * 0.95)]);
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
