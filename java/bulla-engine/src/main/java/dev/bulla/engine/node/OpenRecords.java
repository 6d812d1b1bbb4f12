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
 * nobody has told anything about for long, are looked for in the database.
 */
final class OpenRecords {

  private static final long LONG_MILLIS = 60_000;

  private final Ledger ledger;
  private final RecordTable table;
  private final Clock clock;
  private final Map<Long, Long> since = new HashMap<>();
  private final Set<Long> doubtful = new HashSet<>();

  OpenRecords(Ledger ledger, RecordTable table, Clock clock) {
    this.ledger = ledger;
    this.table = table;
    this.clock = clock;
  }

  synchronized void opened(long seq) {
    since.put(seq, clock.millis());
  }

  synchronized void committed(long seq) {
    settle(seq, true);
  }

  synchronized void rolledBack(long seq) {
    settle(seq, false);
  }

  synchronized void inDoubt(long seq) {
    if (since.remove(seq) != null) {
      ledger.inDoubt(seq);
      doubtful.add(seq);
    }
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
    since.forEach(
        (seq, opened) -> {
          if (now - opened > LONG_MILLIS) {
            silent.add(seq);
          }
        });
    silent.forEach(this::inDoubt);
    return new ArrayList<>(doubtful);
  }

  private void settle(long seq, boolean committed) {
    if (doubtful.remove(seq)) {
      ledger.resolve(seq, committed);
    } else if (since.remove(seq) != null) {
      if (committed) {
        ledger.committed(seq);
      } else {
        ledger.rolledBack(seq);
      }
    }
  }
}
