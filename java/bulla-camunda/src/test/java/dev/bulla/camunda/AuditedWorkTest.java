package dev.bulla.camunda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.AuditReport;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.impl.util.ClockUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The audit finds nothing, whatever an engine does of its own accord. */
class AuditedWorkTest {

  @TempDir Path directory;

  private ProcessEngine engine;
  private Site site;
  private long columns;

  static Stream<Arguments> work() {
    return Work.kinds().keySet().stream()
        .flatMap(name -> Stream.of(true, false).map(batching -> Arguments.of(name, batching)));
  }

  @AfterEach
  void stop() {
    ClockUtil.reset();
    engine.close();
  }

  @ParameterizedTest(name = "{0}, JDBC batching {1}")
  @MethodSource("work")
  void an_audit_in_the_middle_of_work_finds_nothing(String work, boolean batching)
      throws Exception {
    site = new Site(directory);
    engine = site.start(configuration -> configuration.setJdbcBatchProcessing(batching));
    Work.kinds().get(work).on(engine, this::audit);
    audit();
    assertThat(columns).isPositive();
  }

  private void audit() throws Exception {
    site.node().checkpoint();
    AuditReport report = site.audit();
    assertThat(report.missing()).isEmpty();
    assertThat(report.findings()).isEmpty();
    assertThat(report.window().notAnchored()).isZero();
    columns += report.counts().getOrDefault("columns", 0L);
  }
}
