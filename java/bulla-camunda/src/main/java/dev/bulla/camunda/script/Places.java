package dev.bulla.camunda.script;

import dev.bulla.engine.script.Place;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateCaseExecution;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.VariableScope;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.context.CoreExecutionContext;
import org.camunda.bpm.engine.impl.core.instance.CoreExecution;
import org.camunda.bpm.engine.impl.db.DbEntity;
import org.camunda.bpm.engine.impl.interceptor.CommandContext;

/** Finds the instance in which a script, an expression or a delegate runs. */
final class Places {

  private static final String PROCESS = "processInstance";
  private static final String CASE = "caseInstance";

  private Places() {}

  /** The instance that a scope of variables belongs to; that of the thread if there is no scope. */
  static Optional<Place> of(VariableScope scope) {
    if (scope == null) {
      return current();
    }
    if (scope instanceof DelegateExecution execution) {
      return place(PROCESS, execution.getProcessInstanceId(), execution.getTenantId());
    }
    if (scope instanceof DelegateCaseExecution execution) {
      return place(CASE, execution.getCaseInstanceId(), execution.getTenantId());
    }
    if (scope instanceof DelegateTask task) {
      return task.getProcessInstanceId() != null
          ? place(PROCESS, task.getProcessInstanceId(), task.getTenantId())
          : place(CASE, task.getCaseInstanceId(), task.getTenantId());
    }
    return Optional.empty();
  }

  /** The instance whose execution the thread is at. */
  static Optional<Place> current() {
    CommandContext command = Context.getCommandContext();
    CoreExecutionContext<? extends CoreExecution> context = Context.getCoreExecutionContext();
    if (command == null || context == null) {
      return Optional.empty();
    }
    CoreExecution execution = context.getExecution();
    if (!(execution instanceof DbEntity entity)) {
      return Optional.empty();
    }
    // What called this command may be at an execution of another engine.
    boolean own =
        command.getDbEntityManager().getCachedEntity(entity.getClass(), entity.getId()) == entity;
    return own ? of(execution) : Optional.empty();
  }

  private static Optional<Place> place(String kind, String id, String tenant) {
    return id == null ? Optional.empty() : Optional.of(new Place(kind, id, tenant));
  }
}
