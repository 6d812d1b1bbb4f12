package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.BullaException.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTest {
  @TempDir Path directory;

  @Test
  void everySettingIsRead() throws IOException {
    Path file = Installation.in(directory);
    Files.writeString(
        file,
        Files.readString(file)
            .replace(
                "[[anchor]]",
                """
                record = ["ACT_RU_JOB"]

                [ledger]
                checkpoint = "250ms"
                records = 7
                heartbeat = "5s"
                required = false

                [[anchor]]
                """));
    Config config = Config.load(file);
    assertThat(config.file()).isEqualTo(file.toAbsolutePath());
    assertThat(config.installation()).isEqualTo("loans");
    assertThat(config.node()).isEqualTo("node-1");
    assertThat(config.log()).isEqualTo("loans/node-1");
    assertThat(config.registry()).contains(directory.resolve("keys/registry.jsonl"));
    assertThat(config.record()).containsExactly("ACT_RU_JOB");
    assertThat(config.checkpoint()).isEqualTo(Duration.ofMillis(250));
    assertThat(config.records()).isEqualTo(7);
    assertThat(config.heartbeat()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.required()).isFalse();
    assertThat(config.anchors()).containsExactly(directory.resolve("anchors"));
  }

  @Test
  void aSettingThatIsNotKnownIsNamedWithFileAndLine() throws IOException {
    Path file = Installation.in(directory);
    String text = Files.readString(file).replace("[keys]\n", "[keys]\nmeister = \"x\"\n");
    assertThatThrownBy(() -> Config.parse(text, file))
        .isInstanceOfSatisfying(
            BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_CONFIG))
        .hasMessageStartingWith(file + ", line 5: ")
        .hasMessageContaining("meister");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    Path file = directory.resolve("missing.toml");
    assertThatThrownBy(() -> Config.load(file))
        .isInstanceOfSatisfying(BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.IO))
        .hasMessage("the configuration %s cannot be read: no such file or directory", file);
    assertThatThrownBy(() -> Bulla.open(file))
        .hasMessage("the configuration %s cannot be read: no such file or directory", file);
  }

  @Test
  void aDirectoryIsNoConfiguration() {
    assertThatThrownBy(() -> Config.load(directory))
        .isInstanceOfSatisfying(BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.IO))
        .hasMessage("the configuration %s cannot be read: Is a directory", directory);
  }

  @Test
  void whatTheSystemRefusesIsSaidOfEveryFile() {
    assertThat(BullaException.io("x cannot be read", new AccessDeniedException("x")))
        .hasMessage("x cannot be read: permission denied");
    assertThat(BullaException.io("the log cannot begin", new NoSuchFileException("x")))
        .hasMessage("the log cannot begin: x: no such file or directory");
    assertThat(BullaException.io("x cannot be read", new FileSystemException("x", null, "Busy")))
        .hasMessage("x cannot be read: Busy");
    assertThat(BullaException.io("x cannot be read", new EOFException()))
        .hasMessage("x cannot be read: EOFException");
  }

  @Test
  void aKeyFileThatIsNotThereIsNamed() throws IOException {
    Path file = Installation.in(directory);
    Files.delete(directory.resolve("keys/identity.jwk"));
    assertThatThrownBy(() -> Bulla.open(file))
        .isInstanceOf(BullaException.class)
        .hasMessageContaining(directory.resolve("keys/identity.jwk").toString());
  }

  @Test
  void withoutAnEngineARegistryMustBeNamed() throws IOException {
    Path file = Installation.in(directory);
    Files.writeString(file, Files.readString(file).replaceAll("(?m)^registry.*\n", ""));
    assertThatThrownBy(() -> Bulla.open(file)).hasMessageContaining("keys.registry is missing");
  }
}
