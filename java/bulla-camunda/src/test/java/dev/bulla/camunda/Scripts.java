package dev.bulla.camunda;

import java.util.Map;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;

/** Processes that consist of an expression, which has been evaluated when they wait. */
final class Scripts {

  private final ProcessEngine engine;
  private final Language language;

  Scripts(ProcessEngine engine, Language language) {
    this.engine = engine;
    this.language = language;
  }

  /** What an expression evaluates to in an instance of its own, with the variables given. */
  Object evaluate(String expression, Map<String, Object> variables) {
    ProcessInstance instance = start(expression, variables);
    return engine.getRuntimeService().getVariable(instance.getId(), "result");
  }

  /** An instance that keeps the value in its variable {@code result}. */
  ProcessInstance start(String expression, Map<String, Object> variables) {
    return start(expression, null, variables);
  }

  ProcessInstance start(String expression, String tenant, Map<String, Object> variables) {
    deploy(process("script", expression), tenant);
    var instance =
        engine.getRuntimeService().createProcessInstanceByKey("script").setVariables(variables);
    return (tenant == null
            ? instance.processDefinitionWithoutTenantId()
            : instance.processDefinitionTenantId(tenant))
        .execute();
  }

  BpmnModelInstance process(String key, String expression) {
    var start = Bpmn.createExecutableProcess(key).camundaHistoryTimeToLive(5).startEvent();
    return language
        .task(start, "evaluate", expression, "result")
        .userTask("wait")
        .endEvent()
        .done();
  }

  void deploy(BpmnModelInstance model, String tenant) {
    engine
        .getRepositoryService()
        .createDeployment()
        .tenantId(tenant)
        .addModelInstance("script.bpmn", model)
        .deploy();
  }
}
