package dev.bulla.demo;

import dev.bulla.Bulla;
import dev.bulla.Context;
import java.nio.charset.StandardCharsets;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.variable.Variables;
import org.camunda.spin.json.SpinJsonNode;

/** Draws up the contract from what the clerk found out; an ordinary delegate. */
public final class ContractDelegate implements JavaDelegate {
  private final Bulla bulla;

  ContractDelegate(Bulla bulla) {
    this.bulla = bulla;
  }

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

  private String contract(DelegateExecution execution, long amount) {
    return "Contract with %s about %d cents, secured by %s; %s"
        .formatted(
            execution.getVariable("applicant"),
            amount,
            execution.getVariable("recommendation"),
            note(execution));
  }

  /** Opens what the script sealed. */
  private String note(DelegateExecution execution) {
    Context place = Context.of("loans", execution.getProcessInstanceId(), "note");
    return bulla.openText((String) execution.getVariable("note"), place);
  }
}
