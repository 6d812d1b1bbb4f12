package dev.bulla.engine.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.camunda.Work;
import java.util.stream.Stream;
import org.camunda.bpm.engine.impl.util.ClockUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What was captured, applied in order, is what stands in the database. */
class ReplayTest {

  private ReplayedEngine replayed;

  static Stream<Arguments> work() {
    return Work.kinds().keySet().stream()
        .flatMap(name -> Stream.of(true, false).map(batching -> Arguments.of(name, batching)));
  }

  @AfterEach
  void stop() {
    ClockUtil.reset();
    replayed.close();
  }

  @ParameterizedTest(name = "{0}, JDBC batching {1}")
  @MethodSource("work")
  void captured_writes_replayed_in_order_are_what_the_database_holds(String work, boolean batching)
      throws Exception {
    replayed = new ReplayedEngine(configuration -> configuration.setJdbcBatchProcessing(batching));
    Work.kinds().get(work).on(replayed.engine(), this::agree);
    agree();
    if (work.contains("removal times")) {
      assertThat(replayed.replay().predicates()).isPositive();
    }
  }

  private void agree() throws Exception {
    assertThat(replayed.differences()).isEmpty();
    assertThat(replayed.replay().notUnderstood()).isEmpty();
  }
}
