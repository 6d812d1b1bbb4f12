package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class JniChecksTest {
  @Test
  void theNativesBreakNoRuleOfJni() throws Exception {
    assertNoWarnings(Fork.ofThisJdk());
  }

  @Test
  void theNativesBreakNoRuleOfJniOnJdk25() throws Exception {
    Optional<Path> home = Fork.home(25);
    if (home.isEmpty()) {
      System.out.println("skipped: no JDK 25 here; install one or set JAVA_HOME_25");
    }
    Assumptions.assumeTrue(home.isPresent(), "no JDK 25");
    assertNoWarnings(Fork.of(home.get()).with("--enable-native-access=ALL-UNNAMED"));
  }

  /** The JVM says on standard output what is wrong and goes on, so the output must be just ours. */
  private void assertNoWarnings(Fork jvm) throws Exception {
    Fork.Outcome outcome = jvm.with("-Xcheck:jni").run(TestsInProcess.class);
    assertThat(outcome.output()).isEqualTo("all tests, 0 failed\n");
    assertThat(outcome.exit()).isZero();
  }
}
