package dev.bulla.engine.seal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.apache.ibatis.cursor.Cursor;
import org.apache.ibatis.executor.parameter.ParameterHandler;
import org.apache.ibatis.executor.statement.StatementHandler;
import org.apache.ibatis.mapping.BoundSql;
import org.apache.ibatis.session.ResultHandler;

/** Stands before MyBatis's handler of one execution: seals its parameters, opens its results. */
final class SealingHandler implements StatementHandler {

  private final StatementHandler handler;
  private final Sealing sealing;
  private SqlPlan plan;
  private String boundId;

  SealingHandler(StatementHandler handler, Sealing sealing) {
    this.handler = handler;
    this.sealing = sealing;
  }

  @Override
  public Statement prepare(Connection connection, Integer timeout) throws SQLException {
    plan = sealing.plan(handler.getBoundSql().getSql());
    boolean reworded = plan.text() != null && !isNative();
    return handler.prepare(
        reworded ? RewordingConnection.of(connection, plan.text()) : connection, timeout);
  }

  @Override
  public void parameterize(Statement statement) throws SQLException {
    BoundSql sql = handler.getBoundSql();
    if (plan == null) {
      plan = sealing.plan(sql.getSql());
    }
    boolean asksById = plan.opened() != null && plan.id() > 0;
    boolean passes =
        !(statement instanceof PreparedStatement)
            || (!plan.isWrite() && plan.search() == null && !asksById);
    if (passes) {
      handler.parameterize(statement);
    } else if (plan.isWrite() && !(plan.isUnknown() && isQuery())) {
      write((PreparedStatement) statement, sql);
    } else {
      read((PreparedStatement) statement, sql);
    }
  }

  private void write(PreparedStatement statement, BoundSql sql) throws SQLException {
    int count = sql.getParameterMappings().size();
    boolean[] held = plan.row() == null ? null : plan.row().held();
    BoundStatement bound = new BoundStatement(statement, count, held);
    handler.parameterize(bound);
    Object[] values = bound.values();
    if (plan.row() != null) {
      new RowSealer(
              sealing, plan.row(), values, sql.getParameterObject(), statement.getConnection())
          .seal();
      bound.release();
    } else if (plan.deleted() != null && plan.id() > 0) {
      String row = String.valueOf(values[plan.id() - 1]);
      sealing
          .overflow()
          .remove(statement.getConnection(), plan.deleted().name(), row, sql.getParameterObject());
    }
    if (sealing.recorder() != null) {
      sealing.recorder().bound(sql, plan.statement(), values);
    }
  }

  private void read(PreparedStatement statement, BoundSql sql) throws SQLException {
    boolean searches = plan.search() != null && !isNative();
    int count = sql.getParameterMappings().size();
    BoundStatement bound =
        new BoundStatement(statement, count, searches ? plan.search().held() : null);
    handler.parameterize(bound);
    Object[] values = bound.values();
    if (plan.id() > 0 && plan.id() <= count && values[plan.id() - 1] instanceof String id) {
      boundId = id;
    }
    if (searches) {
      plan.search().apply(values, sealing);
      bound.release();
    }
  }

  @Override
  public void batch(Statement statement) throws SQLException {
    handler.batch(statement);
  }

  @Override
  public int update(Statement statement) throws SQLException {
    return handler.update(statement);
  }

  @Override
  @SuppressWarnings("rawtypes") // as MyBatis declares it
  public <E> List<E> query(Statement statement, ResultHandler resultHandler) throws SQLException {
    return handler.query(opening(statement), resultHandler);
  }

  @Override
  public <E> Cursor<E> queryCursor(Statement statement) throws SQLException {
    return handler.queryCursor(opening(statement));
  }

  @Override
  public BoundSql getBoundSql() {
    return handler.getBoundSql();
  }

  @Override
  public ParameterHandler getParameterHandler() {
    return handler.getParameterHandler();
  }

  private Statement opening(Statement statement) {
    SealedTable table =
        (plan == null ? sealing.plan(handler.getBoundSql().getSql()) : plan).opened();
    return table != null && statement instanceof PreparedStatement prepared
        ? new OpeningStatement(prepared, sealing, table, boundId)
        : statement;
  }

  private boolean isQuery() {
    return sealing.statements().isQuery(handler);
  }

  private boolean isNative() {
    return sealing.statements().isNative(handler);
  }
}
