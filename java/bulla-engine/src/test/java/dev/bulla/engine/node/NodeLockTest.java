package dev.bulla.engine.node;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One live process for each log. */
class NodeLockTest {

  @TempDir Path directory;

  @Test
  void a_second_holder_is_refused_until_the_first_lets_go() {
    NodeLock first = NodeLock.take(directory, "loans/node-1");
    assertThatThrownBy(() -> NodeLock.take(directory, "loans/node-1"))
        .hasMessageContaining(
            "another process engine of this Java process keeps the log loans/node-1")
        .hasMessageContaining("close that engine, or give this one another name");
    first.close();
    assertThatCode(() -> NodeLock.take(directory, "loans/node-1").close())
        .doesNotThrowAnyException();
  }
}
