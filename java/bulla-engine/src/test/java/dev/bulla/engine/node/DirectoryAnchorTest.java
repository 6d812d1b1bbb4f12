package dev.bulla.engine.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The anchor that is a directory. */
class DirectoryAnchorTest {

  private static final String NOTE = "loans/node-1\n2\n=\n\n\u2014 x y\n";
  private static final String CHECKPOINT =
      "{\"checkpoint\":\"loans/node-1\\n2\\n=\\n\\n\u2014 x y\\n\"}";

  @TempDir Path directory;

  @Test
  void the_lines_after_a_checkpoint_are_found_over_epochs() throws Exception {
    try (DirectoryAnchor first = anchor("2026-01-01T00:00:00Z", "a")) {
      first.append(bytes("1", CHECKPOINT, "2"), 2);
    }
    try (DirectoryAnchor second = anchor("2026-01-02T00:00:00Z", "b")) {
      second.append(bytes("3"), 3);
      assertThat(second.after(NOTE)).containsExactly("2", "3");
      assertThat(second.after(null)).containsExactly("1", CHECKPOINT, "2", "3");
      assertThat(second.after("another")).isNull();
    }
  }

  @Test
  void a_batch_is_appended_once_however_often_it_is_tried() throws Exception {
    try (DirectoryAnchor anchor = anchor("2026-01-01T00:00:00Z", "a")) {
      anchor.append(bytes("1"), 1);
      anchor.append(bytes("1"), 1);
      anchor.append(bytes("2"), 2);
      assertThat(anchor.after(null)).containsExactly("1", "2");
    }
  }

  @Test
  void what_a_crash_left_of_a_batch_is_not_read() throws Exception {
    try (DirectoryAnchor anchor = anchor("2026-01-01T00:00:00Z", "a")) {
      anchor.append(bytes("1"), 1);
      anchor.append(bytes("2", "3"), 3);
    }
    Path file = directory.resolve("node-1").resolve("20260101T000000Z-a.jsonl.gz");
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    assertThat(new DirectoryAnchor(directory, "node-1").after(null)).containsExactly("1");
  }

  @Test
  void keys_of_all_nodes_are_found() throws Exception {
    new DirectoryAnchor(directory, "node-1").addKey("a.b.c");
    DirectoryAnchor other = new DirectoryAnchor(directory, "node-2");
    other.addKey("d.e.f");
    assertThat(other.keys()).containsExactlyInAnyOrder("a.b.c", "d.e.f");
    assertThat(other.isEmpty()).isTrue();
  }

  private DirectoryAnchor anchor(String started, String epoch) throws Exception {
    DirectoryAnchor anchor = new DirectoryAnchor(directory, "node-1");
    anchor.open(Instant.parse(started), epoch);
    return anchor;
  }

  private static byte[] bytes(String... lines) {
    return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
