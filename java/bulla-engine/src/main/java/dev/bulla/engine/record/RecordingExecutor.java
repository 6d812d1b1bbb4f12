package dev.bulla.engine.record;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.apache.ibatis.cache.CacheKey;
import org.apache.ibatis.cursor.Cursor;
import org.apache.ibatis.executor.BatchExecutor;
import org.apache.ibatis.executor.BatchResult;
import org.apache.ibatis.executor.CachingExecutor;
import org.apache.ibatis.executor.Executor;
import org.apache.ibatis.mapping.BoundSql;
import org.apache.ibatis.mapping.MappedStatement;
import org.apache.ibatis.reflection.MetaObject;
import org.apache.ibatis.session.Configuration;
import org.apache.ibatis.session.ResultHandler;
import org.apache.ibatis.session.RowBounds;
import org.apache.ibatis.transaction.Transaction;

/**
 * Stands before MyBatis's executor of one session: sees each write, whether it happened, and when
 * what was batched reaches the database. Belongs to one thread, as its session does.
 */
@SuppressWarnings("rawtypes") // as MyBatis declares it
final class RecordingExecutor implements Executor {

  /** Only reads a field of an executor. */
  private static final Configuration FIELDS = new Configuration();

  private final Executor executor;
  private final RecordingInterceptor recording;
  private final boolean batching;

  RecordingExecutor(Executor executor, RecordingInterceptor recording) {
    this.executor = executor;
    this.recording = recording;
    this.batching = isBatching(executor);
  }

  @Override
  public int update(MappedStatement mapped, Object parameter) throws SQLException {
    Capture capture = recording.capture();
    WritePlan plan = recording.plan(mapped, parameter);
    if (capture == null) {
      if (plan == WritePlan.UNCOVERED) {
        return executor.update(mapped, parameter);
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
      return bulk(rows, mapped, parameter, capture);
    }
    int count = executor.update(mapped, parameter);
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

  private int bulk(
      WritePlan.SomeRows rows, MappedStatement mapped, Object parameter, Capture capture)
      throws SQLException {
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
        recording.deletions().deleted(connection, rows.table().name(), write.deleted());
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

  @Override
  public <E> List<E> query(
      MappedStatement mapped, Object parameter, RowBounds bounds, ResultHandler handler)
      throws SQLException {
    flushEarly();
    return executor.query(mapped, parameter, bounds, handler);
  }

  @Override
  public <E> List<E> query(
      MappedStatement mapped,
      Object parameter,
      RowBounds bounds,
      ResultHandler handler,
      CacheKey key,
      BoundSql sql)
      throws SQLException {
    flushEarly();
    return executor.query(mapped, parameter, bounds, handler, key, sql);
  }

  @Override
  public <E> Cursor<E> queryCursor(MappedStatement mapped, Object parameter, RowBounds bounds)
      throws SQLException {
    flushEarly();
    return executor.queryCursor(mapped, parameter, bounds);
  }

  @Override
  public List<BatchResult> flushStatements() throws SQLException {
    Capture capture = recording.capture();
    PendingBatch batch = capture == null ? null : capture.batchIfAny(executor);
    return batch == null ? executor.flushStatements() : batch.flush(executor, capture);
  }

  @Override
  public void commit(boolean required) throws SQLException {
    executor.commit(required);
  }

  @Override
  public void rollback(boolean required) throws SQLException {
    Capture capture = recording.capture();
    if (capture != null) {
      capture.rollback();
    }
    executor.rollback(required);
  }

  @Override
  public CacheKey createCacheKey(
      MappedStatement mapped, Object parameter, RowBounds bounds, BoundSql sql) {
    return executor.createCacheKey(mapped, parameter, bounds, sql);
  }

  @Override
  public boolean isCached(MappedStatement mapped, CacheKey key) {
    return executor.isCached(mapped, key);
  }

  @Override
  public void clearLocalCache() {
    executor.clearLocalCache();
  }

  @Override
  public void deferLoad(
      MappedStatement mapped,
      MetaObject result,
      String property,
      CacheKey key,
      Class<?> targetType) {
    executor.deferLoad(mapped, result, property, key, targetType);
  }

  @Override
  public Transaction getTransaction() {
    return executor.getTransaction();
  }

  @Override
  public void close(boolean rollback) {
    executor.close(rollback);
  }

  @Override
  public boolean isClosed() {
    return executor.isClosed();
  }

  @Override
  public void setExecutorWrapper(Executor wrapper) {
    executor.setExecutorWrapper(wrapper);
  }

  /** MyBatis flushes before a query and drops the results. */
  private void flushEarly() throws SQLException {
    Capture capture = recording.capture();
    PendingBatch batch = capture == null ? null : capture.batchIfAny(executor);
    if (batch != null) {
      batch.flushEarly(executor, capture);
    }
  }

  private static boolean isBatching(Executor executor) {
    if (executor instanceof CachingExecutor) {
      return FIELDS.newMetaObject(executor).getValue("delegate") instanceof BatchExecutor;
    }
    return executor instanceof BatchExecutor;
  }
}
