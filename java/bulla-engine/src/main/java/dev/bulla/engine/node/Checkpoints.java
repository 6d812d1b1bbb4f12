package dev.bulla.engine.node;

import dev.bulla.Batch;
import dev.bulla.Ledger;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes checkpoints, every second or when many records wait, and brings each to the anchors first
 * and then to the database. What fails is tried again; the order is never changed.
 */
final class Checkpoints implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

  private final Ledger ledger;
  private final List<DirectoryAnchor> anchors;
  private final RecordTable table;
  private final OpenRecords open;
  private final Clock clock;
  private final Duration interval;
  private final long limit;
  private final Thread thread;

  /** Held while a checkpoint is made; whoever records must not wait for that. */
  private final Object publishing = new Object();

  private final Deque<Batch> unpublished = new ArrayDeque<>();
  private long waiting;
  private boolean stopped;
  private boolean failing;

  Checkpoints(
      Ledger ledger,
      List<DirectoryAnchor> anchors,
      RecordTable table,
      OpenRecords open,
      Clock clock,
      Duration interval,
      long limit) {
    this.ledger = ledger;
    this.anchors = anchors;
    this.table = table;
    this.open = open;
    this.clock = clock;
    this.interval = interval;
    this.limit = limit;
    this.thread = new Thread(this, "bulla-checkpoints-" + table.log());
    this.thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** A record was committed. */
  synchronized void recorded() {
    waiting++;
    if (waiting == limit) {
      notifyAll();
    }
  }

  /** Stops the thread; a checkpoint that it is making is finished. */
  void stop() {
    synchronized (this) {
      stopped = true;
      notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void run() {
    while (pause()) {
      try {
        checkpoint();
        if (failing) {
          failing = false;
          LOG.info("Checkpoints of {} reach the anchors and the database again", table.log());
        }
      } catch (RuntimeException | IOException e) {
        if (!failing) {
          failing = true;
          LOG.error(
              "A checkpoint of {} could not be published; it is tried again until it succeeds."
                  + " What is recorded meanwhile is not anchored",
              table.log(),
              e);
        }
      }
    }
  }

  /** Settles what is in doubt, and publishes what is due. */
  void checkpoint() throws IOException {
    synchronized (this) {
      waiting = 0;
    }
    synchronized (publishing) {
      open.settle();
      publishAll();
      Batch batch = ledger.checkpoint(clock.millis()).orElse(null);
      if (batch != null) {
        unpublished.add(batch);
        publishAll();
      }
    }
  }

  /** Publishes the last batch, after the thread has stopped. */
  void end() throws IOException {
    synchronized (publishing) {
      open.settle();
      publishAll();
      unpublished.add(ledger.end(clock.millis()));
      publishAll();
    }
  }

  private void publishAll() throws IOException {
    for (Batch batch = unpublished.peek(); batch != null; batch = unpublished.peek()) {
      for (DirectoryAnchor anchor : anchors) {
        anchor.append(batch.lines(), batch.size());
      }
      table.store(batch);
      unpublished.remove();
    }
  }

  /** Waits until a checkpoint may be due; false when there will be none any more. */
  private synchronized boolean pause() {
    long end = System.nanoTime() + interval.toNanos();
    long left = interval.toMillis();
    while (!stopped && waiting < limit && left > 0) {
      try {
        wait(left);
      } catch (InterruptedException e) {
        return false;
      }
      left = Duration.ofNanos(end - System.nanoTime()).toMillis();
    }
    return !stopped;
  }
}
