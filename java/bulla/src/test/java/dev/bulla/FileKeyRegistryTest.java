package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.BullaException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileKeyRegistryTest {
  @TempDir Path directory;
  private Path file;
  private FileKeyRegistry registry;

  @BeforeEach
  void make() {
    file = directory.resolve("registry.jsonl");
    registry = new FileKeyRegistry(file);
  }

  @Test
  void whatWasAddedIsFoundByIdAndPurpose() {
    assertThat(registry.rows(Purpose.DATA)).isEmpty();
    assertThat(registry.add(new KeyRow("a", Purpose.DATA, "row-a"))).isTrue();
    assertThat(registry.add(new KeyRow("b", Purpose.DATA, "row-b"))).isTrue();
    FileKeyRegistry reopened = new FileKeyRegistry(file);
    assertThat(reopened.rows(Purpose.DATA)).containsExactly("row-a", "row-b");
    assertThat(reopened.row("b")).contains("row-b");
    assertThat(reopened.row("c")).isEmpty();
  }

  @Test
  void aSecondKeyOfASinglePurposeIsNotAdded() {
    assertThat(registry.add(new KeyRow("a", Purpose.SEARCH, "row-a"))).isTrue();
    assertThat(registry.add(new KeyRow("b", Purpose.SEARCH, "row-b"))).isFalse();
    assertThat(registry.rows(Purpose.SEARCH)).containsExactly("row-a");
    assertThat(registry.add(new KeyRow("c", Purpose.COMMITMENT, "row-c"))).isTrue();
  }

  @Test
  void twoRegistriesOfOneFileAddOneKeyOfASinglePurposeAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 20; round++) {
        Path shared = directory.resolve("shared-" + round);
        List<Callable<Boolean>> adding = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
          KeyRow row = new KeyRow("key-" + thread, Purpose.SEARCH, "row-" + thread);
          adding.add(() -> new FileKeyRegistry(shared).add(row));
        }
        int added = 0;
        for (Future<Boolean> one : threads.invokeAll(adding)) {
          added += one.get() ? 1 : 0;
        }
        assertThat(added).isEqualTo(1);
        assertThat(new FileKeyRegistry(shared).rows(Purpose.SEARCH)).hasSize(1);
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void aRowThatACrashCutOffIsWrittenOver() throws IOException {
    registry.add(new KeyRow("a", Purpose.DATA, "row-a"));
    Files.writeString(file, Files.readString(file) + "data b ro");
    assertThat(registry.rows(Purpose.DATA)).containsExactly("row-a");
    registry.add(new KeyRow("c", Purpose.DATA, "row-c"));
    assertThat(registry.rows(Purpose.DATA)).containsExactly("row-a", "row-c");
  }

  @Test
  void aDamagedLineIsNamed() throws IOException {
    registry.add(new KeyRow("a", Purpose.DATA, "row-a"));
    Files.writeString(file, Files.readString(file) + "nonsense\n");
    assertThatThrownBy(() -> registry.row("a"))
        .isInstanceOfSatisfying(
            BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_REGISTRY_ROW))
        .hasMessageStartingWith(file + ", line 2: ");
  }

  @Test
  void aDirectoryThatIsNotThereIsAnErrorThatNamesTheFile() {
    Path missing = directory.resolve("missing/registry.jsonl");
    assertThatThrownBy(
            () -> new FileKeyRegistry(missing).add(new KeyRow("a", Purpose.DATA, "row-a")))
        .isInstanceOfSatisfying(
            BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.KEY_UNAVAILABLE))
        .hasMessageContaining("the key registry " + missing + " cannot be written");
  }
}
