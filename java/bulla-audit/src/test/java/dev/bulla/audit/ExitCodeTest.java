package dev.bulla.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ExitCodeTest {

  @Test
  void an_audit_that_breaks_does_not_end_like_one_with_findings() throws Exception {
    StringWriter said = new StringWriter();
    CommandLine command = AuditCommand.commandLine().setErr(new PrintWriter(said, true));
    int code =
        command
            .getExecutionExceptionHandler()
            .handleExecutionException(new IllegalStateException("on purpose"), command, null);
    assertThat(code).isEqualTo(AuditCommand.UNUSABLE);
    assertThat(said.toString()).contains("on purpose");
  }
}
