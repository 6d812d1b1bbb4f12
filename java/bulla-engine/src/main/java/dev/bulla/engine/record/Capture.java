package dev.bulla.engine.record;

import dev.bulla.PackedWriter;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.ibatis.executor.Executor;

/**
 * What one command wrote and opened so far: rows whose write is known to have happened, in the
 * order in which it happened. Belongs to one thread.
 */
public final class Capture {

  private final List<CapturedRow> rows = new ArrayList<>();
  private final Map<String, Opened> opened = new LinkedHashMap<>();
  private final IdentityHashMap<Executor, PendingBatch> batches = new IdentityHashMap<>();
  private String statement;
  private CapturedRow bound;

  @SuppressWarnings("ArrayRecordComponent") // what was opened is not compared
  private record Opened(String table, String row, byte[] tag) {}

  /** Whether anything was written since the last record. */
  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /** A copy of the rows. */
  List<CapturedRow> rows() {
    return List.copyOf(rows);
  }

  /** The process instances that the rows name. */
  public Set<String> instances() {
    Set<String> instances = new LinkedHashSet<>();
    for (CapturedRow row : rows) {
      if (row.instance() != null) {
        instances.add(row.instance());
      }
    }
    return instances;
  }

  /** The process instances that were started: their own row was inserted. */
  public Set<String> started() {
    Set<String> started = new LinkedHashSet<>();
    for (CapturedRow row : rows) {
      if (row.operation() == Operation.INSERT
          && row.instance() != null
          && row.table().equals("ACT_HI_PROCINST")) {
        started.add(row.instance());
      }
    }
    return started;
  }

  /**
   * The rows and what was opened, in the form that the ledger takes.
   *
   * @param salts gives the salt of a process instance, or null
   */
  public PackedWriter pack(Function<String, byte[]> salts) {
    PackedWriter packed = new PackedWriter(1024 * rows.size() + 64);
    packed.i32(rows.size());
    for (CapturedRow row : rows) {
      RowPacking.pack(packed, row, row.instance() == null ? null : salts.apply(row.instance()));
    }
    packed.i32(opened.size());
    for (Opened one : opened.values()) {
      packed.string(one.table).string(one.row).raw(one.tag);
    }
    return packed;
  }

  /** Starts anew, after a record or a rollback. */
  public void clear() {
    rows.clear();
    opened.clear();
    bound = null;
  }

  /** Forgets everything, batches too: the transaction is rolled back. */
  public void rollback() {
    clear();
    batches.clear();
  }

  void opened(String table, String row, byte[] tag) {
    opened.put(table + '/' + row, new Opened(table, row, tag));
  }

  /** The id of the mapped statement that is being executed. */
  String statement() {
    return statement;
  }

  void begin(String mappedStatement) {
    statement = mappedStatement;
    bound = null;
  }

  /** The write that was bound is the one to be executed next. */
  void bound(CapturedRow row) {
    bound = row;
  }

  /** What was bound since {@link #begin}, or null. */
  CapturedRow takeBound() {
    CapturedRow row = bound;
    bound = null;
    return row;
  }

  /** The write has happened. */
  void happened(CapturedRow row) {
    int last = rows.size() - 1;
    if (last >= 0 && rows.get(last).joins(row)) {
      rows.set(last, rows.get(last).andTable(row.table()));
    } else {
      rows.add(row);
    }
  }

  PendingBatch batch(Executor executor) {
    return batches.computeIfAbsent(executor, key -> new PendingBatch());
  }

  /** The executor's batch, or null when it has none. */
  PendingBatch batchIfAny(Executor executor) {
    return batches.isEmpty() ? null : batches.get(executor);
  }
}
