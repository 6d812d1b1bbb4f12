package dev.bulla.camunda;

import org.camunda.bpm.engine.OptimisticLockingException;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;

/**
 * Stands around all commands, outside of their transactions: starts the node before the engine's
 * first command and ends it with the engine's last.
 */
final class NodeLifeInterceptor extends CommandInterceptor {

  /** The engine's last command; its class is not public. */
  private static final String CLOSE =
      "org.camunda.bpm.engine.impl.SchemaOperationProcessEngineClose";

  private final BullaPlugin plugin;

  NodeLifeInterceptor(BullaPlugin plugin) {
    this.plugin = plugin;
  }

  @Override
  public <T> T execute(Command<T> command) {
    plugin.startNode();
    if (command.getClass().getName().equals(CLOSE)) {
      plugin.endNode();
      try {
        return next.execute(command);
      } finally {
        plugin.closeNode();
      }
    }
    try {
      return next.execute(command);
    } catch (OptimisticLockingException e) {
      // The engine's start survives it.
      throw e;
    } catch (RuntimeException | Error e) {
      plugin.commandFailed();
      throw e;
    }
  }
}
