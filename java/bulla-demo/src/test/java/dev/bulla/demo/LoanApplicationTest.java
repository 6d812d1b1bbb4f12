package dev.bulla.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.Bulla;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoanApplicationTest {

  @Test
  void the_application_runs_on_an_engine_without_the_plugin(@TempDir Path directory)
      throws IOException {
    Node node = Node.create(directory.resolve("node"));
    try (LoanApplication loans =
        LoanApplication.start("jdbc:h2:mem:plain", Bulla.open(node.configuration()))) {
      loans.deploy();
      String instance = loans.apply(Applicant.ADA);
      loans.assess(instance, 2_000_000L);
      loans.answerFromCreditRegister();
      loans.pay(Applicant.ADA.order());

      assertThat(loans.variables(instance))
          .containsEntry("amount", 2_000_000L)
          .containsEntry("risk", "moderate-risk")
          .containsEntry("registerAnswer", "no entry for Ada Sealwright")
          .hasEntrySatisfying(
              "note", note -> assertThat((String) note).doesNotContain("rule of thumb"))
          .containsKeys("score", "contract", "household", "payslip");

      loans.release(instance);
    }
  }
}
