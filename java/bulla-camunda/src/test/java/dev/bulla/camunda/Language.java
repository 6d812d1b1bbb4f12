package dev.bulla.camunda;

import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.model.bpmn.builder.AbstractFlowNodeBuilder;

/** A way to write an expression such as {@code bulla.seal(x)}, and how the engine is set for it. */
enum Language {
  JAVASCRIPT,
  JAVASCRIPT_WITHOUT_HOST_ACCESS,
  JAVASCRIPT_LIKE_NASHORN,
  GROOVY,
  JUEL_BEAN,
  JUEL_FUNCTION;

  boolean isJavaScript() {
    return name().startsWith("JAVASCRIPT");
  }

  boolean isJuel() {
    return this == JUEL_BEAN || this == JUEL_FUNCTION;
  }

  void configure(ProcessEngineConfigurationImpl engine) {
    engine.setConfigureScriptEngineHostAccess(this != JAVASCRIPT_WITHOUT_HOST_ACCESS);
    engine.setEnableScriptEngineNashornCompatibility(this == JAVASCRIPT_LIKE_NASHORN);
  }

  /** A task that evaluates the expression and keeps its value in a variable. */
  AbstractFlowNodeBuilder<?, ?> task(
      AbstractFlowNodeBuilder<?, ?> before, String id, String expression, String result) {
    if (isJuel()) {
      return before
          .serviceTask(id)
          .camundaExpression(juel(expression))
          .camundaResultVariable(result);
    }
    return before
        .scriptTask(id)
        .scriptFormat(isJavaScript() ? "javascript" : "groovy")
        .scriptText(expression)
        .camundaResultVariable(result);
  }

  String juel(String expression) {
    return "${"
        + (this == JUEL_FUNCTION ? expression.replace("bulla.", "bulla:") : expression)
        + "}";
  }
}
