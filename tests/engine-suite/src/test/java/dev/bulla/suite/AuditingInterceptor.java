package dev.bulla.suite;

import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;

/**
 * Audits between commands: every few of them, and before those by which a test cleans up after
 * itself, while there still is something to compare. With more than 25 commands between two audits
 * the cleanups without one grow in proportion.
 */
final class AuditingInterceptor extends CommandInterceptor {

  /** 0 for no audits, to try something quickly. */
  private static final int FEW = Integer.getInteger("suite.audit", 25);

  private static final int CLEANUPS = Math.max(1, FEW / 25);

  /** The engine's last command, after which there may be no tables. */
  private static final String CLOSE = "SchemaOperationProcessEngineClose";

  private static final Set<String> CLEANUP =
      Set.of("DeleteDeploymentCmd", "PurgeDatabaseAndCacheCmd");

  private static final ThreadLocal<Integer> DEPTH = ThreadLocal.withInitial(() -> 0);

  private static final AtomicInteger commands = new AtomicInteger();
  private static final AtomicInteger cleanups = new AtomicInteger();

  private final Installation installation;
  private final Runnable whenClosed;
  private volatile boolean changed;

  AuditingInterceptor(Installation installation, Runnable whenClosed) {
    this.installation = installation;
    this.whenClosed = whenClosed;
  }

  @Override
  public <T> T execute(Command<T> command) {
    String name = command.getClass().getSimpleName();
    boolean last = name.equals(CLOSE);
    if (last) {
      whenClosed.run();
    }
    boolean outermost = DEPTH.get() == 0 && FEW > 0;
    if (outermost
        && changed
        && CLEANUP.contains(name)
        && cleanups.incrementAndGet() % CLEANUPS == 0) {
      audit("before " + name);
    }
    DEPTH.set(DEPTH.get() + 1);
    try {
      return next.execute(command);
    } finally {
      DEPTH.set(DEPTH.get() - 1);
      changed = true;
      if (outermost && !last && commands.incrementAndGet() % FEW == 0) {
        audit("after " + name);
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
