package dev.bulla.camunda;

import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;

/** Opens the ledger's session before the command can open any other, so that it is flushed last. */
final class OpenLedgerInterceptor extends CommandInterceptor {

  @Override
  public <T> T execute(Command<T> command) {
    Context.getCommandContext().getSession(LedgerSession.class);
    return next.execute(command);
  }
}
