package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulla.BullaException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysTest {
  @TempDir Path directory;

  @Test
  void privateKeysAreForTheirOwnerOnly() throws IOException {
    Path keys = directory.resolve("keys");
    assertThat(Keys.generate(keys, "loans/node-1"))
        .containsExactly(
            keys.resolve("master.jwk"),
            keys.resolve("identity.jwk"),
            keys.resolve("log.jwk"),
            keys.resolve("statement.jwk"),
            keys.resolve("audit-policy.toml"));
    assertThat(permissions(keys)).isEqualTo("rwx------");
    assertThat(permissions(keys.resolve("master.jwk"))).isEqualTo("rw-------");
    assertThat(permissions(keys.resolve("identity.jwk"))).isEqualTo("rw-------");
    assertThat(permissions(keys.resolve("log.jwk"))).isEqualTo("rw-------");
    assertThat(permissions(keys.resolve("statement.jwk"))).isEqualTo("rw-------");
    assertThat(Files.readString(keys.resolve("audit-policy.toml")))
        .contains("identities = [\"")
        .contains("\"loans/node-1\" = \"loans/node-1+");
  }

  @Test
  void keysAreNeverReplaced() {
    Keys.generate(directory, "loans/node-1");
    assertThatThrownBy(() -> Keys.generate(directory, "loans/node-1"))
        .isInstanceOfSatisfying(BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.IO))
        .hasMessageContaining("master.jwk: is there already, and keys are never replaced");
  }

  @Test
  void aFileInThePlaceOfTheDirectoryIsSaid() throws IOException {
    Path file = Files.createFile(directory.resolve("keys"));
    assertThatThrownBy(() -> Keys.generate(file, "loans/node-1"))
        .isInstanceOfSatisfying(BullaException.class, e -> assertThat(e.kind()).isEqualTo(Kind.IO))
        .hasMessage("the directory %s cannot be made: a file is in its place", file);
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
