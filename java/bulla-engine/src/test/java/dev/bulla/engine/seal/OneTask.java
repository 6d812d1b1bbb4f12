package dev.bulla.engine.seal;

import dev.bulla.BullaException;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.model.bpmn.Bpmn;

/** A process of one user task. */
final class OneTask {

  private OneTask() {}

  static void deploy(ProcessEngine engine) {
    engine
        .getRepositoryService()
        .createDeployment()
        .addModelInstance(
            "one.bpmn",
            Bpmn.createExecutableProcess("one").startEvent().userTask("task").endEvent().done())
        .deploy();
  }

  /** Starts it with one variable; returns the instance's id. */
  static String start(ProcessEngine engine, String name, Object value) {
    return engine
        .getRuntimeService()
        .createProcessInstanceByKey("one")
        .setVariable(name, value)
        .execute()
        .getId();
  }

  /** The first of Bulla's own among an exception and its causes, or the last one. */
  static Throwable root(Throwable thrown) {
    Throwable root = thrown;
    while (!(root instanceof BullaException) && root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
