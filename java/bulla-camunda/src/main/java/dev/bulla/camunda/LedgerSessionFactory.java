package dev.bulla.camunda;

import dev.bulla.engine.node.Node;
import dev.bulla.engine.record.Capture;
import dev.bulla.engine.record.CaptureScope;
import javax.sql.DataSource;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.interceptor.CommandContext;
import org.camunda.bpm.engine.impl.interceptor.Session;
import org.camunda.bpm.engine.impl.interceptor.SessionFactory;

/** Opens the session that writes a command's record, and finds it again. */
final class LedgerSessionFactory implements SessionFactory, CaptureScope {

  private final Node node;
  private final DataSource source;

  LedgerSessionFactory(Node node, DataSource source) {
    this.node = node;
    this.source = source;
  }

  @Override
  public Class<?> getSessionType() {
    return LedgerSession.class;
  }

  @Override
  public Session openSession() {
    return new LedgerSession(node, Context.getCommandContext(), source);
  }

  @Override
  public Capture current() {
    CommandContext command = Context.getCommandContext();
    if (command == null
        || !(command.getSessions().get(LedgerSession.class) instanceof LedgerSession session)) {
      return null;
    }
    return session.capture();
  }
}
