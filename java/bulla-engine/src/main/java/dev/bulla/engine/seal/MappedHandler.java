package dev.bulla.engine.seal;

import org.apache.ibatis.executor.statement.StatementHandler;
import org.apache.ibatis.mapping.MappedStatement;
import org.apache.ibatis.mapping.SqlCommandType;
import org.apache.ibatis.reflection.MetaObject;
import org.apache.ibatis.session.Configuration;

/** Tells which mapped statement a handler executes. MyBatis keeps that to itself. */
final class MappedHandler {

  /** Queries whose SQL a user wrote: their conditions are his own. */
  private static final String NATIVE = "NativeQuery";

  private final Configuration configuration;

  MappedHandler(Configuration configuration) {
    this.configuration = configuration;
  }

  boolean isQuery(StatementHandler handler) {
    MappedStatement mapped = mapped(handler);
    return mapped != null && mapped.getSqlCommandType() == SqlCommandType.SELECT;
  }

  boolean isNative(StatementHandler handler) {
    MappedStatement mapped = mapped(handler);
    return mapped != null && mapped.getId().contains(NATIVE);
  }

  private MappedStatement mapped(StatementHandler handler) {
    MetaObject fields = configuration.newMetaObject(handler.getParameterHandler());
    return fields.hasGetter("mappedStatement")
        ? (MappedStatement) fields.getValue("mappedStatement")
        : null;
  }
}
