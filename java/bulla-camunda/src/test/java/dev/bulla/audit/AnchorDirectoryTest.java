package dev.bulla.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.AuditReport;
import dev.bulla.AuditReport.Outcome;
import dev.bulla.Finding.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with an anchor's file, and what a crash may leave of it. */
class AnchorDirectoryTest {
  @TempDir Path directory;

  private Installation site;
  private Path file;

  @BeforeEach
  void live() throws Exception {
    site = new Installation(directory).live();
    try (Stream<Path> files = Files.walk(directory.resolve("anchors"))) {
      file = files.filter(path -> path.toString().endsWith(".gz")).findFirst().orElseThrow();
    }
  }

  private void cut(int length) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - length));
  }

  @Test
  void a_last_batch_that_a_crash_cut_off_is_told_and_tolerated() throws Exception {
    cut(5);
    AuditReport report = site.audit();
    assertThat(report.outcome()).isEqualTo(Outcome.CLEAN);
    assertThat(report.findings()).hasSize(1);
    assertThat(report.findings().get(0).severity()).isEqualTo(Severity.INFO);
    assertThat(report.findings().get(0).detail())
        .contains(file.getFileName().toString(), "cut off");
  }

  @Test
  void a_flipped_bit_anywhere_is_refused_with_file_and_place() throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    for (int at : new int[] {0, 5000 % bytes.length, bytes.length / 2}) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 0x55;
      Files.write(file, damaged);
      assertThatThrownBy(site::audit)
          .hasMessageContaining(file.getFileName().toString())
          .hasMessageContaining(", line ");
    }
  }

  @Test
  void damage_where_a_later_batch_begins_is_not_taken_for_the_end() throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    int second = 10;
    while (bytes[second] != 0x1f || bytes[second + 1] != (byte) 0x8b || bytes[second + 2] != 8) {
      second++;
    }
    bytes[second] = 0;
    Files.write(file, bytes);
    assertThatThrownBy(site::audit).hasMessageContaining("no gzip member begins here");
  }
}
