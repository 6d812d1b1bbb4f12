package dev.bulla.engine.record;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.apache.ibatis.executor.BatchExecutorException;
import org.apache.ibatis.executor.BatchResult;
import org.apache.ibatis.executor.Executor;

/**
 * The writes of one JDBC-batching executor that have not reached the database yet, and the results
 * of those that were flushed before the engine asked. The engine matches results with its own list
 * of operations by their order, so it gets all of them, in order, at its own flush.
 */
final class PendingBatch {

  /** One entry for each write that was added, null for those that are not recorded. */
  private final List<CapturedRow> waiting = new ArrayList<>();

  private final List<BatchResult> early = new ArrayList<>();
  private BatchExecutorException failure;

  void add(CapturedRow row) {
    waiting.add(row);
  }

  /** Whether a statement failed before the engine's flush; nothing further may be executed then. */
  boolean hasFailed() {
    return failure != null;
  }

  /** The engine's own flush: results of everything since its last one. */
  List<BatchResult> flush(Executor executor, Capture capture) throws SQLException {
    flushEarly(executor, capture);
    List<BatchResult> results = new ArrayList<>(early);
    BatchExecutorException failed = failure;
    early.clear();
    failure = null;
    if (failed != null) {
      throw failed;
    }
    return results;
  }

  /** Sends what is waiting to the database and keeps the results. A failure is kept as well. */
  void flushEarly(Executor executor, Capture capture) throws SQLException {
    if (failure != null) {
      return;
    }
    try {
      List<BatchResult> results = executor.flushStatements();
      settle(results, 0, capture);
      early.addAll(results);
    } catch (BatchExecutorException failed) {
      int next = settle(failed.getSuccessfulBatchResults(), 0, capture);
      settle(failed.getBatchUpdateException().getUpdateCounts(), next, capture);
      fail(failed);
    } finally {
      waiting.clear();
    }
  }

  /** A statement that was executed outside of the batch, in its place. */
  void executed(BatchResult result) {
    early.add(result);
  }

  /** A statement that was executed outside of the batch has failed. */
  void failed(BatchResult result, SQLException cause) {
    BatchUpdateException update =
        new BatchUpdateException(
            cause.getMessage(), cause.getSQLState(), cause.getErrorCode(), new int[0], cause);
    failure = new BatchExecutorException(cause.getMessage(), update, List.copyOf(early), result);
  }

  /** The failure as the engine would have seen it, had all been flushed at once. */
  private void fail(BatchExecutorException failed) {
    List<BatchResult> successful = new ArrayList<>(early);
    successful.addAll(failed.getSuccessfulBatchResults());
    failure =
        new BatchExecutorException(
            failed.getMessage(), failed.getBatchUpdateException(), successful, null) {
          @Override
          public String getFailingSqlStatement() {
            return failed.getFailingSqlStatement();
          }

          @Override
          public String getFailingStatementId() {
            return failed.getFailingStatementId();
          }
        };
  }

  private int settle(List<BatchResult> results, int from, Capture capture) {
    int at = from;
    for (BatchResult result : results) {
      at = settle(result.getUpdateCounts(), at, capture);
    }
    return at;
  }

  private int settle(int[] counts, int from, Capture capture) {
    int at = from;
    for (int count : counts) {
      CapturedRow row = at < waiting.size() ? waiting.get(at) : null;
      if (row != null && (count > 0 || count == Statement.SUCCESS_NO_INFO)) {
        capture.happened(row);
      }
      at++;
    }
    return at;
  }
}
