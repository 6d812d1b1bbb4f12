package dev.bulla.engine.record;

import dev.bulla.engine.record.CapturedRow.Column;
import dev.bulla.engine.sql.SqlReader;
import dev.bulla.engine.sql.Statement;
import java.lang.reflect.InvocationTargetException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ibatis.executor.BatchExecutor;
import org.apache.ibatis.executor.BatchResult;
import org.apache.ibatis.executor.CachingExecutor;
import org.apache.ibatis.executor.Executor;
import org.apache.ibatis.mapping.BoundSql;
import org.apache.ibatis.mapping.MappedStatement;
import org.apache.ibatis.mapping.SqlCommandType;
import org.apache.ibatis.plugin.Interceptor;
import org.apache.ibatis.plugin.Intercepts;
import org.apache.ibatis.plugin.Invocation;
import org.apache.ibatis.plugin.Signature;
import org.apache.ibatis.scripting.defaults.RawSqlSource;
import org.apache.ibatis.session.Configuration;
import org.apache.ibatis.session.ResultHandler;
import org.apache.ibatis.session.RowBounds;

/**
 * Sees every write of one process engine: what is about to be executed, what {@link Recorder} hears
 * of its parameters, and how many rows it reached.
 */
@Intercepts({
  @Signature(
      type = Executor.class,
      method = "update",
      args = {MappedStatement.class, Object.class}),
  @Signature(
      type = Executor.class,
      method = "query",
      args = {MappedStatement.class, Object.class, RowBounds.class, ResultHandler.class}),
  @Signature(
      type = Executor.class,
      method = "queryCursor",
      args = {MappedStatement.class, Object.class, RowBounds.class}),
  @Signature(
      type = Executor.class,
      method = "flushStatements",
      args = {}),
  @Signature(
      type = Executor.class,
      method = "rollback",
      args = {boolean.class}),
})
public final class RecordingInterceptor implements Interceptor, Recorder {

  private static final int CACHED = 20_000;

  /** Only reads a field of an executor. */
  private static final Configuration FIELDS = new Configuration();

  private final Coverage coverage;
  private final CaptureScope scope;
  private final RowFacts facts;
  private BulkDeletions deletions = (connection, table, ids) -> {};
  private final Map<String, WritePlan> plans = new ConcurrentHashMap<>();
  private final Map<MappedStatement, WritePlan> fixedPlans = new ConcurrentHashMap<>();

  /**
   * For the engine of one configuration, whose statements must have been read.
   *
   * @param configuration the engine's
   * @param coverage what is recorded
   * @param scope finds the command
   */
  public RecordingInterceptor(Configuration configuration, Coverage coverage, CaptureScope scope) {
    this.coverage = coverage;
    this.scope = scope;
    this.facts = new RowFacts(configuration, coverage);
  }

  /** Tells {@code listener} of rows that bulk statements delete. */
  public void tellDeletions(BulkDeletions listener) {
    deletions = listener;
  }

  @Override
  public Object intercept(Invocation invocation) throws Throwable {
    Executor executor = (Executor) invocation.getTarget();
    Capture capture = scope.current();
    switch (invocation.getMethod().getName()) {
      case "update" -> {
        return update(invocation, executor, capture);
      }
      case "flushStatements" -> {
        PendingBatch batch = capture == null ? null : capture.batchIfAny(executor);
        return batch == null ? proceed(invocation) : batch.flush(executor, capture);
      }
      case "rollback" -> {
        if (capture != null) {
          capture.rollback();
        }
        return proceed(invocation);
      }
      default -> {
        // MyBatis flushes before a query and drops the results.
        PendingBatch batch = capture == null ? null : capture.batchIfAny(executor);
        if (batch != null) {
          batch.flush(executor, capture);
        }
        return proceed(invocation);
      }
    }
  }

  @Override
  public void bound(BoundSql sql, Statement statement, Object[] values) {
    Capture capture = scope.current();
    WritePlan plan = plan(sql.getSql(), statement);
    if (capture != null && plan != WritePlan.UNCOVERED) {
      capture.bound(row(plan, sql, values, capture));
    }
  }

  @Override
  public void opened(String table, String row, byte[] tag) {
    Capture capture = scope.current();
    if (capture != null) {
      capture.opened(table, row, tag);
    }
  }

  private Object update(Invocation invocation, Executor executor, Capture capture)
      throws Throwable {
    MappedStatement mapped = (MappedStatement) invocation.getArgs()[0];
    Object parameter = invocation.getArgs()[1];
    WritePlan plan = plan(mapped, parameter);
    if (capture == null) {
      if (plan == WritePlan.UNCOVERED) {
        return proceed(invocation);
      }
      throw new IllegalStateException(
          mapped.getId()
              + " writes a table that the ledger covers, but outside of a command of the engine;"
              + " run it in a command, so that it can be recorded");
    }
    PendingBatch pending = capture.batchIfAny(executor);
    if (pending != null && pending.hasFailed()) {
      return BatchExecutor.BATCH_UPDATE_RETURN_VALUE;
    }
    capture.begin(mapped.getId());
    if (plan instanceof WritePlan.SomeRows rows) {
      return bulk(rows, mapped, parameter, executor, capture);
    }
    int count = (Integer) proceed(invocation);
    CapturedRow row = capture.takeBound();
    if (row == null && plan != WritePlan.UNCOVERED) {
      throw new IllegalStateException(
          mapped.getId()
              + " was executed but its parameters were not seen; the sealing interceptor must be"
              + " added to the same configuration");
    }
    if (count == BatchExecutor.BATCH_UPDATE_RETURN_VALUE) {
      capture.batch(executor).add(row);
    } else if (row != null && count > 0) {
      capture.happened(row);
    }
    return count;
  }

  private Object bulk(
      WritePlan.SomeRows rows,
      MappedStatement mapped,
      Object parameter,
      Executor executor,
      Capture capture)
      throws SQLException {
    boolean batching = isBatching(executor);
    PendingBatch batch = batching ? capture.batch(executor) : null;
    if (batching) {
      batch.flushEarly(executor, capture);
      if (batch.hasFailed()) {
        return BatchExecutor.BATCH_UPDATE_RETURN_VALUE;
      }
    }
    BoundSql sql = mapped.getBoundSql(parameter);
    BatchResult result = new BatchResult(mapped, sql.getSql(), parameter);
    int count;
    try {
      Connection connection = executor.getTransaction().getConnection();
      BulkWrite write = new BulkWrite(rows, BoundValues.of(mapped, sql), connection, capture);
      count = write.execute();
      if (!write.deleted().isEmpty()) {
        deletions.deleted(connection, rows.table().name(), write.deleted());
      }
    } catch (SQLException failed) {
      if (!batching) {
        throw failed;
      }
      batch.failed(result, failed);
      return BatchExecutor.BATCH_UPDATE_RETURN_VALUE;
    }
    executor.clearLocalCache();
    if (!batching) {
      return count;
    }
    result.setUpdateCounts(new int[] {count});
    batch.executed(result);
    return BatchExecutor.BATCH_UPDATE_RETURN_VALUE;
  }

  private CapturedRow row(WritePlan plan, BoundSql sql, Object[] values, Capture capture) {
    if (plan instanceof WritePlan.OneRow one) {
      return oneRow(one, sql, values, capture);
    } else if (plan instanceof WritePlan.Predicate predicate) {
      return CapturedRow.predicate(
          predicate.table(),
          predicate.column(),
          WritePlan.value(predicate.value(), values),
          predicate.columns(),
          predicate.sources().stream().map(source -> WritePlan.value(source, values)).toArray());
    } else if (plan instanceof WritePlan.NotUnderstood unknown) {
      return CapturedRow.notUnderstood(unknown.tables(), sql.getSql(), capture.statement());
    }
    return null;
  }

  private CapturedRow oneRow(WritePlan.OneRow one, BoundSql sql, Object[] values, Capture capture) {
    List<Object> key = new ArrayList<>(one.id().size());
    one.id().forEach(source -> key.add(WritePlan.value(source, values)));
    String id = RowId.of(key);
    CoveredTable table = one.table();
    if (one.operation() == Operation.INSERT) {
      return inserted(one, id, values);
    }
    String instance = facts.instance(table, sql.getParameterObject());
    String variable = facts.variable(table, sql.getParameterObject());
    if (one.operation() == Operation.DELETE) {
      return CapturedRow.deleted(table, id, instance, variable, capture.statement(), null);
    }
    Object[] written =
        one.sources().stream().map(source -> WritePlan.value(source, values)).toArray();
    return CapturedRow.written(
        Operation.UPDATE, table, id, instance, variable, one.columns(), written);
  }

  /** A column that an insert leaves NULL is not told: not to be told is to be NULL. */
  private static CapturedRow inserted(WritePlan.OneRow one, String id, Object[] values) {
    List<Column> columns = new ArrayList<>(one.columns().size());
    List<Object> written = new ArrayList<>(one.columns().size());
    for (int i = 0; i < one.columns().size(); i++) {
      Object value = WritePlan.value(one.sources().get(i), values);
      if (value != null) {
        columns.add(one.columns().get(i));
        written.add(value);
      }
    }
    return CapturedRow.written(
        Operation.INSERT,
        one.table(),
        id,
        (String) WritePlan.value(one.instance(), values),
        (String) WritePlan.value(one.variable(), values),
        columns,
        written.toArray());
  }

  /** Texts that never change are planned once for each mapped statement. */
  private WritePlan plan(MappedStatement mapped, Object parameter) {
    if (mapped.getSqlCommandType() == SqlCommandType.SELECT) {
      return WritePlan.UNCOVERED;
    }
    WritePlan known = fixedPlans.get(mapped);
    if (known != null) {
      return known;
    }
    String sql = mapped.getBoundSql(parameter).getSql();
    WritePlan plan = plan(sql, SqlReader.plan(sql));
    if (mapped.getSqlSource() instanceof RawSqlSource) {
      fixedPlans.put(mapped, plan);
    }
    return plan;
  }

  private WritePlan plan(String sql, Statement statement) {
    WritePlan known = plans.get(sql);
    if (known == null) {
      if (plans.size() >= CACHED) {
        plans.clear();
      }
      known = WritePlan.of(coverage, sql, statement);
      plans.put(sql, known);
    }
    return known;
  }

  private static boolean isBatching(Executor executor) {
    if (executor instanceof CachingExecutor) {
      return FIELDS.newMetaObject(executor).getValue("delegate") instanceof BatchExecutor;
    }
    return executor instanceof BatchExecutor;
  }

  private static Object proceed(Invocation invocation) throws Throwable {
    try {
      return invocation.proceed();
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
