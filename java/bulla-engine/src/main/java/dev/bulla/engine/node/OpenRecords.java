package dev.bulla.engine.node;

import dev.bulla.Ledger;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The records whose transactions have not ended, as far as is known. Those in doubt, and those that
 * were written and then heard nothing of for long, are looked for in the database.
 */
final class OpenRecords {

  private static final long LONG_MILLIS = 60_000;

  private final Ledger ledger;
  private final RecordTable table;
  private final Clock clock;
  private final Set<Long> unwritten = new HashSet<>();
  private final Map<Long, Long> writtenAt = new HashMap<>();
  private final Set<Long> doubtful = new HashSet<>();
  private boolean closed;

  OpenRecords(Ledger ledger, RecordTable table, Clock clock) {
    this.ledger = ledger;
    this.table = table;
    this.clock = clock;
  }

  /** A number was given. As long as its record is not written, the database knows nothing of it. */
  synchronized void opened(long seq) {
    unwritten.add(seq);
  }

  /** The record is written, in a transaction that is to end before long. */
  synchronized void written(long seq) {
    if (unwritten.remove(seq)) {
      writtenAt.put(seq, clock.millis());
    }
  }

  synchronized void committed(long seq) {
    settle(seq, true);
  }

  synchronized void rolledBack(long seq) {
    settle(seq, false);
  }

  synchronized void inDoubt(long seq) {
    if (!closed && forget(seq)) {
      ledger.inDoubt(seq);
      doubtful.add(seq);
    }
  }

  /** The epoch has ended: what ends now, the next one finds. */
  synchronized void close() {
    closed = true;
  }

  /** Asks the database for what is in doubt. */
  void settle() {
    for (long seq : toAskFor()) {
      Boolean committed = table.committed(seq);
      if (committed != null) {
        synchronized (this) {
          settle(seq, committed);
        }
      }
    }
  }

  private synchronized List<Long> toAskFor() {
    long now = clock.millis();
    List<Long> silent = new ArrayList<>();
    writtenAt.forEach(
        (seq, written) -> {
          if (now - written > LONG_MILLIS) {
            silent.add(seq);
          }
        });
    silent.forEach(this::inDoubt);
    return new ArrayList<>(doubtful);
  }

  private void settle(long seq, boolean committed) {
    if (closed) {
      return;
    }
    if (doubtful.remove(seq)) {
      ledger.resolve(seq, committed);
    } else if (forget(seq)) {
      if (committed) {
        ledger.committed(seq);
      } else {
        ledger.rolledBack(seq);
      }
    }
  }

  private boolean forget(long seq) {
    return unwritten.remove(seq) || writtenAt.remove(seq) != null;
  }
}
