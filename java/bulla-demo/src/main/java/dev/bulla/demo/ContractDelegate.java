package dev.bulla.demo;

import java.nio.charset.StandardCharsets;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.variable.Variables;
import org.camunda.spin.json.SpinJsonNode;

/** Draws up the contract from what the clerk found out; an ordinary delegate. */
public final class ContractDelegate implements JavaDelegate {

  @Override
  public void execute(DelegateExecution execution) {
    SpinJsonNode assessment = (SpinJsonNode) execution.getVariable("assessment");
    Number limit = assessment.prop("limit").numberValue();
    long amount = Math.min((Long) execution.getVariable("amount"), limit.longValue());

    execution.setVariable("amount", amount);
    execution.setVariable(
        "contract",
        Variables.fileValue("contract.txt")
            .file(contract(execution, amount).getBytes(StandardCharsets.UTF_8))
            .mimeType("text/plain")
            .encoding("UTF-8")
            .create());
  }

  private static String contract(DelegateExecution execution, long amount) {
    return "Contract with %s about %d cents, secured by %s"
        .formatted(
            execution.getVariable("applicant"), amount, execution.getVariable("recommendation"));
  }
}
