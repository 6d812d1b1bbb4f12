package dev.bulla.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoanApplicationTest {

  @Test
  void the_application_runs_on_an_engine_without_the_plugin() {
    try (LoanApplication loans = LoanApplication.start("jdbc:h2:mem:plain")) {
      loans.deploy();
      String instance = loans.apply(Applicant.ADA);
      loans.assess(instance, 2_000_000L);
      loans.answerFromCreditRegister();
      loans.pay(Applicant.ADA.order());

      assertThat(loans.variables(instance))
          .containsEntry("amount", 2_000_000L)
          .containsEntry("risk", "moderate-risk")
          .containsEntry("registerAnswer", "no entry for Ada Sealwright")
          .containsKeys("score", "contract", "household", "payslip");

      loans.release(instance);
    }
  }
}
