package dev.bulla.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeygenCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void the_keys_of_a_node_and_the_policy_of_its_auditor_are_made(@TempDir Path directory) {
    int result = run("keygen", "--log", "loans/node-1", directory.resolve("keys").toString());

    assertThat(result).isZero();
    assertThat(directory.resolve("keys"))
        .isDirectoryContaining("glob:**/master.jwk")
        .isDirectoryContaining("glob:**/identity.jwk")
        .isDirectoryContaining("glob:**/log.jwk")
        .isDirectoryContaining("glob:**/audit-policy.toml");
    assertThat(out.toString()).contains("master.jwk");
  }

  @Test
  void keys_that_are_there_are_not_replaced(@TempDir Path directory) {
    run("keygen", "--log", "loans/node-1", directory.toString());

    int result = run("keygen", "--log", "loans/node-1", directory.toString());

    assertThat(result).isEqualTo(2);
    assertThat(err.toString()).contains("master.jwk");
  }

  private int run(String... arguments) {
    return AuditCommand.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
