package dev.bulla.engine.node;

import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does one thing again and again in a thread of its own, until it is stopped: nothing that goes
 * wrong ends it, and what goes on to go wrong is logged once.
 */
final class Repeated {

  private static final Logger LOG = LoggerFactory.getLogger(Repeated.class);

  private final Work work;
  private final Duration interval;
  private final String failed;
  private final String works;
  private final Thread thread;
  private boolean urged;
  private boolean stopped;
  private boolean failing;

  /**
   * Not started yet.
   *
   * @param name the thread's
   * @param interval between two times
   * @param work what is done
   * @param failed logged when it fails, until it works
   * @param works logged when it works again
   */
  Repeated(String name, Duration interval, Work work, String failed, String works) {
    this.work = work;
    this.interval = interval;
    this.failed = failed;
    this.works = works;
    this.thread = new Thread(this::run, name);
    this.thread.setDaemon(true);
  }

  /** What is repeated. */
  interface Work {
    void run() throws IOException;
  }

  void start() {
    thread.start();
  }

  /** Does it now, without waiting for its time. */
  synchronized void urge() {
    urged = true;
    notifyAll();
  }

  /** It will not be begun again. */
  synchronized void stop() {
    stopped = true;
    notifyAll();
  }

  /** Waits, after {@link #stop}, until it is not being done any more. */
  void join() {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (pause()) {
      try {
        work.run();
        if (failing) {
          failing = false;
          LOG.info(works);
        }
      } catch (Exception | Error e) {
        if (!failing) {
          failing = true;
          LOG.error(failed, e);
        }
      }
    }
  }

  /** Waits until it is time; false when there will be no other time. */
  private synchronized boolean pause() {
    long end = System.nanoTime() + interval.toNanos();
    long left = interval.toMillis();
    while (!stopped && !urged && left > 0) {
      try {
        wait(left);
      } catch (InterruptedException e) {
        // Whoever interrupts all threads must not switch the ledger off unnoticed.
        left = 0;
        continue;
      }
      left = Duration.ofNanos(end - System.nanoTime()).toMillis();
    }
    urged = false;
    return !stopped;
  }
}
