package dev.bulla.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RatioTest {

  @Test
  void equal_ratios_leave_no_doubt() {
    Ratio ratio = Ratio.of(List.of(new double[] {1.5, 1.5}, new double[] {1.5, 1.5}));

    assertThat(ratio).isEqualTo(new Ratio(1.5, 1.5, 1.5));
  }

  @Test
  void forks_that_disagree_widen_the_bounds() {
    double[] low = {1.0, 1.01, 0.99};
    double[] high = {2.0, 2.01, 1.99};

    Ratio ratio = Ratio.of(List.of(low, high));

    assertThat(ratio.lower()).isLessThan(1.02);
    assertThat(ratio.upper()).isGreaterThan(1.98);
  }
}
