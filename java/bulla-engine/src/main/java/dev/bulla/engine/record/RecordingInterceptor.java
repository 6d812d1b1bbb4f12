package dev.bulla.engine.record;

import dev.bulla.engine.record.CapturedRow.Column;
import dev.bulla.engine.sql.SqlReader;
import dev.bulla.engine.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ibatis.executor.Executor;
import org.apache.ibatis.mapping.BoundSql;
import org.apache.ibatis.mapping.MappedStatement;
import org.apache.ibatis.mapping.SqlCommandType;
import org.apache.ibatis.plugin.Interceptor;
import org.apache.ibatis.plugin.Invocation;
import org.apache.ibatis.scripting.defaults.RawSqlSource;
import org.apache.ibatis.session.Configuration;

/**
 * Sees every write of one process engine: what is about to be executed, what {@link Recorder} hears
 * of its parameters, and how many rows it reached.
 */
public final class RecordingInterceptor implements Interceptor, Recorder {

  private static final int CACHED = 20_000;

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
  public Object plugin(Object target) {
    return target instanceof Executor executor ? new RecordingExecutor(executor, this) : target;
  }

  @Override
  public Object intercept(Invocation invocation) throws ReflectiveOperationException {
    return invocation.proceed();
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
  public void kept(String table, String row, Object parameter, String envelope, boolean replaces) {
    CoveredTable owner = coverage.table(table);
    happened(
        CapturedRow.written(
            replaces ? Operation.UPDATE : Operation.INSERT,
            coverage.table(OverflowRow.TABLE),
            OverflowRow.id(table, row),
            owner == null ? null : facts.instance(owner, parameter),
            owner == null ? null : facts.variable(owner, parameter),
            List.of(new Column(OverflowRow.ENVELOPE, false)),
            new Object[] {envelope}));
  }

  @Override
  public void dropped(String table, String row, Object parameter) {
    CoveredTable owner = coverage.table(table);
    Capture capture = scope.current();
    happened(
        CapturedRow.deleted(
            coverage.table(OverflowRow.TABLE),
            OverflowRow.id(table, row),
            owner == null ? null : facts.instance(owner, parameter),
            owner == null ? null : facts.variable(owner, parameter),
            capture == null ? null : capture.statement(),
            null,
            null));
  }

  private void happened(CapturedRow row) {
    Capture capture = scope.current();
    if (capture == null) {
      throw new IllegalStateException(
          "an envelope is written to "
              + OverflowRow.TABLE
              + " outside of a command of the engine; write sealed values in a command, so that"
              + " they can be recorded");
    }
    capture.happened(row);
  }

  @Override
  public void opened(String table, String row, byte[] tag) {
    Capture capture = scope.current();
    if (capture != null) {
      capture.opened(table, row, tag);
    }
  }

  /** What the current command wrote so far; null outside of a command. */
  Capture capture() {
    return scope.current();
  }

  /** Who is told of the rows that bulk statements delete. */
  BulkDeletions deletions() {
    return deletions;
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
      return CapturedRow.deleted(table, id, instance, variable, capture.statement(), null, null);
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
  WritePlan plan(MappedStatement mapped, Object parameter) {
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
}
