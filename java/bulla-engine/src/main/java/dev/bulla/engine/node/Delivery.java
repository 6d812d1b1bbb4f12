package dev.bulla.engine.node;

import dev.bulla.Batch;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Batches on their way to one place, which takes them in their order or, for now, not at all. */
final class Delivery {

  private final Place place;
  private final Deque<Batch> waiting = new ArrayDeque<>();

  Delivery(Place place) {
    this.place = place;
  }

  /** Takes a batch; does nothing if it has it already. */
  interface Place {
    void take(Batch batch) throws IOException;
  }

  void add(Batch batch) {
    synchronized (waiting) {
      waiting.add(batch);
    }
  }

  int waiting() {
    synchronized (waiting) {
      return waiting.size();
    }
  }

  /** Delivers all that waits; what fails, and what is behind it, goes on waiting. */
  synchronized void deliver() throws IOException {
    for (Batch batch = first(); batch != null; batch = first()) {
      place.take(batch);
      synchronized (waiting) {
        waiting.remove();
      }
    }
  }

  private Batch first() {
    synchronized (waiting) {
      return waiting.peek();
    }
  }
}
