package dev.bulla.engine.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
      assertThat(second.after(NOTE).lines()).containsExactly("2", "3");
      assertThat(second.after(null).lines()).containsExactly("1", CHECKPOINT, "2", "3");
      assertThat(second.after("another").lines()).isNull();
    }
  }

  @Test
  void the_records_that_begin_epochs_are_found_from_that_of_the_checkpoint_on() throws Exception {
    String record = "{\"record\":\"{\\\"certificate\\\":\\\"%s\\\"}\",\"signature\":\"\"}";
    try (DirectoryAnchor zeroth = anchor("2026-01-01T00:00:00Z", "0")) {
      zeroth.append(bytes(record.formatted("0")), 1);
    }
    try (DirectoryAnchor first = anchor("2026-01-02T00:00:00Z", "1")) {
      first.append(bytes("found", record.formatted("1"), CHECKPOINT), 2);
    }
    try (DirectoryAnchor second = anchor("2026-01-03T00:00:00Z", "2")) {
      second.append(bytes(record.formatted("2")), 3);
      assertThat(second.after(NOTE).epochs())
          .containsExactlyInAnyOrder(record.formatted("1"), record.formatted("2"));
    }
  }

  @Test
  void a_batch_is_appended_once_however_often_it_is_tried() throws Exception {
    try (DirectoryAnchor anchor = anchor("2026-01-01T00:00:00Z", "a")) {
      anchor.append(bytes("1"), 1);
      anchor.append(bytes("1"), 1);
      anchor.append(bytes("2"), 2);
      assertThat(anchor.after(null).lines()).containsExactly("1", "2");
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
    assertThat(new DirectoryAnchor(directory, "node-1").after(null).lines()).containsExactly("1");
  }

  @Test
  void a_thread_that_is_interrupted_anchors_its_batch_and_those_after_it() throws Exception {
    try (DirectoryAnchor anchor = anchor("2026-01-01T00:00:00Z", "a")) {
      Thread.currentThread().interrupt();
      try {
        anchor.append(bytes("1"), 1);
        anchor.addKey("a.b.c");
      } finally {
        assertThat(Thread.interrupted()).isTrue();
      }
      anchor.append(bytes("2"), 2);
      assertThat(anchor.after(null).lines()).containsExactly("1", "2");
      assertThat(anchor.keys()).containsExactly("a.b.c");
    }
  }

  @Test
  void a_batch_does_not_follow_what_a_failed_attempt_left() throws Exception {
    Path file = directory.resolve("file");
    try (AnchorFile anchored = AnchorFile.create(file, path -> {})) {
      anchored.append(bytes("1"));
      Files.write(file, bytes("torn"), StandardOpenOption.APPEND);
      anchored.append(bytes("2"));
    }
    assertThat(file).hasBinaryContent(bytes("1", "2"));
  }

  @Test
  void the_name_of_a_new_file_is_on_the_disk_before_anything_is_anchored() throws Exception {
    Path node = directory.resolve("anchors").resolve("node-1");
    List<String> forced = new ArrayList<>();
    DirectoryEntries entries =
        path -> {
          try (var files = Files.list(path)) {
            files.map(file -> path.relativize(file).toString()).sorted().forEach(forced::add);
          }
          forced.add(directory.relativize(path) + " forced");
        };
    try (DirectoryAnchor anchor =
        new DirectoryAnchor(directory.resolve("anchors"), "node-1", entries)) {
      anchor.open(Instant.parse("2026-01-01T00:00:00Z"), "a");
      anchor.addKey("a.b.c");
      anchor.addKey("d.e.f");
      anchor.append(bytes("1"), 1);
    }
    assertThat(node).isDirectory();
    assertThat(forced)
        .containsExactly(
            "node-1",
            "anchors forced",
            "20260101T000000Z-a.jsonl.gz",
            "anchors/node-1 forced",
            "node-1",
            "anchors forced",
            "20260101T000000Z-a.jsonl.gz",
            "keys.jsonl",
            "anchors/node-1 forced");
  }

  @Test
  void a_row_of_the_registry_that_a_crash_tore_does_not_swallow_the_next_one() throws Exception {
    DirectoryAnchor anchor = new DirectoryAnchor(directory, "node-1");
    anchor.addKey("a.b.c");
    Files.writeString(
        directory.resolve("node-1").resolve("keys.jsonl"), "d.e", StandardOpenOption.APPEND);
    anchor.addKey("g.h.i");
    assertThat(anchor.keys()).containsExactly("a.b.c", "d.e", "g.h.i");
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
