package dev.bulla.engine.node;

import dev.bulla.Batch;
import dev.bulla.Ledger;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Makes checkpoints, every second or when many records wait, and brings each to the anchors and
 * then to the database. What fails is tried again; the order is never changed.
 *
 * <p>The anchors do not wait for the database: whoever administers it could otherwise keep what was
 * recorded from being anchored, by a lock or a full table, for as long as he likes.
 */
final class Checkpoints {

  private final Ledger ledger;
  private final List<Delivery> anchors;
  private final Delivery database;
  private final OpenRecords open;
  private final Clock clock;
  private final long limit;
  private final Repeated anchoring;
  private final Repeated storing;

  /** Held while a checkpoint is made; whoever records must not wait for that. */
  private final Object making = new Object();

  /** Batches that no anchor has; the database gets them once one has. */
  private final Deque<Batch> unanchored = new ArrayDeque<>();

  private long waiting;

  Checkpoints(
      Ledger ledger,
      List<DirectoryAnchor> anchors,
      RecordTable table,
      OpenRecords open,
      Clock clock,
      Duration interval,
      long limit) {
    this.ledger = ledger;
    this.anchors =
        anchors.stream()
            .map(anchor -> new Delivery(batch -> anchor.append(batch.lines(), batch.size())))
            .toList();
    this.database = new Delivery(table::store);
    this.open = open;
    this.clock = clock;
    this.limit = limit;
    this.anchoring =
        new Repeated(
            "bulla-checkpoints-" + table.log(),
            interval,
            this::anchorAndUrge,
            "A checkpoint of "
                + table.log()
                + " could not be anchored; it is tried again until it succeeds. What is recorded"
                + " meanwhile is not proven",
            "Checkpoints of " + table.log() + " reach the anchors again");
    this.storing =
        new Repeated(
            "bulla-storing-" + table.log(),
            interval,
            this::store,
            "A checkpoint of "
                + table.log()
                + " could not be stored in the database; it is tried again until it succeeds. The"
                + " anchors do not wait for it",
            "Checkpoints of " + table.log() + " reach the database again");
  }

  void start() {
    anchoring.start();
    storing.start();
  }

  /** A record was committed. */
  synchronized void recorded() {
    waiting++;
    if (waiting == limit) {
      anchoring.urge();
    }
  }

  /** Stops the threads; a checkpoint that is being made is finished. */
  void stop() {
    anchoring.stop();
    storing.stop();
    anchoring.join();
    storing.join();
  }

  /** Settles what is in doubt, and publishes what is due. */
  void checkpoint() throws IOException {
    try {
      open.settle();
    } finally {
      anchor();
    }
    database.deliver();
  }

  /** Publishes the last batch, after the threads have stopped. */
  void end() throws IOException {
    try {
      open.settle();
    } finally {
      synchronized (making) {
        IOException failed = deliver();
        if (unanchored.isEmpty()) {
          failed = publish(ledger.end(clock.millis()));
        }
        fail(failed);
      }
    }
    database.deliver();
  }

  private void anchorAndUrge() throws IOException {
    try {
      anchor();
    } finally {
      storing.urge();
    }
  }

  private void store() throws IOException {
    try {
      open.settle();
    } finally {
      database.deliver();
    }
  }

  private void anchor() throws IOException {
    synchronized (this) {
      waiting = 0;
    }
    synchronized (making) {
      IOException failed = deliver();
      if (unanchored.isEmpty()) {
        Batch batch = ledger.checkpoint(clock.millis()).orElse(null);
        failed = batch == null ? failed : publish(batch);
      }
      fail(failed);
    }
  }

  private IOException publish(Batch batch) {
    unanchored.add(batch);
    anchors.forEach(anchor -> anchor.add(batch));
    return deliver();
  }

  /**
   * Brings the anchors what they lack, each as far as it goes, and passes on what one of them has.
   *
   * @return why one of them lacks something still, or null
   */
  private IOException deliver() {
    IOException failed = null;
    for (Delivery anchor : anchors) {
      try {
        anchor.deliver();
      } catch (IOException e) {
        failed = e;
      }
    }
    int behind = anchors.stream().mapToInt(Delivery::waiting).min().orElse(0);
    while (unanchored.size() > behind) {
      database.add(unanchored.remove().withoutLines());
    }
    return failed;
  }

  private static void fail(IOException failed) throws IOException {
    if (failed != null) {
      throw failed;
    }
  }
}
