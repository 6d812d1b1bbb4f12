package dev.bulla.suite;

import java.util.Set;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;

/**
 * Audits between commands: every few of them, and before those by which a test cleans up after
 * itself, while there still is something to compare.
 */
final class AuditingInterceptor extends CommandInterceptor {

  /** 0 for no audits, to try something quickly. */
  private static final int FEW = Integer.getInteger("suite.audit", 25);

  private static final Set<String> CLEANUP =
      Set.of("DeleteDeploymentCmd", "PurgeDatabaseAndCacheCmd");

  private static final ThreadLocal<Integer> DEPTH = ThreadLocal.withInitial(() -> 0);

  private final Installation installation;
  private int commands;
  private boolean changed;

  AuditingInterceptor(Installation installation) {
    this.installation = installation;
  }

  @Override
  public <T> T execute(Command<T> command) {
    boolean outermost = DEPTH.get() == 0 && FEW > 0;
    if (outermost && changed && CLEANUP.contains(command.getClass().getSimpleName())) {
      audit("before " + command.getClass().getSimpleName());
    }
    DEPTH.set(DEPTH.get() + 1);
    try {
      return next.execute(command);
    } finally {
      DEPTH.set(DEPTH.get() - 1);
      changed = true;
      if (outermost && ++commands % FEW == 0) {
        audit("after " + command.getClass().getSimpleName());
      }
    }
  }

  private void audit(String when) {
    changed = false;
    try {
      Audits.add(installation.audit(), when);
    } catch (RuntimeException failed) {
      Audits.failed(failed, when);
    }
  }
}
